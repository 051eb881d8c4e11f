import { assert, assertEquals } from "@std/assert";
import {
  assert as mustHold,
  AssertionError,
  CapacityError,
  CorruptionError,
  describeError,
  DirectoryError,
  DiskError,
  isOperatingError,
  ListenError,
  OptionError,
  SnapshotError,
} from "../../../src/base/mod.ts";

const OPERATING = [
  new CapacityError("text"),
  new CorruptionError("file", 0, "text"),
  new DirectoryError("directory", "text"),
  new DiskError("EIO", "text"),
  new ListenError("::", 1, new Error("no")),
  new OptionError("text"),
  new SnapshotError("text"),
];

Deno.test("describeError() gives an operator the message alone", () => {
  for (const error of OPERATING) {
    assert(isOperatingError(error), error.name);
    assertEquals(describeError(error), error.message);
  }
});

Deno.test("describeError() says where an invariant was broken", () => {
  try {
    mustHold(1 > 2, "one is more than two");
  } catch (cause) {
    assert(cause instanceof AssertionError && !isOperatingError(cause));
    const text = describeError(cause);
    assert(text.includes("one is more than two"), text);
    assert(text.includes("errors_test.ts"), text);
  }
});

Deno.test("describeError() takes what is no error", () => {
  assertEquals(describeError("text"), "text");
  assertEquals(describeError(undefined), "undefined");
});
