/**
 * The accepting side of a connection whose frames a test writes itself.
 *
 * @module
 */

import type { Frame } from "../../../src/transport/frame.ts";
import { FrameReader } from "../../../src/transport/frame_reader.ts";
import { AcceptorHandshake } from "../../../src/transport/handshake.ts";
import type { Wire } from "../../../src/transport/mod.ts";
import { simulatedProver } from "../../simulation/prover.ts";
import { frameBytes } from "./frames.ts";

/** Goes through the handshake on `wire` as node `node`, then hands out how to send. */
export function acceptAs(
  node: number,
  wire: Wire,
  proved: (send: (frame: Frame) => void) => void,
): void {
  const own = { node, cluster: "test", instance: "raw" };
  const nonce = new Uint8Array(32).fill(3);
  const prover = simulatedProver("secret");
  const handshake = new AcceptorHandshake(own, nonce, prover);
  const reader = new FrameReader(1_000_000);
  const send = (frame: Frame) => wire.write(frameBytes(frame), () => {});
  const take = ({ kind, content }: Frame) => {
    if (kind === "hello") {
      handshake.greet(content);
      send({ kind: "challenge", content: handshake.challenge });
    } else if (kind === "proof") {
      handshake.verify(content).then((welcome) => {
        send({ kind: "welcome", content: welcome });
        proved(send);
      });
    }
    return true;
  };
  wire.start({
    received: (bytes) => reader.push(bytes, take),
    ended: () => {},
  });
}
