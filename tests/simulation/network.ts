/**
 * A simulated network: hosts by name, connections that delay, stall while a direction
 * is cut, break, and end with their host.
 *
 * As in TCP, bytes arrive in order or not at all: a cut holds them back, and heals or
 * breaks the connection.
 *
 * @module
 */

import { ListenError, type Random } from "../../src/base/mod.ts";
import type {
  DialEvents,
  Network,
  PeerAddress,
  Wire,
  WireEvents,
} from "../../src/transport/mod.ts";
import { type NetworkNature, Pipe } from "./pipe.ts";
import type { SimulatedTime } from "./time.ts";

/** Both directions between two hosts. */
interface Link {
  readonly hosts: readonly [string, string];
  readonly pipes: readonly [Pipe, Pipe];
  /** Ends that have closed, or heard that the connection has ended. */
  readonly left: Set<Pipe>;
}

type Accept = (wire: Wire) => void;

const FIRST_FREE_PORT = 50_000;

/** See the module. */
export class SimulatedNetwork {
  readonly #time: SimulatedTime;
  readonly #random: Random;
  readonly #nature: NetworkNature;
  readonly #listeners = new Map<string, Accept>();
  readonly #links = new Set<Link>();
  /** Directions that are cut, as `from>to`. */
  readonly #cuts = new Set<string>();
  #nextPort = FIRST_FREE_PORT;

  /** A network of `nature`; delays are drawn from `random`. */
  constructor(time: SimulatedTime, random: Random, nature: NetworkNature) {
    this.#time = time;
    this.#random = random;
    this.#nature = nature;
  }

  /** The network as the host `name` sees it. */
  of(name: string): Network {
    return {
      dial: (address, events) => this.#dial(name, address, events),
      listen: (address, { accepted }) => this.#listen(name, address, accepted),
    };
  }

  /** Nothing sent from `from` to `to` arrives any more. */
  cut(from: string, to: string): void {
    this.#cuts.add(`${from}>${to}`);
  }

  /** Ends a cut: what was sent arrives. */
  heal(from: string, to: string): void {
    if (!this.#cuts.delete(`${from}>${to}`)) return;
    for (const { pipes } of this.#links) pipes.forEach((pipe) => pipe.move());
  }

  /** Breaks all connections between two hosts: both are told, what is on the way is lost. */
  break(one: string, other: string): void {
    for (const link of [...this.#links]) {
      const [dialler, acceptor] = link.hosts;
      const pair = [one, other];
      if (!pair.includes(dialler) || !pair.includes(acceptor)) continue;
      this.#links.delete(link);
      for (const pipe of link.pipes) pipe.reset("broken");
    }
  }

  /** The host `name` dies: its own code hears nothing, others that it is gone. */
  crash(name: string): void {
    for (const key of [...this.#listeners.keys()]) {
      if (key.startsWith(`${name}:`)) this.#listeners.delete(key);
    }
    for (const link of [...this.#links]) {
      const at = link.hosts.indexOf(name);
      if (at < 0) continue;
      this.#links.delete(link);
      // pipes[0] leads from the dialler to the acceptor.
      link.pipes[1 - at]!.abandon();
      link.pipes[at]!.reset("reset by peer");
    }
  }

  /** Bytes on their way from `from` to `to`. */
  bytesBetween(from: string, to: string): number {
    let sum = 0;
    for (const { hosts, pipes } of this.#links) {
      if (hosts[0] === from && hosts[1] === to) sum += pipes[0].bytesOnWay;
      if (hosts[1] === from && hosts[0] === to) sum += pipes[1].bytesOnWay;
    }
    return sum;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#links.size;
  }

  #isCut(from: string, to: string): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(`${from}>${to}`);
  }

  #listen(host: string, address: PeerAddress, accepted: Accept) {
    const port = address.port === 0 ? this.#nextPort++ : address.port;
    const key = `${host}:${port}`;
    if (this.#listeners.has(key)) {
      const cause = new Error("in use");
      return Promise.reject(new ListenError(host, port, cause));
    }
    this.#listeners.set(key, accepted);
    const close = () => void this.#listeners.delete(key);
    return Promise.resolve({ port, close });
  }

  #dial(from: string, address: PeerAddress, events: DialEvents): () => void {
    const { hostname: to, port } = address;
    const [least, most] = this.#nature.delayMs;
    let isGivenUp = false;
    const wayMs = 2 *
      (least + this.#random.below(1001) / 1000 * (most - least));
    this.#time.after(wayMs, () => {
      if (isGivenUp || this.#isCut(from, to) || this.#isCut(to, from)) return;
      const accept = this.#listeners.get(`${to}:${port}`);
      if (accept === undefined) return events.failed("connection refused");
      const [here, there] = this.#connect(from, to, port);
      accept(there);
      events.connected(here);
    });
    return () => isGivenUp = true;
  }

  #connect(from: string, to: string, port: number): [Wire, Wire] {
    const pipe = (one: string, other: string) =>
      new Pipe(
        this.#time,
        this.#random,
        this.#nature,
        () => this.#isCut(one, other),
      );
    const pipes = [pipe(from, to), pipe(to, from)] as const;
    const link: Link = { hosts: [from, to], pipes, left: new Set() };
    this.#links.add(link);
    return [
      this.#wire(link, pipes[0], pipes[1], `${to}:${port}`),
      this.#wire(link, pipes[1], pipes[0], `${from}:${this.#nextPort++}`),
    ];
  }

  #wire(link: Link, out: Pipe, back: Pipe, remote: string): Wire {
    const leave = () => {
      back.abandon();
      out.end("closed by peer");
      if (link.left.add(back).size === 2) this.#links.delete(link);
    };
    return {
      remote,
      start: (events: WireEvents) =>
        back.open({
          received: events.received,
          ended: (reason) => {
            leave();
            events.ended(reason);
          },
        }),
      write: (bytes, then) => out.write(bytes, then),
      close: leave,
    };
  }
}
