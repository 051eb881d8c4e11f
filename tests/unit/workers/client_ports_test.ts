import { assertEquals, assertMatch } from "@std/assert";
import { CommandCatalog, UserDirectory } from "../../../src/acl/mod.ts";
import { ParameterStore, parseOptions } from "../../../src/config/mod.ts";
import { clientPorts } from "../../../src/workers/client_ports.ts";

function portsOf(...words: string[]) {
  const asked = parseOptions(words, () => undefined);
  if (asked.kind !== "start") throw new Error("the words start a node");
  const certificate = asked.options.tlsPort === 0
    ? undefined
    : { cert: "cert", key: "key" };
  const parameters = new ParameterStore();
  const users = new UserDirectory({
    catalog: new CommandCatalog([], []),
    hasAllChannels: false,
  });
  return {
    parameters,
    users,
    ports: clientPorts(asked.options, certificate, parameters, { users }),
  };
}

Deno.test("clientPorts() names the plain port, and one for TLS where there is a certificate", () => {
  const plain = { hostname: "::1", port: 7000 };
  assertEquals(portsOf("--bind=::1", "--port=7000").ports.ports, [plain]);
  const files = ["--tls-port=7001", "--tls-cert=c", "--tls-key=k"];
  assertEquals(portsOf("--bind=::1", "--port=7000", ...files).ports.ports, [
    plain,
    { ...plain, port: 7001, certificate: { cert: "cert", key: "key" } },
  ]);
});

Deno.test("clientPorts() lets strangers in when there is a password, looked up for each", () => {
  const { parameters, ports, users } = portsOf();
  assertEquals(ports.isOpen(), true);
  assertEquals(ports.refusal("127.0.0.1"), undefined);
  assertMatch(ports.refusal("10.0.0.9")!, /^-DENIED .*\r\n$/);
  users.setDefaultPassword("secret");
  assertEquals(ports.isOpen(), false);
  assertEquals(ports.refusal("10.0.0.9"), undefined);
  parameters.preset("requirepass", "");
  parameters.preset("protected-mode", "no");
  assertEquals(ports.refusal("10.0.0.9"), undefined);
  assertEquals(ports.keepsAlive(), true);
  parameters.preset("tcp-keepalive", "0");
  assertEquals(ports.keepsAlive(), false);
  assertEquals(ports.connectionsMax(), 10_000);
  parameters.preset("maxclients", "7");
  assertEquals(ports.connectionsMax(), 7);
});
