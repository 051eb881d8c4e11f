import { assert } from "@std/assert";
import { PeerFuzz } from "../../fuzz/peer_fuzz.ts";
import { printedSeed } from "../seed.ts";

Deno.test("frames and contents that are damaged are refused, or say something else well", () => {
  const counts = new PeerFuzz({ seed: printedSeed(), inputs: 3_000 }).run();
  for (const [what, count] of Object.entries(counts)) {
    assert(count > 0, `no ${what}`);
  }
});
