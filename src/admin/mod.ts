/**
 * What operators look at: INFO, metrics, health.
 *
 * ```text
 *   facts ──► METRIC_ROWS ──► Metrics ──► adminHandler ──► listenHttp
 * ```
 *
 * This folder renders numbers it is given; it reads no state of its own.
 *
 * @module
 */

export type {
  CommandFacts,
  CoreFacts,
  ForwardFacts,
  GroupFacts,
  NodeFacts,
  PeerFacts,
  ReceivedSnapshots,
  RequestClass,
  ServeFacts,
  SnapshotFacts,
} from "./facts.ts";
export { FactsLine, type HeardFacts } from "./facts_line.ts";
export {
  type HttpHandler,
  type HttpListener,
  type Listen,
  listenHttp,
} from "./http_listener.ts";
export {
  humanBytes,
  type InfoFields,
  type InfoSections,
  type InfoValue,
  renderInfo,
} from "./info.ts";
export { LoopGap } from "./loop_gap.ts";
export type { HistogramSample, MetricRow, Sample } from "./metric_row.ts";
export { METRIC_ROWS, Metrics } from "./metrics.ts";
export {
  type ProcessorSeconds,
  processorSeconds,
  residentBytes,
} from "./process.ts";
export { adminHandler, type NodeState, type PageSource } from "./pages.ts";
