/**
 * Ports of 127.0.0.1 for servers of tests, and who listens on them.
 *
 * @module
 */

/** Lowest port given; the highest lies below those the system gives to clients. */
const PORT_MIN = 10_000;
/** Where the system leaves fewer ports than these, clients' ports are given too. */
const PORTS_MIN = 1_000;
/** State of a listening socket in /proc/net/tcp. */
const LISTENING = "0A";

const given = new Set<number>();

/** Ports from {@linkcode PORT_MIN} on that may be given. */
function countPorts(): number {
  const range = Deno.readTextFileSync(
    "/proc/sys/net/ipv4/ip_local_port_range",
  );
  const count = parseInt(range) - PORT_MIN;
  return count >= PORTS_MIN ? count : 65_536 - PORT_MIN;
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

/**
 * A port that was free a moment ago and that no other caller here has got: two
 * servers which start together must not be given the same one. Where it can be,
 * it is one that no client's end has either, not even that of a client which
 * asks whether the server is there yet.
 */
export function pickFreePort(): number {
  const count = countPorts();
  for (;;) {
    const port = PORT_MIN + Math.floor(Math.random() * count);
    if (given.has(port) || !isFree(port)) continue;
    given.add(port);
    return port;
  }
}

/** Inodes of the sockets that listen on `port` of IPv4. */
function* listeners(port: number): Generator<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const [, ...rows] = Deno.readTextFileSync("/proc/net/tcp").split("\n");
  for (const row of rows) {
    const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
    if (local?.endsWith(suffix) && state === LISTENING) yield inode!;
  }
}

/** What `read` finds in /proc; `otherwise` when the process has ended meanwhile. */
function unlessGone<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return otherwise;
    throw error;
  }
}

/** Process `pid` and those it started, such as the server behind a tracer. */
function family(pid: number): number[] {
  const found = [pid];
  const processes = [...Deno.readDirSync("/proc")].map(({ name }) => name)
    .filter((name) => /^\d+$/.test(name));
  const parents = processes.map((name) => {
    const stat = unlessGone(
      () => Deno.readTextFileSync(`/proc/${name}/stat`),
      "",
    );
    // The name before it is in parentheses and may hold anything.
    const parent = /.*\) . (\d+) /s.exec(stat)?.[1];
    return [Number(name), Number(parent)] as const;
  });
  for (const member of found) {
    for (const [child, parent] of parents) {
      if (parent === member) found.push(child);
    }
  }
  return found;
}

function* filesOf(pid: number): Generator<string> {
  const folder = `/proc/${pid}/fd`;
  const names = unlessGone(() => [...Deno.readDirSync(folder)], []);
  for (const { name } of names) {
    yield unlessGone(() => Deno.readLinkSync(`${folder}/${name}`), "");
  }
}

/** Whether process `pid`, or one that it started, listens on `port`. */
export function isListening(pid: number, port: number): boolean {
  const sockets = new Set(
    [...listeners(port)].map((inode) => `socket:[${inode}]`),
  );
  return family(pid).some((member) =>
    [...filesOf(member)].some((file) => sockets.has(file))
  );
}
