import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { taskFlags } from "../../../src/playground/task_flags.ts";

Deno.test("taskFlags() gives the words between `deno run` and the file, without quotes", () => {
  const task =
    "deno run --allow-read build.ts && deno run -A '--allow-env=A_*' ./main.ts --port=1";
  assertEquals(taskFlags(task, "main.ts"), ["-A", "--allow-env=A_*"]);
  assertEquals(taskFlags(task, "build.ts"), ["--allow-read"]);
});

Deno.test("taskFlags() is asked for a file that the task runs", () => {
  assertThrows(() => taskFlags("deno run main.ts", "mainXts"), AssertionError);
});
