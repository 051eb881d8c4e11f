/**
 * Proofs that a node knows the cluster's secret: the one file of this folder that
 * uses Web Crypto.
 *
 * @module
 */

/** Key of clusters without a secret: everybody knows it, so it proves only that there is none. */
const KEY_WITHOUT_SECRET = "lanekv cluster without a secret";

/** Bytes of a proof. */
export const PROOF_BYTES = 32;

/** Makes the proof of a message, with a key of its own. */
export type Prover = (message: Uint8Array) => Promise<Uint8Array>;

/**
 * HMAC-SHA-256 (RFC 2104) with `secret` as the key. Without a secret nodes are told
 * apart by what they claim alone; a node that has one and a node that has none
 * refuse each other.
 */
export function makeProver(secret: Uint8Array): Prover {
  const material = secret.length > 0
    ? secret
    : new TextEncoder().encode(KEY_WITHOUT_SECRET);
  const key = crypto.subtle.importKey(
    "raw",
    new Uint8Array(material),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  return async (message) => {
    const copy = new Uint8Array(message);
    return new Uint8Array(await crypto.subtle.sign("HMAC", await key, copy));
  };
}

/** Whether two proofs are equal, in a time that does not tell where they differ. */
export function areEqualProofs(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let at = 0; at < one.length; at++) {
    difference |= one[at]! ^ other[at]!;
  }
  return difference === 0;
}
