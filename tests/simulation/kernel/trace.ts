/**
 * What happened in a simulation: a hash of every event, by which two runs are known to be
 * the same, and the newest events as text.
 *
 * @module
 */

interface Line {
  readonly ms: number;
  readonly event: string;
  readonly node: number;
  readonly detail: unknown;
}

/** Events kept to be shown. */
const LINES_MAX = 400;

/** See the module. */
export class Trace {
  readonly #lines: Line[] = [];
  readonly #isHashed: boolean;
  #count = 0;
  #low = 0x811c9dc5;
  #high = 0x9dc5811c;

  /** Nothing has happened. The hash takes a tenth of a simulation's time: only if asked for. */
  constructor(isHashed: boolean) {
    this.#isHashed = isHashed;
  }

  /** Number of events. */
  get count(): number {
    return this.#count;
  }

  /** Hash of all events so far, in hexadecimal; undefined if it was not asked for. */
  get hash(): string | undefined {
    if (!this.#isHashed) return undefined;
    const words = [this.#high, this.#low];
    return words.map((word) => (word >>> 0).toString(16).padStart(8, "0"))
      .join("");
  }

  /** Notes that `event` happened at `node` (0 = the world). `detail` must not change. */
  note(ms: number, event: string, node: number, detail: unknown): void {
    this.#lines[this.#count++ % LINES_MAX] = { ms, event, node, detail };
    if (!this.#isHashed) return;
    this.#mixNumber(ms);
    this.#mixText(event);
    this.#mix(node);
    this.#mixValue(detail);
  }

  /** The newest events that `isWanted` picks, oldest first, at most `linesMax`. */
  tail(
    linesMax: number,
    isWanted: (node: number, event: string) => boolean = () => true,
  ): string[] {
    const lines: string[] = [];
    const oldest = Math.max(0, this.#count - LINES_MAX);
    for (let at = this.#count - 1; at >= oldest; at--) {
      const { ms, event, node, detail } = this.#lines[at % LINES_MAX]!;
      if (!isWanted(node, event)) continue;
      lines.push(
        `${ms.toFixed(2).padStart(10)} ${node} ${event} ${show(detail)}`,
      );
      if (lines.length === linesMax) break;
    }
    return lines.reverse();
  }

  #mix(word: number): void {
    this.#low = Math.imul(this.#low ^ word, 0x01000193);
    this.#high = Math.imul(this.#high ^ (this.#low >>> 7), 0x85ebca6b) + 1 | 0;
  }

  #mixNumber(value: number): void {
    this.#mix(value | 0);
    if (value === (value | 0)) return;
    this.#mix(Math.floor(value % 1 * 2 ** 30));
    this.#mix(Math.floor(value / 2 ** 31));
  }

  #mixText(text: string): void {
    for (let at = 0; at < text.length; at++) this.#mix(text.charCodeAt(at));
  }

  #mixValue(value: unknown): void {
    if (typeof value === "number") this.#mixNumber(value);
    else if (typeof value === "string") this.#mixText(value);
    else if (typeof value === "boolean") this.#mix(value ? 1 : 2);
    else if (value instanceof Uint8Array) this.#mixBytes(value);
    else if (typeof value === "object" && value !== null) {
      for (const key in value) {
        this.#mixValue((value as Record<string, unknown>)[key]);
      }
    }
  }

  #mixBytes(bytes: Uint8Array): void {
    this.#mix(bytes.length);
    for (let at = 0; at < bytes.length; at += 4) this.#mix(bytes[at]!);
  }
}

function show(detail: unknown): string {
  return JSON.stringify(detail, (key, value: unknown) => {
    if (value instanceof Uint8Array) return `${value.length} bytes`;
    if (key === "entries" && Array.isArray(value)) {
      return value.map(({ term, index }) => `${term}/${index}`).join(" ");
    }
    return value;
  }) ?? "";
}
