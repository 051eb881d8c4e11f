import { assertEquals } from "@std/assert";
import { redact } from "../../../../src/commands/host/redaction.ts";
import { fromLatin1, toLatin1 } from "../../../servers/mod.ts";

function redacted(text: string): string {
  return redact(text.split(" ").map(fromLatin1)).map(toLatin1).join(" ");
}

Deno.test("redact() hides passwords", () => {
  assertEquals(
    redacted("acl SetUser amy on >secret"),
    "acl SetUser (redacted) (redacted) (redacted)",
  );
  assertEquals(redacted("ACL DELUSER amy"), "ACL DELUSER (redacted)");
  assertEquals(redacted("ACL GETUSER amy"), "ACL GETUSER (redacted)");
  assertEquals(redacted("ACL DRYRUN amy get a"), "ACL DRYRUN amy get a");
  assertEquals(redacted("auth secret"), "auth (redacted)");
  assertEquals(redacted("AUTH bob secret"), "AUTH (redacted) (redacted)");
  assertEquals(
    redacted("HELLO 3 setname x Auth bob secret"),
    "HELLO 3 setname x Auth (redacted) (redacted)",
  );
  assertEquals(
    redacted("CONFIG set maxmemory 1 RequirePass secret"),
    "CONFIG set maxmemory 1 RequirePass (redacted)",
  );
});

Deno.test("redact() leaves all other words alone", () => {
  for (
    const text of [
      "GET auth",
      "HELLO 3",
      "HELLO auth",
      "CONFIG GET requirepass",
      "CONFIG SET requirepass",
      "CONFIG",
      "SET requirepass secret",
    ]
  ) assertEquals(redacted(text), text);
});
