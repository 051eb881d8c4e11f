/**
 * One server process of a test: started on a free port and a temporary
 * directory, its output kept, ended by its process id alone.
 *
 * @module
 */

import { isListening } from "./ports.ts";
import { RespClient, type RespClientOptions } from "./resp_client.ts";

/** How to start one server. */
export interface ServerCommand {
  /** Name for messages, such as `redis` or `lanekv`. */
  readonly name: string;
  /** Program and arguments. */
  readonly argv: readonly string[];
  /** Working directory of the process. */
  readonly cwd: string;
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Port it will listen on. */
  readonly port: number;
  /** Its data directory. */
  readonly dir: string;
  /** Whether {@linkcode ServerProcess.dispose} deletes `dir`. */
  readonly ownsDir: boolean;
  /** Milliseconds until it must answer PING. */
  readonly readyTimeoutMs: number;
}

/** Bytes of output kept of each process; older output is dropped. */
const LOG_CHARACTERS_MAX = 64 * 1024;
const POLL_MS = 10;

/** Waits without blocking the loop. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A started server. Dispose it, or leave it to `withServers`. */
export class ServerProcess {
  readonly #command: ServerCommand;
  #child: Deno.ChildProcess;
  #pumps: Promise<void>[] = [];
  #status: Deno.CommandStatus | undefined;
  #log = "";

  private constructor(command: ServerCommand) {
    this.#command = command;
    this.#child = this.#spawn();
  }

  /**
   * Starts the process and waits until it answers PING.
   *
   * @throws {Error} With the process's output when it ends or stays silent.
   */
  static async start(command: ServerCommand): Promise<ServerProcess> {
    const server = new ServerProcess(command);
    await server.#waitReadyOrKill();
    return server;
  }

  /** Starts the process without waiting for it to serve, for failing starts. */
  static startUnready(command: ServerCommand): ServerProcess {
    return new ServerProcess(command);
  }

  /** Name for messages. */
  get name(): string {
    return this.#command.name;
  }

  /** Port of 127.0.0.1. */
  get port(): number {
    return this.#command.port;
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Data directory. */
  get dir(): string {
    return this.#command.dir;
  }

  /** The last part of what the process printed on both outputs. */
  get log(): string {
    return this.#log;
  }

  /** Whether the process has ended. */
  get hasEnded(): boolean {
    return this.#status !== undefined;
  }

  /** Opens a raw client to it. */
  connect(options?: RespClientOptions): Promise<RespClient> {
    return RespClient.connect(this.port, options);
  }

  /** Sends SIGTERM and waits for the end; returns the exit code. */
  stop(): Promise<number> {
    return this.#end("SIGTERM");
  }

  /** Ends it at once, as a power cut of the process would. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Waits until the process ends by itself; returns the exit code. */
  async waitEnd(): Promise<number> {
    const status = await this.#child.status;
    await Promise.all(this.#pumps);
    return status.code;
  }

  /** Starts it again on the same port and directory, after an end, with `more` flags this time. */
  async restart(more: readonly string[] = []): Promise<void> {
    if (!this.hasEnded) throw new Error(`Cannot restart: ${this.name} runs`);
    this.#child = this.#spawn(more);
    await this.#waitReadyOrKill();
  }

  /** Starts it again with an empty directory, whatever state it was in. */
  async restartEmpty(): Promise<void> {
    await this.kill();
    await Deno.remove(this.dir, { recursive: true });
    await Deno.mkdir(this.dir);
    await this.restart();
  }

  /** Resident memory of the process in bytes, from /proc. */
  residentBytes(): number {
    const status = Deno.readTextFileSync(`/proc/${this.pid}/status`);
    const match = /VmRSS:\s+(\d+) kB/.exec(status);
    if (match === null) throw new Error(`Cannot read memory of ${this.name}`);
    return Number(match[1]) * 1024;
  }

  /** Ends it if need be and deletes its directory if it is its own. */
  async dispose(): Promise<void> {
    await this.kill();
    if (!this.#command.ownsDir) return;
    await Deno.remove(this.dir, { recursive: true }).catch(() => {});
  }

  /** Same as {@linkcode dispose}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  #spawn(more: readonly string[] = []): Deno.ChildProcess {
    const [program, ...args] = this.#command.argv;
    const child = new Deno.Command(program!, {
      args: [...args, ...more],
      cwd: this.#command.cwd,
      env: { ...this.#command.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#status = undefined;
    this.#pumps = [this.#pump(child.stdout), this.#pump(child.stderr)];
    child.status.then((status) => {
      if (this.#child === child) this.#status = status;
    });
    return child;
  }

  async #pump(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#log = (this.#log + text).slice(-LOG_CHARACTERS_MAX);
    }
  }

  async #waitReadyOrKill(): Promise<void> {
    const deadline = Date.now() + this.#command.readyTimeoutMs;
    while (!(await this.#answersPing())) {
      if (this.hasEnded || Date.now() > deadline) {
        const state = this.hasEnded ? "has ended" : "does not answer";
        await this.kill();
        throw new Error(
          `Cannot start ${this.name}: it ${state}. Its output:\n${this.#log}`,
        );
      }
      await sleep(POLL_MS);
    }
  }

  // Any reply but LOADING counts: a server with a password answers NOAUTH. It
  // must be this process that answers, not another one on the same port.
  async #answersPing(): Promise<boolean> {
    try {
      using client = await this.connect({ timeoutMs: 1000 });
      await client.send(new TextEncoder().encode("PING\r\n"));
      const [reply] = await client.readRaw(1);
      const text = new TextDecoder().decode(reply);
      if (text.startsWith("-LOADING")) return false;
      return isListening(this.pid, this.port);
    } catch {
      return false;
    }
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<number> {
    if (!this.hasEnded) {
      try {
        this.#child.kill(signal);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
    }
    this.#status = await this.#child.status;
    await Promise.all(this.#pumps);
    return this.#status.code;
  }
}
