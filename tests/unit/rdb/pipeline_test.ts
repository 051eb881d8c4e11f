import { assertEquals, assertRejects } from "@std/assert";
import { ImportError } from "../../../src/base/mod.ts";
import { Pipeline } from "../../../src/rdb/pipeline.ts";
import type { ServerPort } from "../../../src/rdb/port.ts";
import { ReplyReader } from "../../../src/rdb/replies.ts";

/** A server that answers when it is told to. */
class ToldPort implements ServerPort {
  written = "";
  #replies = "";
  #isClosed = false;
  #wake: () => void = () => {};

  answer(text: string): void {
    this.#replies += text;
    this.#wake();
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error("Broken pipe"));
    this.written += new TextDecoder().decode(bytes);
    return Promise.resolve();
  }

  async read(target: Uint8Array): Promise<number | null> {
    while (this.#replies === "") {
      if (this.#isClosed) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const { written } = new TextEncoder().encodeInto(this.#replies, target);
    this.#replies = this.#replies.slice(written);
    return written;
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }
}

function pipelineOf() {
  const port = new ToldPort();
  return { port, pipeline: new Pipeline(port, new ReplyReader(port)) };
}

function request(pipeline: Pipeline, offset: number, keys: number): void {
  pipeline.buffer.begin(1);
  pipeline.buffer.text(`K${offset}`);
  pipeline.requested(offset, keys);
}

Deno.test("Pipeline counts keys as they are answered", async () => {
  const { port, pipeline } = pipelineOf();
  request(pipeline, 10, 1);
  request(pipeline, 20, 64);
  request(pipeline, -1, 0);
  assertEquals([pipeline.keysSent, pipeline.keysLoaded], [65, 0]);
  const finishing = pipeline.finish();
  port.answer("+OK\r\n:1\r\n+O");
  port.answer("K\r\n");
  await finishing;
  assertEquals(pipeline.keysLoaded, 65);
  assertEquals(
    port.written,
    "*1\r\n$3\r\nK10\r\n*1\r\n$3\r\nK20\r\n*1\r\n$3\r\nK-1\r\n",
  );
});

Deno.test("Pipeline remembers the first refusal and takes the answers behind it", async () => {
  const { port, pipeline } = pipelineOf();
  for (let index = 0; index < 4; index++) request(pipeline, index, 2);
  const finishing = pipeline.finish();
  port.answer("+OK\r\n-OOM no room\r\n:0\r\n+OK\r\n");
  await finishing;
  assertEquals(pipeline.isOver, true);
  assertEquals(pipeline.refusal, {
    offset: 1,
    keys: 2,
    reply: { kind: "error", text: "OOM no room" },
  });
  assertEquals([pipeline.keysLoaded, pipeline.refusedKeys], [4, 4]);
});

Deno.test("Pipeline fails when the server goes away", async () => {
  const { port, pipeline } = pipelineOf();
  request(pipeline, 1, 1);
  request(pipeline, 2, 1);
  const finishing = pipeline.finish();
  port.answer("+OK\r\n");
  port.close();
  await assertRejects(() => finishing, ImportError);
  assertEquals([pipeline.keysLoaded, pipeline.keysSent], [1, 2]);
});

Deno.test("Pipeline fails when nothing can be written", async () => {
  const { port, pipeline } = pipelineOf();
  port.close();
  request(pipeline, 1, 1);
  await pipeline.flush();
  await assertRejects(() => pipeline.makeRoom(), ImportError);
  await assertRejects(() => pipeline.finish(), ImportError);
});

Deno.test("Pipeline waits for answers when too many are due", async () => {
  const { port, pipeline } = pipelineOf();
  let requests = 0;
  while (requests < 100_000 && !pipeline.isFull) {
    request(pipeline, requests++, 1);
    if (pipeline.buffer.length > 50_000) await pipeline.flush();
  }
  assertEquals(pipeline.isFull, true);
  let hasRoom = false;
  const waiting = pipeline.makeRoom().then(() => hasRoom = true);
  await Promise.resolve();
  assertEquals(hasRoom, false);
  port.answer("+OK\r\n".repeat(requests));
  await waiting;
  assertEquals(pipeline.isFull, false);
  await pipeline.finish();
  assertEquals(pipeline.keysLoaded, requests);
});
