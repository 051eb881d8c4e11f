// === The module's exports about loading a snapshot ===
//
// The rest of them is in index.ts. What is loaded is no news to anybody.

import { eventMask, setEventMask } from "../keys/events";
import { emptyAll } from "../run/server";
import { clearReady } from "../waits/ready";
import { beginImport, importPiece } from "./import";
import { removeAllWaiters, restartIds } from "../waits/waiters";

/** Starts loading a snapshot in place of all data there is, which is detached. */
export function importBegin(): void {
  const mask = eventMask();
  setEventMask(0);
  emptyAll();
  removeAllWaiters();
  restartIds();
  clearReady();
  beginImport();
  setEventMask(mask);
}

/** Loads a piece: 0 = more is expected, 1 = done, 2 = bad content. */
export function importFill(address: usize, length: u32): u32 {
  const mask = eventMask();
  setEventMask(0);
  const status = importPiece(address, length);
  setEventMask(mask);
  return status;
}
