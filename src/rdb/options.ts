/**
 * The command line of the import.
 *
 * @module
 */

import { OptionError } from "../base/mod.ts";

/** What an import is started with. */
export interface ImportOptions {
  /** Path of the RDB file. */
  readonly path: string;
  /** Server's host. */
  readonly host: string;
  /** Server's port. */
  readonly port: number;
  /** Its user; empty = the default one. */
  readonly user: string;
  /** The user's password; empty = none. */
  readonly password: string;
  /** The one database of the file that is imported; undefined = all. */
  readonly database: number | undefined;
  /** Database that all keys go to; undefined = that of the file. */
  readonly into: number | undefined;
  /** Whether keys that exist are overwritten. */
  readonly replaces: boolean;
  /** Whether what the server does not hold is passed over. */
  readonly skipsUnserved: boolean;
  /** Whether the file is only verified. */
  readonly isCheck: boolean;
}

/** What the command line asks for. */
export type ImportInvocation =
  | { readonly kind: "import"; readonly options: ImportOptions }
  | { readonly kind: "help"; readonly text: string };

const HELP = `Loads an RDB file of Redis into a running lanekv.

  deno task import -- FILE [flags]

  --host=HOST        server's host (default 127.0.0.1)
  --port=PORT        its port (default 6379)
  --user=NAME        its user (default: the default user)
  --password=TEXT    the user's password; also LANEKV_PASSWORD in the environment
  --db=NUMBER        import this database of the file alone
  --into=NUMBER      put the keys into this database (default: that of the file)
  --replace          overwrite keys that exist; without it one of them refuses
                     the whole file before anything is sent
  --skip-unserved    pass over functions and values of modules; without it one
                     of them refuses the whole file before anything is sent
  --check            verify the file and end, without a server
  --help             this text`;

const VALUE_FLAGS = ["host", "port", "user", "password", "db", "into"];
const SWITCHES = ["replace", "skip-unserved", "check"];

interface Words {
  readonly paths: string[];
  readonly flags: Map<string, string>;
}

function readWords(words: readonly string[]): Words {
  const paths: string[] = [];
  const flags = new Map<string, string>();
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    // `deno task import -- FILE` hands its own dashes on.
    if (word === "--") continue;
    if (!word.startsWith("-")) {
      paths.push(word);
      continue;
    }
    const [, name = "", text] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (SWITCHES.includes(name) && text === undefined) {
      flags.set(name, "yes");
    } else if (VALUE_FLAGS.includes(name)) {
      const value = text ?? words[++at];
      if (value === undefined) {
        throw new OptionError(`Flag --${name} lacks its value`);
      }
      flags.set(name, value);
    } else {
      throw new OptionError(`Unknown flag "${word}"; see --help`);
    }
  }
  return { paths, flags };
}

function readNumber(
  flags: ReadonlyMap<string, string>,
  name: string,
  most: number,
): number | undefined {
  const text = flags.get(name);
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value <= most) return value;
  throw new OptionError(
    `Flag --${name} must be a whole number from 0 to ${most}, got "${text}"`,
  );
}

/** Highest number of a database that any server has. */
const LAST_DATABASE = 2 ** 31 - 1;

/**
 * Reads the command line; `environment` gives a variable's value.
 *
 * @throws {OptionError} For anything that cannot be used.
 */
export function parseImportOptions(
  words: readonly string[],
  environment: (name: string) => string | undefined,
): ImportInvocation {
  if (words.includes("--help")) return { kind: "help", text: HELP };
  const { paths, flags } = readWords(words);
  const [path] = paths;
  if (path === undefined || paths.length > 1) {
    throw new OptionError("Name one RDB file; see --help");
  }
  const options: ImportOptions = {
    path,
    host: flags.get("host") ?? "127.0.0.1",
    port: readNumber(flags, "port", 65_535) ?? 6379,
    user: flags.get("user") ?? "",
    password: flags.get("password") ?? environment("LANEKV_PASSWORD") ?? "",
    database: readNumber(flags, "db", LAST_DATABASE),
    into: readNumber(flags, "into", LAST_DATABASE),
    replaces: flags.has("replace"),
    skipsUnserved: flags.has("skip-unserved"),
    isCheck: flags.has("check"),
  };
  return { kind: "import", options };
}
