import { assertEquals, assertThrows } from "@std/assert";
import { OptionError } from "../../../src/base/mod.ts";
import { readCertificate, readPeerCertificates } from "../../../src/net/mod.ts";

Deno.test("readCertificate() reads both files, and names the flag of one that is missing", async () => {
  const directory = await Deno.makeTempDir();
  const [cert, key] = [`${directory}/cert.pem`, `${directory}/key.pem`];
  try {
    await Deno.writeTextFile(cert, "a certificate");
    assertThrows(
      () => readCertificate(cert, key),
      OptionError,
      `Flag --tls-key: cannot read "${key}"`,
    );
    await Deno.writeTextFile(key, "a key");
    assertEquals(readCertificate(cert, key), {
      cert: "a certificate",
      key: "a key",
    });
    assertThrows(
      () => readCertificate(key + "x", key),
      OptionError,
      "tls-cert",
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("readPeerCertificates() reads three files, and names the flag of one that is missing", async () => {
  const directory = await Deno.makeTempDir();
  const at = (name: string) => `${directory}/${name}`;
  const files = {
    certFile: at("cert"),
    keyFile: at("key"),
    caFile: at("ca"),
  };
  try {
    await Deno.writeTextFile(files.certFile, "a certificate");
    await Deno.writeTextFile(files.keyFile, "a key");
    assertThrows(
      () => readPeerCertificates(files),
      OptionError,
      `Flag --peer-tls-ca: cannot read "${files.caFile}"`,
    );
    await Deno.writeTextFile(files.caFile, "an authority");
    assertEquals(readPeerCertificates(files), {
      cert: "a certificate",
      key: "a key",
      ca: "an authority",
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
