/**
 * A server that sends back what it gets, for tests of links.
 *
 * @module
 */

/** Listens on a free port of 127.0.0.1. */
export class EchoServer {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #serving: Promise<void>;

  constructor() {
    this.#serving = this.#serve();
  }

  /** Where it listens. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Ends it, when its clients have gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }

  async #serve(): Promise<void> {
    const all: Promise<void>[] = [];
    for await (const connection of this.#listener) all.push(echo(connection));
    await Promise.all(all);
  }
}

async function echo(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) break;
      for (let at = 0; at < count;) {
        at += await connection.write(buffer.subarray(at, count));
      }
    }
  } catch (error) {
    const isLoss = error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe;
    if (!isLoss) throw error;
  } finally {
    connection.close();
  }
}

/** A client of an {@linkcode EchoServer}, maybe through a link. */
export class EchoClient {
  readonly #connection: Deno.TcpConn;
  #text = "";
  #isClosed = false;
  readonly #reading: Promise<void>;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.#reading = this.#read();
  }

  /** Connects. */
  static async connect(port: number): Promise<EchoClient> {
    return new EchoClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** What came so far. */
  get text(): string {
    return this.#text;
  }

  /** Whether the other side has closed. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Sends a text. */
  async send(text: string): Promise<void> {
    await this.#connection.write(new TextEncoder().encode(text));
  }

  /** Closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) this.#connection.close();
    await this.#reading;
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (;;) {
        const count = await this.#connection.read(buffer);
        if (count === null) break;
        this.#text += new TextDecoder().decode(buffer.subarray(0, count));
      }
      this.#isClosed = true;
      this.#connection.close();
    } catch (error) {
      // Closed here, or by the other side with bytes unread.
      if (error instanceof Deno.errors.ConnectionReset) {
        this.#isClosed = true;
        this.#connection.close();
      } else if (
        !(error instanceof Deno.errors.BadResource ||
          error instanceof Deno.errors.Interrupted)
      ) throw error;
    }
  }
}
