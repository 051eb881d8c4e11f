/**
 * The server before anything is loaded: who may load, which databases there are,
 * which keys exist already.
 *
 * @module
 */

import { ImportError } from "../base/mod.ts";
import {
  IMPORT_LOOKUPS_MAX,
  IMPORT_NAMED_MAX,
  IMPORT_WINDOW_BYTES,
  IMPORT_WRITE_BYTES,
} from "../config/mod.ts";
import { RdbInput } from "./input.ts";
import { keyText } from "./key_text.ts";
import type { ServerPort } from "./port.ts";
import { RecordReader } from "./records.ts";
import type { ReplyReader, ServerReply } from "./replies.ts";
import { RequestBuffer } from "./request_buffer.ts";
import type { ByteSource } from "./source.ts";
import { fateOf, type Selection } from "./verify.ts";

/** Sends requests and waits for their replies, before a pipeline takes over. */
export class Server {
  readonly #port: ServerPort;
  readonly #replies: ReplyReader;
  readonly #buffer = new RequestBuffer(IMPORT_WRITE_BYTES);

  /** Speaks by `port`, whose replies come from `replies`. */
  constructor(port: ServerPort, replies: ReplyReader) {
    this.#port = port;
    this.#replies = replies;
  }

  /** Sends one request and waits for its reply. */
  async call(...words: readonly string[]): Promise<ServerReply> {
    const bytes = words.map((word) => new TextEncoder().encode(word));
    this.#buffer.clear();
    this.#buffer.begin(bytes.length);
    for (const word of bytes) this.#buffer.word(word, word.length);
    await this.#send();
    return await this.#replies.next();
  }

  /** The same for a request whose answer must not be an error. */
  async demand(
    what: string,
    ...words: readonly string[]
  ): Promise<ServerReply> {
    const reply = await this.call(...words);
    if (reply.kind !== "error") return reply;
    throw new ImportError(
      `The server refused ${what}: ${reply.text}. Nothing was sent`,
    );
  }

  /** Logs in; `user` is "default" when it is empty. */
  async logIn(user: string, password: string): Promise<void> {
    if (user === "" && password === "") {
      await this.demand("the connection", "PING");
      return;
    }
    const name = user === "" ? [] : [user];
    await this.demand("the password", "AUTH", ...name, password);
  }

  /** How many keys `database` has; it is selected then. */
  async countKeys(database: number): Promise<number> {
    await this.demand(`database ${database}`, "SELECT", String(database));
    const reply = await this.demand("DBSIZE", "DBSIZE");
    return reply.kind === "integer" ? reply.value : 0;
  }

  /** Which of `keys` exist in the selected database. */
  async lookUp(keys: readonly Uint8Array[]): Promise<boolean[]> {
    this.#buffer.clear();
    for (const key of keys) {
      this.#buffer.begin(2);
      this.#buffer.text("EXISTS");
      this.#buffer.word(key, key.length);
    }
    const sending = this.#send();
    const found: boolean[] = [];
    for (const _key of keys) {
      const reply = await this.#replies.next();
      if (reply.kind === "error") {
        throw new ImportError(
          `The server refused EXISTS: ${reply.text}. Nothing was sent`,
        );
      }
      found.push(reply.kind === "integer" && reply.value > 0);
    }
    await sending;
    return found;
  }

  /** Sends what is in the buffer. When it cannot, whoever reads the replies hears why. */
  async #send(): Promise<void> {
    try {
      await this.#port.write(this.#buffer.view());
    } catch {
      // The replies end, or one of them says why.
    }
  }
}

/** Keys that are looked up together, in one database. */
class Lookups {
  readonly #server: Server;
  readonly #into: number | undefined;
  #database = -1;
  #keys: Uint8Array[] = [];
  #bytes = 0;
  /** Keys that exist. */
  count = 0;
  /** The first of them, as messages show them. */
  readonly named: string[] = [];

  constructor(server: Server, into: number | undefined) {
    this.#server = server;
    this.#into = into;
  }

  get isFull(): boolean {
    return this.#keys.length >= IMPORT_LOOKUPS_MAX ||
      this.#bytes >= IMPORT_WRITE_BYTES;
  }

  async add(database: number, key: Uint8Array): Promise<void> {
    const target = this.#into ?? database;
    if (target !== this.#database) {
      await this.run();
      await this.#server.countKeys(target);
      this.#database = target;
    }
    this.#keys.push(key);
    this.#bytes += key.length;
  }

  async run(): Promise<void> {
    const found = await this.#server.lookUp(this.#keys);
    for (const [index, key] of this.#keys.entries()) {
      if (!found[index]) continue;
      this.count++;
      if (this.named.length >= IMPORT_NAMED_MAX) continue;
      this.named.push(`${keyText(key)} in database ${this.#database}`);
    }
    this.#keys = [];
    this.#bytes = 0;
  }
}

/**
 * Looks up every key that would be loaded into a database of `filled`.
 *
 * @throws {ImportError} When one exists.
 */
export async function refuseExisting(
  server: Server,
  source: ByteSource,
  selection: Selection,
  into: number | undefined,
  filled: ReadonlySet<number>,
  onProgress: (offset: number) => void,
): Promise<void> {
  const input = new RdbInput(source, IMPORT_WINDOW_BYTES, false);
  const reader = new RecordReader(input);
  const lookups = new Lookups(server, into);
  while (reader.next()) {
    if (!filled.has(into ?? reader.database)) continue;
    if (fateOf(reader, selection) !== "loaded") continue;
    await lookups.add(reader.database, reader.key.view().slice());
    if (!lookups.isFull) continue;
    await lookups.run();
    onProgress(input.offset);
  }
  await lookups.run();
  if (lookups.count === 0) return;
  const rest = lookups.count - lookups.named.length;
  throw new ImportError(
    `The server has ${lookups.count} of the keys already: ` +
      lookups.named.join(", ") + (rest > 0 ? ` and ${rest} more` : "") +
      ". Nothing was sent; --replace overwrites them",
  );
}
