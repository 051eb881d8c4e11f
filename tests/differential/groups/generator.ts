/**
 * What each group of commands offers: weighted makers of units.
 *
 * @module
 */

import type { Unit } from "../commands.ts";
import type { Pools } from "../pools.ts";

/** Makes units of one command. */
export interface Generator {
  /** The command, in upper case; what `--skip` names. */
  readonly name: string;
  /** Share among its group. */
  readonly weight: number;
  /** One random unit. */
  readonly make: (pools: Pools) => Unit;
}
