import { assertEquals } from "@std/assert";
import { isLoopback } from "../../../src/net/mod.ts";
import { endpointOf, hostOf } from "../../../src/net/address.ts";

const tcp = (hostname: string): Deno.Addr => ({
  transport: "tcp",
  hostname,
  port: 7,
});
const unix: Deno.Addr = { transport: "unix", path: "/tmp/x" };

Deno.test("hostOf() and endpointOf() show addresses as Redis does", () => {
  const cases: readonly (readonly [Deno.Addr, string, string])[] = [
    [tcp("10.1.2.3"), "10.1.2.3", "10.1.2.3:7"],
    [tcp("::1"), "::1", "[::1]:7"],
    [tcp("fe80::ffff:1"), "fe80::ffff:1", "[fe80::ffff:1]:7"],
    [tcp("::ffff:10.1.2.3"), "10.1.2.3", "10.1.2.3:7"],
    [tcp("::ffff:1"), "::ffff:1", "[::ffff:1]:7"],
    [unix, "", ""],
  ];
  for (const [address, host, endpoint] of cases) {
    assertEquals([hostOf(address), endpointOf(address)], [host, endpoint]);
  }
});

Deno.test("isLoopback() knows this machine's addresses alone", () => {
  for (const host of ["127.0.0.1", "127.9.9.9", "::1"]) {
    assertEquals(isLoopback(host), true, host);
  }
  for (const host of ["10.0.0.1", "128.0.0.1", "::2", "", "1.127.0.0"]) {
    assertEquals(isLoopback(host), false, host);
  }
});

Deno.test("isLoopback() knows an IPv4 peer of a socket bound to all of IPv6", async () => {
  using listener = Deno.listen({ hostname: "::", port: 0 });
  const { port } = listener.addr;
  using client = await Deno.connect({ hostname: "127.0.0.1", port });
  using socket = await listener.accept();
  assertEquals(isLoopback(hostOf(socket.remoteAddr)), true);
  assertEquals(hostOf(socket.remoteAddr), hostOf(client.localAddr));
});
