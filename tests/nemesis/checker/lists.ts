/**
 * The check of transactions that append to lists and read them: whether single steps in some
 * order explain all of them, as Elle finds it out.
 *
 * An append is answered with the new length, so both it and every read tell the order of what
 * was appended to a list. From these orders and from time follows which transaction must come
 * before which; a circle cannot be explained.
 *
 * @module
 */

import { type Operation, possible } from "../histories/history.ts";
import { type Edge, Precedence } from "./cycles.ts";
import { broken, type Verdict, type Violation } from "./verdict.ts";

/** One step of a transaction. All values of a history are different. */
export type ListStep =
  | { readonly kind: "append"; readonly key: string; readonly value: string }
  | { readonly kind: "read"; readonly key: string };

/** The length behind an append, or all items. */
export type ListResult = number | readonly string[];

/** A transaction: its steps take place together, or none does. */
export type ListTransaction = Operation<
  readonly ListStep[],
  readonly ListResult[]
>;

/** A read of one list by one transaction, before it appended to that list. */
interface Read {
  readonly by: ListTransaction;
  readonly key: string;
  readonly items: readonly string[];
}

/** Who appended a value, and where it stands if that is known. */
interface Append {
  readonly by: ListTransaction;
  readonly key: string;
  readonly value: string;
  readonly length: number | undefined;
}

function violation(
  rule: string,
  detail: string,
  operations: readonly (ListTransaction | undefined)[],
): Violation {
  const shown = operations.filter((one) => one !== undefined);
  return {
    rule,
    detail,
    operations: [...new Set(shown)].sort((a, b) => a.begin - b.begin),
  };
}

/** All that the transactions say, taken apart. */
class Record {
  readonly transactions: readonly ListTransaction[];
  readonly appends = new Map<string, Append>();
  /** Reads as their transactions found the lists, without what these had appended. */
  readonly reads: Read[] = [];
  /** The longest read of each list, with whose it is. */
  readonly longest = new Map<string, Read>();
  readonly violations: Violation[] = [];

  constructor(operations: readonly ListTransaction[]) {
    this.transactions = possible(operations);
    for (const by of this.transactions) this.#takeAppends(by);
    for (const by of this.transactions) this.#takeReads(by);
  }

  #takeAppends(by: ListTransaction): void {
    by.action.forEach((step, at) => {
      if (step.kind !== "append") return;
      const { key, value } = step;
      const length = by.result?.[at] as number | undefined;
      this.appends.set(value, { by, key, value, length });
    });
  }

  #takeReads(by: ListTransaction): void {
    const own = new Map<string, string[]>();
    by.action.forEach((step, at) => {
      const { key } = step;
      const appended = own.get(key) ?? [];
      own.set(key, appended);
      if (step.kind === "append") {
        appended.push(step.value);
        return;
      }
      const found = by.result?.[at] as readonly string[] | undefined;
      if (found !== undefined) this.#takeRead(by, key, found, appended);
    });
  }

  #takeRead(
    by: ListTransaction,
    key: string,
    found: readonly string[],
    appended: readonly string[],
  ): void {
    const first = found.length - appended.length;
    if (appended.some((value, at) => found[first + at] !== value)) {
      const detail = `${key} does not end with its own ${appended}`;
      this.violations.push(
        violation("a transaction sees its own appends", detail, [by]),
      );
      return;
    }
    const longest = this.longest.get(key);
    if (longest === undefined || found.length > longest.items.length) {
      this.longest.set(key, { by, key, items: found });
    }
    this.reads.push({ by, key, items: found.slice(0, first) });
  }
}

/** Values that come from nowhere or twice, and reads that do not agree. */
function checkReads({ appends, reads, longest }: Record): Violation[] {
  const found: Violation[] = [];
  for (const { by, key, items } of longest.values()) {
    const twice = items.find((value, at) => items.indexOf(value) !== at);
    if (twice !== undefined) {
      const detail = `${twice} is in ${key} twice`;
      const both = [appends.get(twice)?.by, by];
      found.push(violation("an append happens once", detail, both));
    }
    for (const value of items) {
      const append = appends.get(value);
      if (append?.key === key && append.by.begin < by.end) continue;
      const detail = `${value} in ${key} was not appended before`;
      const both = [append?.by, by];
      found.push(violation("only what was appended is there", detail, both));
    }
  }
  for (const { by, key, items } of reads) {
    const whole = longest.get(key)!;
    const at = items.findIndex((value, place) => whole.items[place] !== value);
    if (at < 0) continue;
    const detail = `${key} had ${items[at]} at ${at}, and ${whole.items[at]}`;
    found.push(violation("reads of a list agree", detail, [by, whole.by]));
  }
  return found;
}

/** Places of values in one list: what stands at each, as far as it is known. */
type Places = ReadonlyMap<number, string>;

/** Appends whose answers do not fit to what was read, or to each other. */
function placeAppends(
  record: Record,
  found: Violation[],
): ReadonlyMap<string, Places> {
  const places = new Map<string, Map<number, string>>();
  const placesOf = (key: string) => {
    const known = places.get(key) ?? new Map<number, string>();
    places.set(key, known);
    return known;
  };
  for (const [key, { items }] of record.longest) {
    items.forEach((value, at) => placesOf(key).set(at, value));
  }
  for (const { by, key, value, length } of record.appends.values()) {
    if (length === undefined) continue;
    const known = placesOf(key);
    const other = known.get(length - 1);
    if (other !== undefined && other !== value) {
      const detail = `${value} was put at ${length - 1} of ${key}, ` +
        `where ${other} is`;
      const all = [
        by,
        record.appends.get(other)?.by,
        record.longest.get(key)?.by,
      ];
      found.push(violation("no acknowledged append is lost", detail, all));
    }
    known.set(length - 1, value);
  }
  return places;
}

/** Reads that began after an append was answered, and miss it. */
function checkLosses({ appends, reads }: Record): Violation[] {
  const found: Violation[] = [];
  for (const { by, key, value, length } of appends.values()) {
    if (length === undefined) continue;
    const read = reads.find((one) =>
      one.key === key && one.by.begin > by.end && one.items.length < length
    );
    if (read === undefined) continue;
    const detail = `${value} was at ${length - 1} of ${key}, and is missing`;
    found.push(
      violation("no acknowledged append is lost", detail, [by, read.by]),
    );
  }
  return found;
}

/** Who must come before whom. */
class Order {
  readonly #record: Record;
  readonly #graph: Precedence;
  readonly #nodes = new Map<ListTransaction, number>();
  readonly #transactions: ListTransaction[];

  constructor(record: Record, places: ReadonlyMap<string, Places>) {
    this.#record = record;
    const seen = new Set<ListTransaction>();
    for (const known of places.values()) {
      for (const value of known.values()) {
        const append = record.appends.get(value);
        if (append !== undefined) seen.add(append.by);
      }
    }
    this.#transactions = record.transactions.filter((one) =>
      one.outcome === "ok" || seen.has(one)
    );
    this.#transactions.forEach((one, node) => this.#nodes.set(one, node));
    this.#graph = new Precedence(this.#transactions.length);
    for (const [key, known] of places) this.#addList(key, known);
    this.#addUnplaced(places);
    this.#addTime();
  }

  /** A circle as a violation. */
  check(): Violation[] {
    const cycle = this.#graph.findCycle();
    if (cycle === undefined) return [];
    const name = (node: number) => {
      const { client, begin } = this.#transactions[node]!;
      return `${begin} of client ${client}`;
    };
    const steps: string[] = [];
    let since: number | undefined;
    const isReal = (node: number) => node < this.#transactions.length;
    // Points in time between two transactions are left out.
    const start = cycle.findIndex(({ from }) => isReal(from));
    const turned: Edge[] = [...cycle.slice(start), ...cycle.slice(0, start)];
    for (const { from, to, why } of turned) {
      if (isReal(from)) since = from;
      if (isReal(to)) steps.push(`${name(since!)} before ${name(to)}: ${why}`);
    }
    const shown = turned.flatMap(({ from }) =>
      isReal(from) ? [this.#transactions[from]!] : []
    );
    return [
      violation("transactions are in an order", steps.join("; "), shown),
    ];
  }

  #nodeOf(value: string): number | undefined {
    const append = this.#record.appends.get(value);
    return append === undefined ? undefined : this.#nodes.get(append.by);
  }

  #add(from: number | undefined, to: number | undefined, why: string): void {
    if (from !== undefined && to !== undefined) this.#graph.add(from, to, why);
  }

  #addList(key: string, known: Places): void {
    const sorted = [...known].sort(([a], [b]) => a - b);
    sorted.forEach(([place, value], at) => {
      const next = sorted[at + 1];
      if (next === undefined) return;
      const why = `${key}[${place}] before [${next[0]}]`;
      this.#add(this.#nodeOf(value), this.#nodeOf(next[1]), why);
    });
    for (const { by, key: readKey, items } of this.#record.reads) {
      if (readKey !== key) continue;
      const reader = this.#nodes.get(by);
      const last = items.at(-1);
      if (last !== undefined) {
        this.#add(this.#nodeOf(last), reader, `${key} was read with ${last}`);
      }
      const next = sorted.find(([place]) => place >= items.length);
      if (next === undefined) continue;
      const why = `${key} was read without ${next[1]}`;
      this.#add(reader, this.#nodeOf(next[1]), why);
    }
  }

  /** What a transaction that took place has appended, and nobody saw, comes behind all reads. */
  #addUnplaced(places: ReadonlyMap<string, Places>): void {
    for (const { by, key, value, length } of this.#record.appends.values()) {
      const node = this.#nodes.get(by);
      if (node === undefined || length !== undefined) continue;
      const isPlaced = [...places.get(key)?.values() ?? []].includes(value);
      if (isPlaced) continue;
      for (const { by: reader, key: readKey } of this.#record.reads) {
        if (readKey !== key) continue;
        const why = `${key} was read without ${value}`;
        this.#add(this.#nodes.get(reader), node, why);
      }
    }
  }

  /** A node for each end, each before the next and before what begins behind it. */
  #addTime(): void {
    const ended = this.#transactions.filter(({ end }) => end !== Infinity)
      .sort((a, b) => a.end - b.end);
    const begun = [...this.#transactions].sort((a, b) => a.begin - b.begin);
    let point: number | undefined;
    let at = 0;
    for (const one of begun) {
      for (; at < ended.length && ended[at]!.end < one.begin; at++) {
        const next = this.#graph.addNode();
        this.#add(point, next, "time");
        this.#add(this.#nodes.get(ended[at]!), next, "time");
        point = next;
      }
      this.#add(point, this.#nodes.get(one), "time");
    }
  }
}

/** Whether single steps in some order, in which time counts, explain the transactions. */
export function checkLists(operations: readonly ListTransaction[]): Verdict {
  const record = new Record(operations);
  const found = [...record.violations, ...checkReads(record)];
  const places = placeAppends(record, found);
  found.push(...checkLosses(record));
  // What does not fit at all says nothing of an order.
  if (found.length === 0) found.push(...new Order(record, places).check());
  return broken(found);
}
