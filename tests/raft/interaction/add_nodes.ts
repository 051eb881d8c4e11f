/**
 * The directive that adds nodes.
 *
 * @module
 */

import type { ConfState, RaftConfig } from "../../../src/raft/mod.ts";
import type { ScenarioCase } from "../scenario_file.ts";
import type { Environment } from "./environment.ts";
import type { NodeOptions } from "./node.ts";
import {
  DirectiveError,
  firstNumber,
  toBoolean,
  toNumber,
  valuedWords,
} from "./words.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Draft {
  readonly voters: number[];
  readonly learners: number[];
  index: number;
  content: string;
  isAsync: boolean;
  readonly config: Mutable<Partial<RaftConfig>>;
}

const READS = { safe: "safe", "lease-based": "lease" } as const;

function readOption(draft: Draft, value: string): void {
  if (value !== "safe" && value !== "lease-based") {
    throw new DirectiveError(
      `invalid read-only option ${JSON.stringify(value)}`,
    );
  }
  draft.config.reads = READS[value];
}

/** What each word with a value says. Bounds without a word are unlimited. */
const OPTIONS: Readonly<Record<string, (draft: Draft, value: string) => void>> =
  {
    voters: (draft, value) => draft.voters.push(toNumber(value)),
    learners: (draft, value) => draft.learners.push(toNumber(value)),
    index: (draft, value) => draft.index = toNumber(value),
    content: (draft, value) => draft.content = value,
    inflight: ({ config }, value) =>
      config.inflightAppendsMax = toNumber(value),
    "async-storage-writes": (draft, value) => draft.isAsync = toBoolean(value),
    prevote: ({ config }, value) => config.preVote = toBoolean(value),
    checkquorum: ({ config }, value) => config.checkQuorum = toBoolean(value),
    "max-committed-size-per-ready": ({ config }, value) =>
      config.applyingBytesMax = toNumber(value),
    "disable-conf-change-validation": ({ config }, value) =>
      config.disableChangeValidation = toBoolean(value),
    "read-only": readOption,
    "quiet-ticks": ({ config }, value) => config.quietTicks = toNumber(value),
    "step-down-on-removal": ({ config }, value) =>
      config.stepDownOnRemoval = toBoolean(value),
  };

function readOptions(scenario: ScenarioCase): NodeOptions {
  const draft: Draft = {
    voters: [],
    learners: [],
    index: 0,
    content: "",
    isAsync: false,
    config: { inflightAppendsMax: 2 ** 31 - 1 },
  };
  for (const [key, value] of valuedWords(scenario)) {
    OPTIONS[key]?.(draft, value);
  }
  const { config, content, index, isAsync, learners, voters } = draft;
  if (index === 1) {
    throw new DirectiveError(
      "index must be specified as > 1 due to bootstrap",
    );
  }
  const confState: ConfState = {
    voters,
    votersOutgoing: [],
    learners,
    learnersNext: [],
    autoLeave: false,
  };
  const data = new TextEncoder().encode(content);
  const term = index === 0 ? 0 : 1;
  return { snapshot: { index, term, confState, data }, isAsync, config };
}

/** `add-nodes COUNT [voters=(…)] [learners=(…)] [index=…] [content=…] …` */
export function addNodes(
  environment: Environment,
  scenario: ScenarioCase,
): void {
  const options = readOptions(scenario);
  for (let count = firstNumber(scenario); count > 0; count--) {
    environment.addNode(options);
  }
}
