/**
 * What the serve Worker knows of its group besides what it is told over the link.
 *
 * @module
 */

import { systemAfter, systemClock } from "../base/mod.ts";
import { ProgressReader } from "../replica/mod.ts";
import { type ClusterSource, ClusterState } from "./cluster_state.ts";
import type { ServeStart } from "./messages.ts";
import { WriteWaits } from "./write_waits.ts";

/** See the module. */
export interface ServeGroup {
  /** Who belongs to the group, and who leads it. */
  readonly cluster: ClusterState;
  /** Clients that wait for other members to have their writes. */
  readonly writeWaits: WriteWaits;
}

/** What a Worker that has been sent `start`, and itself tells of `own`, will know. */
export function makeServeGroup(
  { options, progressPage }: ServeStart,
  own: Pick<ClusterSource, "addressOf" | "appliedIndex" | "clientPort">,
): ServeGroup {
  const progress = new ProgressReader(progressPage);
  const wallMs = () => systemClock.wallMs();
  return {
    cluster: new ClusterState({ ...own, options, progress, wallMs }),
    writeWaits: new WriteWaits({
      nodeId: options.group?.nodeId,
      progress,
      clock: systemClock,
      after: systemAfter,
    }),
  };
}
