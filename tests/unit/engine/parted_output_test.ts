import { assertEquals } from "@std/assert";
import type { Client } from "../../../src/engine/mod.ts";
import { PartedOutput } from "../../../src/engine/parted_output.ts";
import { fromLatin1, toLatin1 } from "../../servers/mod.ts";

function client(id: number): Client {
  return { id } as unknown as Client;
}

/** Sends `output` up to each of `ends`; what went to whom. */
function sent(output: PartedOutput, ...ends: number[]): string[][] {
  return ends.map((end) => {
    const pieces: string[] = [];
    output.sendTo(
      end,
      ({ id }, bytes) => pieces.push(`${id} ${toLatin1(bytes)}`),
    );
    return pieces;
  });
}

Deno.test("PartedOutput sendTo() sends what lies between parts to its client", () => {
  const parts = [
    { client: client(2), from: 2, to: 4 },
    { client: client(3), from: 4, to: 4 },
    { client: client(4), from: 4, to: 6 },
  ];
  const output = new PartedOutput(fromLatin1("aabbccdd"), client(1), parts);
  assertEquals(sent(output, Infinity), [["1 aa", "2 bb", "4 cc", "1 dd"]]);
});

Deno.test("PartedOutput sendTo() goes on where it stopped, inside a part too", () => {
  const parts = [{ client: client(2), from: 2, to: 6 }];
  const output = new PartedOutput(fromLatin1("aabbccdd"), client(1), parts);
  assertEquals(sent(output, 1, 3, 3, 7, 100), [
    ["1 a"],
    ["1 a", "2 b"],
    [],
    ["2 bcc", "1 d"],
    ["1 d"],
  ]);
});

Deno.test("PartedOutput sendTo() drops what is nobody's", () => {
  const parts = [{ client: client(2), from: 1, to: 2 }];
  const output = new PartedOutput(fromLatin1("abc"), undefined, parts);
  assertEquals(sent(output, Infinity), [["2 b"]]);
});
