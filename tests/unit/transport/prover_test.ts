import { assert, assertEquals } from "@std/assert";
import { areEqualProofs, makeProver } from "../../../src/transport/prover.ts";

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const text = (value: string) => new TextEncoder().encode(value);

Deno.test("makeProver() is HMAC-SHA-256: test case 2 of RFC 4231", async () => {
  const proof = await makeProver(text("Jefe"))(
    text("what do ya want for nothing?"),
  );
  assertEquals(
    hex(proof),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
});

Deno.test("makeProver() without a secret agrees only with others that have none", async () => {
  const none = await makeProver(text(""))(text("m"));
  assertEquals(await makeProver(text(""))(text("m")), none);
  assert(!areEqualProofs(none, await makeProver(text("x"))(text("m"))));
});

Deno.test("areEqualProofs() compares every byte and the length", () => {
  const proof = new Uint8Array(32).fill(7);
  assert(areEqualProofs(proof, proof.slice()));
  for (let at = 0; at < 32; at++) {
    assert(!areEqualProofs(proof, proof.with(at, 6)));
  }
  assert(!areEqualProofs(proof, proof.subarray(1)));
});
