/**
 * What nodes said of the writes that they proposed, against what the log holds.
 *
 * @module
 */

import type { Command } from "../node/port.ts";
import { check } from "./violation.ts";

/** See the module. Clients never send a command twice. */
export class ProposalFates {
  /** Where each command was found. */
  readonly #places = new Map<string, number>();
  readonly #refused = new Set<string>();

  /** A node has applied `command` at `index`. */
  applied(command: Command, index: number): void {
    const name = nameOf(command);
    const known = this.#places.get(name) ?? index;
    check(
      known === index,
      "a proposal is committed once",
      () => `${name} at ${known} and ${index}`,
    );
    this.#places.set(name, index);
    this.#compare(name);
  }

  /** A node says that `command` is in no log and never will be. */
  refused(command: Command): void {
    const name = nameOf(command);
    this.#refused.add(name);
    this.#compare(name);
  }

  #compare(name: string): void {
    check(
      !this.#refused.has(name) || !this.#places.has(name),
      "what was refused is never committed",
      () => `${name} at ${this.#places.get(name)}`,
    );
  }
}

function nameOf({ client, sequence }: Command): string {
  return `${client}/${sequence}`;
}
