/**
 * A group of nodes, each a process: starts them, tells what happens, brings back who was
 * ended, ends them.
 *
 * @module
 */

import { type After, assert } from "../base/mod.ts";
import { STOP_MS_MAX } from "../config/mod.ts";
import { clientCommand, guideLines, returnText } from "./guide.ts";
import { readNodeLine } from "./node_lines.ts";
import type { NodePlan } from "./node_plan.ts";

/** How a process ended. */
export interface ProcessEnd {
  /** Its exit code. */
  readonly code: number;
  /** The signal that ended it, if one did. */
  readonly signal: string | undefined;
}

/** What a process does. */
export interface ProcessEvents {
  /** It printed a line. */
  readonly line: (line: string) => void;
  /** It has ended, and printed all. */
  readonly ended: (end: ProcessEnd) => void;
}

/** A process that was started. */
export interface NodeProcess {
  /** Its id. */
  readonly pid: number;
  /** Sends it a signal; harmless when it has ended. */
  send(signal: "SIGTERM" | "SIGKILL"): void;
}

/** What a playground works with. */
export interface PlaygroundParts {
  /** The nodes. */
  readonly plans: readonly NodePlan[];
  /** Directory of all data. */
  readonly dir: string;
  /** Whether it is removed at the end. */
  readonly isTemporary: boolean;
  /** How long an ended node stays away, in seconds; 0 = for good. */
  readonly backAfterSeconds: number;
  /** Whether every line of every node is shown, or warnings alone. */
  readonly showsAllLines: boolean;
  /** Starts a process. */
  readonly spawn: (plan: NodePlan, events: ProcessEvents) => NodeProcess;
  /** Waits. */
  readonly after: After;
  /** Prints a line. */
  readonly say: (line: string) => void;
}

interface Member {
  readonly plan: NodePlan;
  /** Undefined while it is away. */
  running: NodeProcess | undefined;
  isServing: boolean;
  cancelReturn: () => void;
  lastLine: string;
}

/** See the module. */
export class Playground {
  readonly #parts: PlaygroundParts;
  readonly #members: readonly Member[];
  readonly #end = Promise.withResolvers<boolean>();
  #leader = 0;
  #term = 0;
  #isIntroduced = false;
  #state: "running" | "stopping" | "ended" = "running";
  #isGood = true;
  #cancelKill: () => void = () => {};

  /** Starts all nodes. */
  constructor(parts: PlaygroundParts) {
    this.#parts = parts;
    this.#members = parts.plans.map((plan) => ({
      plan,
      running: undefined,
      isServing: false,
      cancelReturn: () => {},
      lastLine: "",
    }));
    for (const member of this.#members) this.#start(member);
  }

  /** Resolves when no process is left; whether that was asked for. */
  get end(): Promise<boolean> {
    return this.#end.promise;
  }

  /** Ends all nodes in good order; those that do not end in time at once. */
  stop(): void {
    if (this.#state !== "running") return;
    this.#state = "stopping";
    for (const { cancelReturn, running } of this.#members) {
      cancelReturn();
      running?.send("SIGTERM");
    }
    this.#cancelKill = this.#parts.after(STOP_MS_MAX, () => this.kill());
    this.#maybeEnd();
  }

  /** Ends all nodes at once. */
  kill(): void {
    this.stop();
    for (const { running } of this.#members) running?.send("SIGKILL");
  }

  #start(member: Member): void {
    member.isServing = false;
    member.running = this.#parts.spawn(member.plan, {
      line: (line) => this.#take(member, line),
      ended: (end) => this.#ended(member, end),
    });
  }

  // -- What nodes print --

  #take(member: Member, line: string): void {
    const { say, showsAllLines } = this.#parts;
    const news = readNodeLine(line);
    member.lastLine = line;
    if (news.kind === "warning" || showsAllLines) {
      say(`node ${member.plan.id} | ${line}`);
    }
    if (news.kind === "serves") this.#serves(member);
    if (news.kind === "leader") this.#leads(news.term, news.leader);
  }

  #serves(member: Member): void {
    member.isServing = true;
    if (this.#isIntroduced) {
      const { id } = member.plan;
      const pid = member.running!.pid;
      this.#parts.say(`Node ${id} is back, as process ${pid}.`);
    } else this.#maybeIntroduce();
  }

  #leads(term: number, leader: number): void {
    // Each node tells it, some late.
    if (term <= this.#term) return;
    this.#term = term;
    this.#leader = leader;
    if (!this.#isIntroduced) return this.#maybeIntroduce();
    const member = this.#members.find(({ plan }) => plan.id === leader);
    if (member?.running === undefined) return;
    const command = `${clientCommand(member.plan)} set hello again`;
    this.#parts.say(
      `Node ${leader} leads in term ${term}: ${command}; kill -9 ${member.running.pid}`,
    );
  }

  /** When all serve and one leads. */
  #maybeIntroduce(): void {
    const nodes = this.#members.flatMap(({ isServing, plan, running }) =>
      isServing ? [{ ...plan, pid: running!.pid }] : []
    );
    const leader = nodes.find(({ id }) => id === this.#leader);
    if (nodes.length < this.#members.length || leader === undefined) return;
    this.#isIntroduced = true;
    const facts = { ...this.#parts, nodes, leader, term: this.#term };
    for (const line of guideLines(facts)) this.#parts.say(line);
  }

  // -- Ends --

  #ended(member: Member, end: ProcessEnd): void {
    assert(member.running !== undefined, "what ends has run");
    member.running = undefined;
    member.isServing = false;
    if (this.#state === "running") this.#lost(member, end);
    this.#maybeEnd();
  }

  #lost(member: Member, { code, signal }: ProcessEnd): void {
    const { after, backAfterSeconds, say } = this.#parts;
    const { id } = member.plan;
    if (!this.#isIntroduced) {
      say(`Node ${id} has not come up: ${member.lastLine}`);
      this.#isGood = false;
      return this.stop();
    }
    const who = id === this.#leader ? `Node ${id}, the leader,` : `Node ${id}`;
    const how = signal === undefined
      ? `has ended with code ${code}`
      : `was ended by ${signal}`;
    // What a node refuses to do once, it refuses again.
    const backSeconds = code === 0 || signal !== undefined
      ? backAfterSeconds
      : 0;
    say(`${who} ${how}; ${returnText(backSeconds)}.`);
    if (backSeconds > 0) {
      member.cancelReturn = after(
        backSeconds * 1000,
        () => this.#start(member),
      );
    }
  }

  #maybeEnd(): void {
    if (this.#state !== "stopping") return;
    if (this.#members.some(({ running }) => running !== undefined)) return;
    this.#state = "ended";
    this.#cancelKill();
    this.#end.resolve(this.#isGood);
  }
}
