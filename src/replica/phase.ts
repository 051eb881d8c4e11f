/**
 * The life of a replica.
 *
 * @module
 */

/**
 * How far a replica is.
 *
 * - `electing`: the log is sent as far as it is known to be committed; the serve
 *   Worker waits for RECOVERED.
 * - `running`: proposals come and go.
 * - `stopping`: STOP was read; what came before it is being finished.
 * - `drained`: everything is answered and flushed. The WAL can be closed.
 * - `replacing`: a leader's snapshot is to take the place of the log; what was begun is
 *   being finished, and nothing else is taken in.
 * - `replaced`: it is finished. The WAL can be closed, and another replica go on from the
 *   snapshot.
 */
export type ReplicaPhase =
  | "electing"
  | "running"
  | "stopping"
  | "drained"
  | "replacing"
  | "replaced";
