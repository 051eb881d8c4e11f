/**
 * Whole iterations by SCAN, HSCAN and SSCAN with writes in between: what is there from
 * start to end is met exactly once, what is not there is not met.
 *
 * @module
 */

import { type CoreModel, isOver } from "./core_model.ts";
import type { CorePipeline } from "./core_pipeline.ts";
import { parseReply } from "./core_replies.ts";

const STEPS_MAX = 100_000;

/** Names, with values where there are any. */
type Present = ReadonlyMap<string, unknown> | ReadonlySet<string>;

/** What one iteration looks at. */
export interface Iteration {
  /** Command up to the cursor. */
  readonly words: readonly string[];
  /** COUNT of each call. */
  readonly count: number;
  /** Elements that each element answered consists of: 2 for fields with values. */
  readonly stride: 1 | 2;
  /** Names that are there now. */
  readonly present: () => Present | undefined;
  /** Whether a name that is there is over all the same. @default {none is} */
  readonly isOver?: (name: string) => boolean;
}

/** All keys of the database in use. */
export function keyIteration(model: CoreModel, count: number): Iteration {
  return {
    words: ["SCAN"],
    count,
    stride: 1,
    present: () => {
      model.expire();
      return model.keys;
    },
  };
}

/** All fields of the hash at `key`. */
export function fieldIteration(
  model: CoreModel,
  key: string,
  count: number,
): Iteration {
  return {
    words: ["HSCAN", key],
    count,
    stride: 2,
    present: () => {
      const value = model.find(key)?.value;
      return value instanceof Map ? value : undefined;
    },
    isOver: (name) => {
      const value = model.find(key)?.value;
      return value instanceof Map && isOver(value, name, model.nowMs);
    },
  };
}

/** All members of the set at `key`. */
export function memberIteration(
  model: CoreModel,
  key: string,
  count: number,
): Iteration {
  return {
    words: ["SSCAN", key],
    count,
    stride: 1,
    present: () => {
      const value = model.find(key)?.value;
      return value instanceof Set ? value : undefined;
    },
  };
}

/** Iterates from start to end; `write` does something between two calls. */
export function iterate(
  pipeline: CorePipeline,
  iteration: Iteration,
  write: () => void,
): void {
  const start = iteration.present();
  const isGone = (name: string, present: Present) =>
    !present.has(name) || iteration.isOver?.(name) === true;
  const lasting = new Set(start?.keys());
  const met = new Set<string>();
  let cursor = "0";
  for (let step = 0; step < STEPS_MAX; step++) {
    const present = iteration.present();
    // Another collection has taken its place: its iteration has no promise.
    if (present === undefined || present !== start) return;
    for (const name of lasting) {
      if (isGone(name, present)) lasting.delete(name);
    }
    const reply = parseReply(
      pipeline.ask([...iteration.words, cursor, "COUNT", `${iteration.count}`]),
    ) as [string, string[]];
    note(iteration, reply[1], present, lasting, met);
    cursor = reply[0];
    if (cursor === "0") break;
    write();
    pipeline.flush();
  }
  if (cursor !== "0") throw new Error(`${iteration.words} does not end`);
  for (const name of lasting) {
    if (!met.has(name)) {
      throw new Error(`${iteration.words} did not meet ${name.slice(0, 80)}`);
    }
  }
}

function note(
  { words, stride, isOver }: Iteration,
  items: readonly string[],
  present: Present,
  lasting: ReadonlySet<string>,
  met: Set<string>,
): void {
  for (let at = 0; at < items.length; at += stride) {
    const name = items[at]!;
    const shown = name.slice(0, 80);
    if (!present.has(name) || isOver?.(name)) {
      throw new Error(`${words} met absent ${shown}`);
    }
    if (lasting.has(name) && met.has(name)) {
      throw new Error(`${words} met ${shown} twice`);
    }
    const value = present instanceof Map ? present.get(name) : undefined;
    if (stride === 2 && value !== items[at + 1]) {
      throw new Error(`${words} met another value of ${shown}`);
    }
    met.add(name);
  }
}
