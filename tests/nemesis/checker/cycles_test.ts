import { assertEquals } from "@std/assert";
import { Precedence } from "./cycles.ts";

function graph(nodes: number, edges: readonly [number, number][]): Precedence {
  const found = new Precedence(nodes);
  for (const [from, to] of edges) found.add(from, to, `${from}${to}`);
  return found;
}

Deno.test("Precedence finds no circle where there is none", () => {
  const edges: [number, number][] = [[0, 1], [1, 2], [0, 2], [3, 3]];
  assertEquals(graph(4, edges).findCycle(), undefined);
});

Deno.test("Precedence finds the shortest circle", () => {
  const edges: [number, number][] = [
    ...[[0, 1], [1, 2], [2, 3], [3, 0]] as [number, number][],
    ...[[2, 4], [4, 2], [4, 5]] as [number, number][],
  ];
  const found = graph(6, edges).findCycle()!.map(({ why }) => why).sort();
  assertEquals(found, ["24", "42"]);
});

Deno.test("Precedence takes further nodes", () => {
  const found = graph(1, []);
  const node = found.addNode();
  found.add(0, node, "there");
  found.add(node, 0, "back");
  assertEquals(found.findCycle()?.length, 2);
});
