/**
 * Faults of the network between nodes.
 *
 * @module
 */

import { type Fault, pickNode, type Stage, waitBetween } from "./stage.ts";

const APART_MS_MIN = 200;
const APART_MS_MAX = 8_000;
const LATE_MS_MAX = 400;
const RESETS_MAX = 8;
const RESET_MS_MAX = 400;

/** Waits for a while, then heals; what was held may arrive, or be lost. */
async function waitAndHeal(stage: Stage): Promise<void> {
  await waitBetween(stage, APART_MS_MIN, APART_MS_MAX);
  const isHeldLost = stage.random.chance(0.5);
  stage.cluster.network.heal(isHeldLost);
  stage.say(`heal, what was held ${isHeldLost ? "is lost" : "arrives"}`);
}

/** One node on one side, or each by itself; silent, or with connections closed. */
async function partition(stage: Stage): Promise<void> {
  const { cluster: { network }, random, say } = stage;
  const node = await pickNode(stage);
  const isCut = random.chance(0.3);
  const isAll = random.chance(0.15);
  say(`part ${isAll ? "all" : node}${isCut ? ", closing" : ""}`);
  for (const [one, other] of network.pairs()) {
    if (!isAll && one !== node && other !== node) continue;
    if (isCut) network.cut(one, other);
    else network.part(one, other);
  }
  await waitAndHeal(stage);
}

/** Nothing reaches a node, or nothing leaves it, or one link is one-way. */
async function oneWay(stage: Stage): Promise<void> {
  const { cluster: { network }, random, say } = stage;
  const node = await pickNode(stage);
  const isIn = random.chance(0.5);
  const all = network.nodes.filter((other) => other !== node);
  const others = random.chance(0.6) ? all : [random.pick(all)];
  say(isIn ? `${others} -/-> ${node}` : `${node} -/-> ${others}`);
  for (const other of others) {
    if (isIn) network.hold(other, node);
    else network.hold(node, other);
  }
  await waitAndHeal(stage);
}

/** Two nodes do not reach each other, the others reach both. */
async function bridge(stage: Stage): Promise<void> {
  const { cluster: { network }, random, say } = stage;
  const [one, other] = random.pick(network.pairs());
  say(`part ${one} from ${other}`);
  network.part(one, other);
  await waitAndHeal(stage);
}

/** What some nodes send takes long. */
async function slow(stage: Stage): Promise<void> {
  const { cluster: { network }, random, say } = stage;
  for (const [one, other] of network.pairs()) {
    if (random.chance(0.3)) continue;
    const delayMs = random.below(LATE_MS_MAX);
    const jitterMs = random.below(LATE_MS_MAX);
    say(`${one} <-> ${other} takes ${delayMs} to +${jitterMs} ms`);
    network.slow(one, other, delayMs, jitterMs);
    network.slow(other, one, delayMs, jitterMs);
  }
  await waitAndHeal(stage);
}

/** Connections break, again and again. */
async function reset(stage: Stage): Promise<void> {
  const { cluster: { network }, random, say } = stage;
  const times = random.between(1, RESETS_MAX);
  say(`reset ${times} times`);
  for (let time = 0; time < times; time++) {
    const [one, other] = random.pick(network.pairs());
    network.reset(one, other);
    await waitBetween(stage, 0, RESET_MS_MAX);
  }
}

/** See the module. */
export const NETWORK_FAULTS: readonly Fault[] = [
  { name: "partition", weight: 5, isForOne: false, run: partition },
  { name: "one-way", weight: 4, isForOne: false, run: oneWay },
  { name: "bridge", weight: 2, isForOne: false, run: bridge },
  { name: "slow", weight: 2, isForOne: false, run: slow },
  { name: "reset", weight: 1, isForOne: false, run: reset },
];
