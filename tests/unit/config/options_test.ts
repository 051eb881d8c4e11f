import { assert, assertEquals, assertThrows } from "@std/assert";
import { OptionError } from "../../../src/base/mod.ts";
import { type Options, parseOptions } from "../../../src/config/mod.ts";

type Environment = Readonly<Record<string, string>>;

function optionsOf(words: string[], environment: Environment = {}): Options {
  const asked = parseOptions(words, (name) => environment[name]);
  assert(asked.kind === "start", "the words start a node");
  return asked.options;
}

function refusalOf(words: string[], environment: Environment = {}): string {
  const error = assertThrows(
    () => optionsOf(words, environment),
    OptionError,
    "",
    words.join(" "),
  );
  return error.message;
}

const DEFAULTS: Options = {
  bind: "127.0.0.1",
  port: 6379,
  tlsPort: 0,
  tlsCertFile: "",
  tlsKeyFile: "",
  dir: "./data",
  storageDirectory: "./data",
  fsync: "always",
  trustsLog: false,
  requirepass: "",
  renames: [],
  protectedMode: "yes",
  aclfile: "",
  maxmemoryBytes: 0,
  maxmemoryPolicy: "noeviction",
  maxclients: 10_000,
  clusterProtocol: "no",
  adminPort: 9121,
  snapshotBytes: 256 * 1024 * 1024,
  group: undefined,
  logLevel: "notice",
};

/** Each flag with a value that is not its default, and what that sets. */
const FLAGS: readonly (readonly [string, string, Partial<Options>])[] = [
  ["bind", "0.0.0.0", { bind: "0.0.0.0" }],
  ["port", "0", { port: 0 }],
  ["tls-cert", "/c", { tlsCertFile: "/c" }],
  ["tls-key", "/k", { tlsKeyFile: "/k" }],
  ["dir", "/d", { dir: "/d", storageDirectory: "/d" }],
  ["storage", "fs:/s", { storageDirectory: "/s" }],
  ["fsync", "everysec", { fsync: "everysec" }],
  ["trust-log", "yes", { trustsLog: true }],
  ["requirepass", "pass word=1", { requirepass: "pass word=1" }],
  ["rename-command", "CONFIG=conf,KEYS=", {
    renames: [["CONFIG", "conf"], ["KEYS", ""]],
  }],
  ["protected-mode", "no", { protectedMode: "no" }],
  ["aclfile", "/u", { aclfile: "/u" }],
  ["maxmemory", "100mb", { maxmemoryBytes: 104_857_600 }],
  ["maxmemory-policy", "allkeys-lru", { maxmemoryPolicy: "allkeys-lru" }],
  ["maxclients", "1", { maxclients: 1 }],
  ["cluster-protocol", "yes", { clusterProtocol: "yes" }],
  ["admin-port", "65535", { adminPort: 65_535 }],
  ["snapshot-bytes", "64kb", { snapshotBytes: 65_536 }],
  ["log-level", "debug", { logLevel: "debug" }],
];

Deno.test("parseOptions() wants a certificate and its key for a TLS port", () => {
  const files = ["--tls-cert=/c", "--tls-key=/k"];
  const { tlsPort } = optionsOf(["--tls-port=6380", ...files]);
  assertEquals(tlsPort, 6380);
  for (const [at, name] of ["tls-key", "tls-cert"].entries()) {
    assertEquals(
      refusalOf(["--tls-port=6380", files[at]!]),
      `Flag --${name} must be a file for --tls-port, got ""`,
    );
  }
});

Deno.test("parseOptions() without words gives the defaults", () => {
  assertEquals(optionsOf([]), DEFAULTS);
});

for (const [name, text, changed] of FLAGS) {
  const variable = `LANEKV_${name.toUpperCase().replace("-", "_")}`;
  const wanted = { ...DEFAULTS, ...changed };

  Deno.test(`parseOptions() reads --${name} and ${variable}`, () => {
    assertEquals(optionsOf([`--${name}=${text}`]), wanted);
    assertEquals(optionsOf([`--${name}`, text]), wanted);
    assertEquals(optionsOf([], { [variable]: text }), wanted);
  });

  Deno.test(`parseOptions() takes --${name} before ${variable}`, () => {
    // What the environment says is not even looked at.
    const environment = { [variable]: "nonsense" };
    assertEquals(optionsOf([`--${name}=${text}`], environment), wanted);
  });
}

Deno.test("parseOptions() takes the last of two equal flags", () => {
  assertEquals(optionsOf(["--port=1", "--port", "2"]).port, 2);
});

Deno.test("parseOptions() reads all flags together", () => {
  const words = FLAGS.map(([name, text]) => `--${name}=${text}`);
  const all = FLAGS.reduce(
    (options, [, , changed]) => ({ ...options, ...changed }),
    DEFAULTS,
  );
  assertEquals(optionsOf(words), { ...all, storageDirectory: "/s" });
});

Deno.test("parseOptions() reads sizes as Redis's configuration does", () => {
  const sizes: readonly (readonly [string, number])[] = [
    ...([["0", 0], ["7", 7], ["7b", 7], ["2k", 2000], ["2kb", 2048]] as const),
    ...([["2M", 2_000_000], ["2MB", 2 * 1024 ** 2]] as const),
    ...([["3g", 3_000_000_000], ["3Gb", 3 * 1024 ** 3]] as const),
  ];
  for (const [text, bytes] of sizes) {
    assertEquals(optionsOf([`--maxmemory=${text}`]).maxmemoryBytes, bytes);
  }
});

Deno.test("parseOptions() refuses flags that it does not know", () => {
  for (const word of ["--prot=1", "--PORT=1", "-p", "port", "--", "---port"]) {
    assertEquals(refusalOf([word]), `Unknown flag "${word}"; see --help`);
  }
});

Deno.test("parseOptions() refuses a flag without its value", () => {
  assertEquals(refusalOf(["--port"]), "Flag --port lacks its value");
});

const BAD: readonly (readonly [string, string, string])[] = [
  ["port", "65536", "a whole number from 0 to 65535"],
  ["port", "-1", "a whole number from 0 to 65535"],
  ["port", "1e3", "a whole number from 0 to 65535"],
  ["port", "", "a whole number from 0 to 65535"],
  ["admin-port", "x", "a whole number from 0 to 65535"],
  ["maxclients", "0", "a whole number from 1 to 1000000"],
  ["rename-command", "CONFIG", "NAME=NEW,NAME="],
  ["rename-command", "=x", "NAME=NEW,NAME="],
  ["maxmemory", "lots", "a size such as 100mb or 2gb"],
  ["maxmemory", "1tb", "a size such as 100mb or 2gb"],
  ["maxmemory", "-1", "a size such as 100mb or 2gb"],
  ["maxmemory", "9007199254740993", "a size such as 100mb or 2gb"],
  ["snapshot-bytes", "", "a size such as 100mb or 2gb"],
  ["snapshot-bytes", "65535", "at least 65536 bytes"],
  ["fsync", "Always", "one of always, everysec, no"],
  ["trust-log", "maybe", "one of yes, no"],
  ["log-level", "loud", "one of debug, verbose, notice, warning"],
  ["storage", "/dir", "fs:DIR"],
  ["storage", "fs:", "fs:DIR"],
  ["storage", "kv:/file", "fs:DIR"],
];

for (const [name, text, wanted] of BAD) {
  Deno.test(`parseOptions() refuses --${name}="${text}" by one line`, () => {
    const line = `Flag --${name} must be ${wanted}, got "${text}"`;
    assertEquals(refusalOf([`--${name}=${text}`]), line);
    const variable = `LANEKV_${name.toUpperCase().replace("-", "_")}`;
    assertEquals(refusalOf([], { [variable]: text }), line);
  });
}

Deno.test("parseOptions() asks the environment for LANEKV_ names alone", () => {
  const asked: string[] = [];
  parseOptions([], (name) => {
    asked.push(name);
    return undefined;
  });
  assertEquals(
    [...new Set(asked)].sort(),
    [
      ...FLAGS.map(([name]) => name),
      "tls-port",
      "node-id",
      "raft-bind",
      "peers",
      "peer-tls-cert",
      "peer-tls-key",
      "peer-tls-ca",
    ]
      .map((name) => `LANEKV_${name.toUpperCase().replaceAll("-", "_")}`)
      .sort(),
  );
});

Deno.test("parseOptions() gives help and version before anything else", () => {
  const none = () => undefined;
  assertEquals(parseOptions(["--nope", "--help"], none).kind, "help");
  assertEquals(parseOptions(["--version", "--nope"], none).kind, "version");
});

Deno.test("--help names every flag, its variable and its default", () => {
  const asked = parseOptions(["--help"], () => undefined);
  assert(asked.kind === "help", "--help asks for help");
  const lines = asked.text.split("\n");
  for (const [name] of FLAGS) {
    const at = lines.findIndex((line) => line.startsWith(`  --${name}=`));
    assert(at > 0, name);
    const variable = `LANEKV_${name.toUpperCase().replace("-", "_")}`;
    assert(lines[at]!.endsWith(`, ${variable}`), lines[at]);
  }
  for (const line of lines) assert(line.length <= 120, line);
  assert(asked.text.includes("(default 256mb)"), "defaults are shown");
});
