/**
 * Secrets in requests: passwords are never written down.
 *
 * @module
 */

const REDACTED = new TextEncoder().encode("(redacted)");

/** Parameters whose values are secret. */
const SECRET_PARAMETERS: readonly string[] = [
  "masterauth",
  "masteruser",
  "requirepass",
  "tls-client-key-file-pass",
  "tls-key-file-pass",
];

const latin1 = new TextDecoder("latin1");

/** Places of the secret words of a request. */
function secretsOf(words: readonly Uint8Array[]): readonly number[] {
  const lower = (at: number) => latin1.decode(words[at]).toLowerCase();
  const places = words.map((_, at) => at);
  switch (lower(0)) {
    case "auth":
      return places.slice(1);
    case "hello": {
      const at = places.find((at) => at > 1 && lower(at) === "auth");
      return at === undefined ? [] : places.slice(at + 1, at + 3);
    }
    case "acl":
      return words.length > 2 &&
          ["setuser", "deluser", "getuser"].includes(lower(1))
        ? places.slice(2)
        : [];
    case "config":
      if (words.length < 2 || lower(1) !== "set") return [];
      return places.filter((at) =>
        at > 2 && at % 2 === 1 && SECRET_PARAMETERS.includes(lower(at - 1))
      );
    default:
      return [];
  }
}

/** `words` with `(redacted)` in place of each secret. */
export function redact(words: readonly Uint8Array[]): readonly Uint8Array[] {
  const secrets = words.length === 0 ? [] : secretsOf(words);
  if (secrets.length === 0) return words;
  return words.map((word, at) => secrets.includes(at) ? REDACTED : word);
}
