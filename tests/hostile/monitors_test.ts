/**
 * Monitors that do not read, and commands too large to be shown: memory stays
 * bounded, and others are served.
 */

import { assert, assertEquals } from "@std/assert";
import {
  type RespClient,
  type ServerProcess,
  startSubject,
  withServers,
} from "../servers/mod.ts";
import { Bystander } from "./bystander.ts";

const MEBIBYTE = 1024 * 1024;

/** Clients of the server that watch. */
async function countMonitors(client: RespClient): Promise<number> {
  const list = `${await client.plain("CLIENT", "LIST")}`;
  return (list.match(/flags=O/g) ?? []).length;
}

async function watch(server: ServerProcess): Promise<RespClient> {
  const monitor = await server.connect();
  assertEquals(await monitor.plain("MONITOR"), "OK");
  return monitor;
}

Deno.test("a monitor that does not read is closed, and nobody else", () =>
  withServers([startSubject()], async (server) => {
    using writer = await server.connect();
    const bystander = await Bystander.watch(server);
    using _monitor = await watch(server);
    assertEquals(await countMonitors(writer), 1);
    const value = new Uint8Array(MEBIBYTE).fill(0x61);
    let sent = 0;
    while (await countMonitors(writer) === 1 && sent < 200) {
      assertEquals(await writer.plain("SET", "key", value), "OK");
      sent++;
    }
    // 64 MiB in the server, and what the system holds of a connection.
    assert(sent > 64 && sent < 140, `closed after ${sent} MiB`);
    await bystander.expectServed();
    bystander.expectMemoryGrowth(400);
  }));

Deno.test("a monitor is closed when a command is too large to be shown", () =>
  withServers([startSubject()], async (server) => {
    using writer = await server.connect();
    const bystander = await Bystander.watch(server);
    using _monitor = await watch(server);
    const value = new Uint8Array(40 * MEBIBYTE);
    assertEquals(await writer.plain("SET", "key", value), "OK");
    // Its socket ends in a later turn.
    for (let tries = 0; tries < 1000; tries++) {
      if (await countMonitors(writer) === 0) break;
    }
    assertEquals(await countMonitors(writer), 0);
    await bystander.expectServed();
  }));
