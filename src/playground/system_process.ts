/**
 * Nodes as processes of this machine.
 *
 * @module
 */

import manifest from "../../deno.json" with { type: "json" };
import type { NodePlan } from "./node_plan.ts";
import type { NodeProcess, ProcessEnd, ProcessEvents } from "./playground.ts";
import { taskFlags } from "./task_flags.ts";

const ENTRY = "main.ts";
const ROOT = new URL("../../", import.meta.url);

async function tellLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  line: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(line);
  }
  if (rest !== "") line(rest);
}

async function watch(
  child: Deno.ChildProcess,
  events: ProcessEvents,
): Promise<void> {
  await tellLines(child.stderr, events.line);
  const { code, signal } = await child.status;
  const end: ProcessEnd = { code, signal: signal ?? undefined };
  events.ended(end);
}

/** Makes processes as the task `start` does; all of them know `secret`. */
export function systemSpawn(
  secret: string,
): (plan: NodePlan, events: ProcessEvents) => NodeProcess {
  const flags = taskFlags(manifest.tasks.start, ENTRY);
  return (plan, events) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, ENTRY, ...plan.flags],
      cwd: ROOT,
      env: { LANEKV_CLUSTER_SECRET: secret },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    void watch(child, events);
    return {
      pid: child.pid,
      send: (signal) => {
        try {
          child.kill(signal);
        } catch (cause) {
          // It has ended, and nobody was told yet.
          if (!(cause instanceof TypeError)) throw cause;
        }
      },
    };
  };
}
