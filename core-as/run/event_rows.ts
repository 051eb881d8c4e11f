// === The module's exports about events ===
//
// The rest of them is in index.ts.

import { clearEvents, eventBytes, eventsAt, eventsLost, setEventMask } from "../keys/events";

/** Sets what is noted from now on: ON_… bits of events.ts. */
export function eventsNote(mask: u32): void {
  setEventMask(mask);
}

/** Address of the first row. */
export function eventsAddress(): usize {
  return eventsAt();
}

export function eventsBytes(): u32 {
  return eventBytes;
}

/** Rows that the buffer had no room for. */
export function eventsMissing(): u32 {
  return eventsLost;
}

export function eventsClear(): void {
  clearEvents();
}
