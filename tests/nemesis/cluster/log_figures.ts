/**
 * What the nodes' output tells of elections and snapshots.
 *
 * @module
 */

const LEADS = /^In term (\d+) node \d+ leads$/;
const TAKEN = /^Snapshot of \d+ bytes taken/;
const RECEIVED = /goes on behind the snapshot at entry/;

/** Counts lines of the nodes' output, each once. */
export class LogFigures {
  /** The time of the last line that was counted, by node. */
  readonly #counted = new Map<number, string>();
  readonly #terms = new Set<string>();
  /** Snapshots that nodes took of their own state. */
  snapshotsTaken = 0;
  /** Snapshots that nodes got from a leader. */
  snapshotsReceived = 0;

  /** Terms in which somebody led. */
  get elections(): number {
    return this.#terms.size;
  }

  /** Looks at the last part of what `node` printed; lines begin with their times. */
  read(node: number, log: string): void {
    const before = this.#counted.get(node) ?? "";
    let last = before;
    for (const line of log.split("\n")) {
      const [, time, text] = /^(\d{4}-\S+Z) \S+ \w+: (.*)$/.exec(line) ?? [];
      if (time === undefined || text === undefined || time <= before) continue;
      last = time;
      const term = LEADS.exec(text)?.[1];
      if (term !== undefined) this.#terms.add(term);
      if (TAKEN.test(text)) this.snapshotsTaken++;
      if (RECEIVED.test(text)) this.snapshotsReceived++;
    }
    this.#counted.set(node, last);
  }
}
