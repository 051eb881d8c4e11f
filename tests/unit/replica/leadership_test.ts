import { assertEquals } from "@std/assert";
import { createLink, LinkEnd } from "../../../src/link/mod.ts";
import { HandOver } from "../../../src/replica/hand_over.ts";
import { Leadership } from "../../../src/replica/leadership.ts";
import { OwnProposals } from "../../../src/replica/own_proposals.ts";
import { entry, ServeSide } from "./harness.ts";

function parties() {
  const link = createLink(1024);
  const own = new OwnProposals();
  const raftEnd = new LinkEnd(link.far);
  const handOver = new HandOver(raftEnd.writer, own, () => new Uint8Array(0));
  const serve = new ServeSide(new LinkEnd(link.near));
  const frames = () => {
    handOver.pump(() => {});
    return serve.frames();
  };
  const leadership = new Leadership(handOver, own, 1);
  return { own, handOver, leadership, frames };
}

const LEADS = { term: 2, leader: 1, isLeader: true };
const FOLLOWS = { term: 3, leader: 2, isLeader: false };

Deno.test("Leadership tells once of each change, and of the first own entry in its place", () => {
  const { handOver, leadership, frames } = parties();
  leadership.note(LEADS);
  leadership.note({ ...LEADS });
  handOver.add([entry(1, 4)], []);
  leadership.noteCommitted({ index: 4, term: 1 });
  assertEquals(leadership.ownIndex, 0);
  handOver.add([entry(2, 5)], []);
  leadership.noteCommitted({ index: 5, term: 2 });
  handOver.add([entry(2, 6)], []);
  leadership.noteCommitted({ index: 6, term: 2 });
  assertEquals(leadership.ownIndex, 5);
  leadership.note(FOLLOWS);
  assertEquals([leadership.ownIndex, leadership.isLeader], [0, false]);
  assertEquals(frames(), [
    "LEADERSHIP 2 1 \x00",
    "ENTRY 4 1 1/4",
    "ENTRY 5 2 2/5",
    "LEADERSHIP 2 1 \x01",
    "ENTRY 6 2 2/6",
    "LEADERSHIP 3 2 \x00",
  ]);
});

Deno.test("Leadership loses what is not queued, behind what is", () => {
  const { own, handOver, leadership, frames } = parties();
  leadership.note(LEADS);
  for (const id of [1, 2, 3]) own.accept(id, 10 + id, 2);
  own.queue([entry(2, 11)]);
  handOver.add([entry(2, 11)], []);
  leadership.note(FOLLOWS);
  leadership.note({ ...FOLLOWS, leader: 3 });
  assertEquals(frames().slice(1), [
    "COMMITTED 11 1",
    "LOST 2 3",
    "LEADERSHIP 3 2 \x00",
    "LEADERSHIP 3 3 \x00",
  ]);
  assertEquals(leadership.counts, { refused: 0, lost: 2 });
});

Deno.test("Leadership.flush() tells of refused ids as ranges without gaps", () => {
  const { own, leadership, frames } = parties();
  for (const id of [1, 2]) leadership.refuse(id);
  own.accept(3, 7, 2);
  for (const id of [4, 5, 6]) leadership.refuse(id);
  leadership.flush();
  leadership.flush();
  leadership.refuse(7);
  leadership.flush();
  assertEquals(frames(), ["REFUSED 1 2", "REFUSED 4 6", "REFUSED 7 7"]);
  assertEquals(leadership.counts.refused, 6);
});
