/** A Worker that writes a progress page without end: members come and go in its rows. */

import { ProgressPage } from "../../../src/replica/progress_page.ts";

declare const self: DedicatedWorkerGlobalScope;

const ROUNDS_A_TURN = 1000;

self.onmessage = ({ data }: MessageEvent<SharedArrayBuffer>) => {
  const page = new ProgressPage(data);
  let round = 0;
  const write = () => {
    for (let count = 0; count < ROUNDS_A_TURN; count++) {
      const first = 1 + round++ % 2;
      page.write([first, first + 1, first + 2].map((id) => (
        {
          id,
          heldIndex: round * 100 + id,
          isVoter: id % 2 === 1,
          isConnected: true,
          clientPort: 0,
          tlsPort: 0,
          forwardPort: 0,
        }
      )));
    }
    setTimeout(write, 0);
  };
  write();
  self.postMessage("started");
};
