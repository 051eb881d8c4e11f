import { assertEquals } from "@std/assert";
import { Pipeline } from "../../../src/rdb/pipeline.ts";
import { ReplyReader } from "../../../src/rdb/replies.ts";
import { Stage } from "../../../src/rdb/stage.ts";
import { CorePort } from "./fakes.ts";

const encoder = new TextEncoder();

/** A stage before a core, and everything that was sent. */
function stageOf(replaces: boolean) {
  let sent = "";
  const port = new CorePort(undefined, {
    beforeWrite(_session, bytes) {
      sent += new TextDecoder("latin1").decode(bytes);
    },
  });
  const pipeline = new Pipeline(port, new ReplyReader(port));
  const stage = new Stage(pipeline, replaces);
  return { port, pipeline, stage, sent: () => sent };
}

function addString(stage: Stage, key: string, slot: number): void {
  const bytes = encoder.encode(key);
  stage.words.word(bytes, bytes.length);
  stage.words.text("v");
  stage.added(slot, slot, true);
}

Deno.test("Stage sends keys by slot, strings together", async () => {
  const { pipeline, stage, sent } = stageOf(false);
  addString(stage, "c", 9000);
  addString(stage, "a", 3);
  stage.words.begin(2);
  stage.words.text("FLUSHALL");
  stage.words.text("ASYNC");
  stage.added(4, 4, false);
  addString(stage, "b", 3);
  await stage.send(Infinity);
  await pipeline.finish();
  assertEquals(
    sent().split("\r\n").filter((line) => /^[A-Za-z]/.test(line)).join(" "),
    "FLUSHALL ASYNC MSETNX a v b v c v",
  );
  assertEquals(pipeline.keysLoaded, 4);
});

Deno.test("Stage sends at most 64 strings at once, and can be used again", async () => {
  const { port, pipeline, stage, sent } = stageOf(true);
  for (const prefix of ["x", "y"]) {
    for (let index = 0; index < 100; index++) {
      addString(stage, `${prefix}${index}`, (index * 7919) % 16384);
    }
    await stage.send(Infinity);
  }
  await pipeline.finish();
  assertEquals(sent().match(/\*129\r\n\$4\r\nMSET\r\n/g)?.length, 2);
  assertEquals(sent().match(/\*73\r\n\$4\r\nMSET\r\n/g)?.length, 2);
  assertEquals(port.session.text("DBSIZE"), ":200\r\n");
  assertEquals(stage.isFull(1), false);
});

Deno.test("Stage sends portions", async () => {
  const { pipeline, stage, sent } = stageOf(false);
  for (let index = 0; index < 10; index++) addString(stage, `k${index}`, index);
  await stage.send(3);
  assertEquals(stage.left, 7);
  await stage.send(6);
  await pipeline.flush();
  assertEquals([stage.left, sent()], [1, ""]);
  await stage.send(6);
  assertEquals(stage.left, 0);
  await pipeline.finish();
  assertEquals(sent().includes("$2\r\nk9\r\n"), true);
  assertEquals(pipeline.keysLoaded, 10);
});

Deno.test("Stage is full by keys and by bytes", () => {
  const { stage } = stageOf(false);
  stage.words.beginWord(8 * 1024 * 1024);
  stage.words.raw(new Uint8Array(8 * 1024 * 1024), 0, 8 * 1024 * 1024);
  assertEquals(stage.isFull(100), true);
  const { stage: other } = stageOf(false);
  other.added(1, 1, true);
  assertEquals([other.isFull(2), other.isFull(1)], [false, true]);
});

Deno.test("Stage sends a key that comes twice in two requests", async () => {
  const { pipeline, stage, sent } = stageOf(false);
  addString(stage, "long:key:0001", 7);
  addString(stage, "long:key:0002", 7);
  addString(stage, "long:key:00011", 7);
  addString(stage, "long:key:0001", 7);
  await stage.send(Infinity);
  await pipeline.finish();
  assertEquals(sent().match(/MSETNX/g)?.length, 2);
  assertEquals(pipeline.keysLoaded, 3);
  assertEquals(pipeline.refusal?.keys, 1);
});
