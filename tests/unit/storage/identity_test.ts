import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CorruptionError, DirectoryError } from "../../../src/base/mod.ts";
import {
  checkAlone,
  claimDirectory,
  readIdentity,
} from "../../../src/storage/identity.ts";
import { readGoldenFiles } from "./golden_files.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

const OWN = { cluster: "orders", node: 3 };

Deno.test("claimDirectory() makes an empty directory the node's, for ever", async () => {
  const disk = new SimulatedDisk();
  assertEquals(readIdentity(disk), undefined);
  const first = await claimDirectory(disk, OWN, 12345);
  assertEquals(first, { ...OWN, directory: 12345 });
  const crashed = disk.crashed(() => 0);
  assertEquals(await claimDirectory(crashed, OWN, 999), first);
  assertEquals(await claimDirectory(crashed, OWN, undefined), first);
});

Deno.test("claimDirectory() makes durable what a killed process has left", async () => {
  const disk = new SimulatedDisk();
  // It is killed before the name is durable.
  disk.before = ({ kind }) =>
    kind === "syncDirectory" ? { code: "KILLED" } : undefined;
  await assertRejects(() => claimDirectory(disk, OWN, 12345));
  const next = disk.passOn();
  const claimed = await claimDirectory(next, OWN, 999);
  assertEquals(readIdentity(next.crashed(() => 0)), claimed);
});

Deno.test("claimDirectory() refuses the directory of another node, and of another group", async () => {
  const disk = new SimulatedDisk();
  await claimDirectory(disk, OWN, 1);
  await assertRejects(
    () => claimDirectory(disk, { ...OWN, node: 4 }, 2),
    DirectoryError,
    'belongs to node 3 of the cluster "orders", and this is node 4',
  );
  await assertRejects(
    () => claimDirectory(disk, { ...OWN, cluster: "other" }, 2),
    DirectoryError,
    'node 3 of the cluster "other"',
  );
});

Deno.test("claimDirectory() refuses an empty directory of a node that had one", async () => {
  await assertRejects(
    () => claimDirectory(new SimulatedDisk(), OWN, undefined),
    DirectoryError,
    "join under a new id",
  );
});

Deno.test("claimDirectory() refuses the log of a node alone, and checkAlone() that of a member", async () => {
  const alone = SimulatedDisk.of(readGoldenFiles());
  await assertRejects(
    () => claimDirectory(alone, OWN, 1),
    DirectoryError,
    "a node that is alone",
  );
  checkAlone(alone);
  const member = new SimulatedDisk();
  await claimDirectory(member, OWN, 1);
  assertThrows(() => checkAlone(member), DirectoryError, "this node is alone");
});

Deno.test("readIdentity() refuses a damaged file, whatever byte it is", async () => {
  const whole = new SimulatedDisk();
  await claimDirectory(whole, OWN, 7);
  assertEquals(readIdentity(whole), { ...OWN, directory: 7 });
  const bytes = whole.files.get("identity")!;
  for (let at = 0; at < bytes.length; at++) {
    const damaged = bytes.slice();
    damaged[at]! ^= 1;
    const disk = SimulatedDisk.of(new Map([["identity", damaged]]));
    assertThrows(() => readIdentity(disk), CorruptionError, "damaged");
  }
});
