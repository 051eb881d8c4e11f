import { assertEquals } from "@std/assert";

const SOURCE = new URL(
  "../../../src/workers/thread_priority.ts",
  import.meta.url,
);

/** Whether the call lowered the priority, which it had before, and which it has then. */
const PROBE = `
import { getPriority } from "node:os";
import { yieldToLanes } from "${SOURCE}";
const before = getPriority(0);
const hasYielded = yieldToLanes();
console.log(JSON.stringify([hasYielded, before, getPriority(0)]));
`;

/** What a process with `permissions` finds. */
async function probe(
  permission: string,
): Promise<[hasYielded: boolean, before: number, after: number]> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", permission, "-"],
    stdin: "piped",
    stdout: "piped",
  });
  const process = command.spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(PROBE));
  await writer.close();
  const { stdout } = await process.output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("yieldToLanes() lowers the priority of the calling thread", async () => {
  const [hasYielded, , after] = await probe("--allow-sys");
  assertEquals([hasYielded, after], [true, 10]);
});

Deno.test("yieldToLanes() goes on where it is not permitted", async () => {
  const [hasYielded, before, after] = await probe("--allow-sys=getPriority");
  assertEquals([hasYielded, after], [false, before]);
});
