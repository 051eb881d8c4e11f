/**
 * The handshake: both nodes of a connection show that they belong to one cluster and
 * know its secret, before anything else is said.
 *
 * ```text
 *   dialling node                        accepting node
 *   hello {version, cluster, from, to,
 *          lane, instance, nonce}   ──►  is it meant for me?
 *                                   ◄──  challenge {nonce}
 *   proof {tag of the dialler}      ──►  does the tag fit? is it let in?
 *                                   ◄──  welcome {tag of the acceptor}
 *   does the tag fit?
 *   messages                        ──►
 * ```
 *
 * A tag is the HMAC of its side's name and of the contents of hello and challenge as
 * they were sent, so it holds for these two nodes, this lane and these two nonces
 * alone: one that was seen before, or was made for the other direction, fits nothing.
 * Who dials proves first: a port that anybody may connect to gives no tag away that a
 * weak secret could be guessed from.
 *
 * The handshake tells who is there. That nobody on the way reads or changes what
 * follows is the business of TLS (see `sockets.ts`).
 *
 * @module
 */

import { PeerError } from "../base/mod.ts";
import {
  CHALLENGE,
  HELLO,
  type Hello,
  type NodePorts,
  PROOF,
  versionOf,
} from "./handshake_messages.ts";
import type { Lane } from "./lane.ts";
import { areEqualProofs, type Prover } from "./prover.ts";

/** Version of all that nodes say to each other. Nodes of different versions refuse each other. */
const PROTOCOL_VERSION = 3;

/** Nothing is known. */
export const NO_PORTS: NodePorts = {
  clientPort: 0,
  tlsPort: 0,
  forwardPort: 0,
};

/** What a node says of itself in handshakes. */
export interface Identity {
  /** Its id. */
  readonly node: number;
  /** Name of the cluster. */
  readonly cluster: string;
  /** Tells its data directory from another one under the same id. */
  readonly instance: string;
  /** Its other ports, as far as they are known. */
  readonly ports?: Partial<NodePorts>;
  /** `HOST:PORT` where others reach it, if that is known. */
  readonly address?: string;
}

type Side = "dialler" | "acceptor";

/** What a side's tag is the proof of. */
function transcript(
  side: Side,
  hello: Uint8Array,
  challenge: Uint8Array,
): Uint8Array {
  const name = new TextEncoder().encode(`lanekv ${side}`);
  const parts = [name, hello, challenge];
  const bytes = new Uint8Array(
    parts.reduce((sum, part) => sum + 4 + part.length, 0),
  );
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return bytes;
}

/** The side that dials. */
export class DiallerHandshake {
  /** Content of the first frame. */
  readonly hello: Uint8Array;
  readonly #prover: Prover;
  #challenge = new Uint8Array(0);

  /** A connection from `own` to the node `to` for `lane`; `nonce` is drawn for it alone. */
  constructor(
    own: Identity,
    to: number,
    lane: Lane,
    nonce: Uint8Array,
    prover: Prover,
  ) {
    this.#prover = prover;
    const { node: from, cluster, instance, ports, address = "" } = own;
    this.hello = HELLO.encode({
      version: PROTOCOL_VERSION,
      ...{ cluster, from, to, lane, instance, nonce, address },
      ...NO_PORTS,
      ...ports,
    });
  }

  /** Takes the challenge; returns the content of the proof. */
  async prove(challenge: Uint8Array): Promise<Uint8Array> {
    CHALLENGE.decode(challenge);
    this.#challenge = challenge.slice();
    const message = transcript("dialler", this.hello, this.#challenge);
    return PROOF.encode({ tag: await this.#prover(message) });
  }

  /** Takes the welcome. Throws a `PeerError` when its tag does not fit. */
  async verify(welcome: Uint8Array): Promise<void> {
    const { tag } = PROOF.decode(welcome);
    const message = transcript("acceptor", this.hello, this.#challenge);
    if (areEqualProofs(tag, await this.#prover(message))) return;
    throw new PeerError(
      "proof",
      "the node that answers does not know the secret",
    );
  }
}

/** The side that accepts. */
export class AcceptorHandshake {
  /** Content of its challenge. */
  readonly challenge: Uint8Array;
  readonly #own: Identity;
  readonly #prover: Prover;
  #hello = new Uint8Array(0);

  /** `nonce` is drawn for this connection alone. */
  constructor(own: Identity, nonce: Uint8Array, prover: Prover) {
    this.#own = own;
    this.#prover = prover;
    this.challenge = CHALLENGE.encode({ nonce });
  }

  /** Takes the hello. Throws a `PeerError` when it is not meant for this node. */
  greet(content: Uint8Array): Hello {
    const version = versionOf(content);
    if (version !== PROTOCOL_VERSION) {
      const both = `it speaks ${version}, this node ${PROTOCOL_VERSION}`;
      throw new PeerError("version", both);
    }
    const hello = HELLO.decode(content);
    const own = this.#own;
    if (hello.cluster !== own.cluster) {
      const [theirs, ours] = [hello.cluster, own.cluster].map(quote);
      throw new PeerError(
        "cluster",
        `it is of ${theirs}, this node of ${ours}`,
      );
    }
    if (hello.to !== own.node) {
      const ids = `it looks for node ${hello.to}, this is node ${own.node}`;
      throw new PeerError("node", ids);
    }
    if (hello.from === own.node) {
      throw new PeerError("duplicate", `it has this node's id, ${own.node}`);
    }
    this.#hello = content.slice();
    return hello;
  }

  /** Takes the proof; returns the content of the welcome. Throws a `PeerError` when it does not fit. */
  async verify(proof: Uint8Array): Promise<Uint8Array> {
    const { tag } = PROOF.decode(proof);
    const expected = await this.#prover(this.#transcript("dialler"));
    if (!areEqualProofs(tag, expected)) {
      throw new PeerError("proof", "its proof does not fit: another secret?");
    }
    const own = await this.#prover(this.#transcript("acceptor"));
    return PROOF.encode({ tag: own });
  }

  #transcript(side: Side): Uint8Array {
    return transcript(side, this.#hello, this.challenge);
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}
