/**
 * Changes of the members of a group.
 *
 * @module
 */

import { isErrorReply, sleep, textOf } from "../../servers/mod.ts";
import { type Fault, type Stage, waitBetween } from "./stage.ts";

/** A change takes so long at most; while faults last that is no wonder. */
const CHANGE_MS_MAX = 90_000;
const RETRY_MS = 100;
const STAY_MS_MAX = 3_000;

/** Asks whoever leads for a change, again and again, until `isDone` says of the members that it is made. */
async function change(
  { cluster, say }: Stage,
  words: readonly string[],
  isDone: (role: (node: number) => string | undefined) => boolean,
): Promise<void> {
  const untilMs = performance.now() + CHANGE_MS_MAX;
  let last = "nobody leads";
  while (performance.now() < untilMs) {
    const leader = await cluster.findLeader();
    if (leader !== undefined) {
      const members = await cluster.members(leader);
      const role = (node: number) =>
        members.find((member) => member.node === node)?.role;
      if (members.length > 0 && isDone(role)) {
        say(words.join(" "));
        return;
      }
      const reply = await cluster.ask(leader, "LANE.CLUSTER", ...words);
      if (isErrorReply(reply)) last = textOf(reply);
    }
    await sleep(RETRY_MS);
  }
  throw new Error(`${words.join(" ")}: not in ${CHANGE_MS_MAX} ms: ${last}`);
}

/** Takes a new node in, gives it a vote, and takes another one out. */
async function replace(stage: Stage): Promise<void> {
  const { cluster, random, say } = stage;
  const joining = await cluster.join();
  const id = `${joining}`;
  say(`node ${id} waits to be taken in`);
  await change(
    stage,
    ["ADD", id, cluster.address(joining)],
    (role) => role(joining) !== undefined,
  );
  await change(
    stage,
    ["PROMOTE", id],
    (role) => role(joining) !== undefined && role(joining) !== "learner",
  );
  await waitBetween(stage, 0, STAY_MS_MAX);
  let others: readonly number[] = [];
  while (others.length === 0) {
    others = cluster.free.filter((node) => node !== joining);
    await sleep(RETRY_MS);
  }
  const leaving = random.pick(others);
  await cluster.claim([leaving], async () => {
    await change(
      stage,
      ["REMOVE", `${leaving}`],
      (role) => role(leaving) === undefined,
    );
    await cluster.drop(leaving);
  });
  say(`node ${leaving} is gone for ever`);
}

/** Lets a random voter lead. */
async function transfer(stage: Stage): Promise<void> {
  const { cluster, random, say } = stage;
  const leader = await cluster.findLeader();
  if (leader === undefined) return;
  const to = random.pick(cluster.nodes.filter((node) => node !== leader));
  const reply = await cluster.ask(leader, "LANE.CLUSTER", "TRANSFER", `${to}`);
  say(`${leader} lets ${to} lead: ${textOf(reply)}`);
}

/** See the module. */
export const MEMBER_FAULTS: readonly Fault[] = [
  { name: "replace", weight: 1, isForOne: false, run: replace },
  { name: "transfer", weight: 2, isForOne: false, run: transfer },
];
