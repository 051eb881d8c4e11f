/**
 * What operators look at: INFO, metrics, health.
 *
 * This folder renders numbers it is given; it reads no state of its own.
 *
 * @module
 */

export {
  humanBytes,
  type InfoFields,
  type InfoSections,
  type InfoValue,
  renderInfo,
} from "./info.ts";
