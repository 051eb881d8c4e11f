/**
 * What lasts as long as the serve Worker, though the replica is made anew when a snapshot
 * of another node replaces its log.
 *
 * @module
 */

import { OwnProposals } from "./own_proposals.ts";
import { PartCollector } from "./parts.ts";

/** One run of both Workers. */
export class Session {
  /** Ids of proposals go on. */
  readonly own = new OwnProposals();
  /** Parts of a proposal that is not whole. */
  readonly parts = new PartCollector();
  /** Highest id of a read. */
  lastReadId = 0;
}
