/**
 * The certificates of the TLS port, and of the connections to other nodes.
 *
 * @module
 */

import { OptionError } from "../base/mod.ts";
import type { PeerTlsFiles } from "../config/mod.ts";
import type { PeerCertificates } from "../transport/mod.ts";

/** What a TLS server shows, both as PEM text. */
export interface Certificate {
  /** Its certificate, and those between it and an authority. */
  readonly cert: string;
  /** The certificate's private key. */
  readonly key: string;
}

function readFile(flag: string, path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OptionError(`Flag --${flag}: cannot read "${path}": ${reason}`);
  }
}

/**
 * Reads the files that `--tls-cert` and `--tls-key` name.
 *
 * @throws {OptionError} When one cannot be read.
 */
export function readCertificate(
  certFile: string,
  keyFile: string,
): Certificate {
  return {
    cert: readFile("tls-cert", certFile),
    key: readFile("tls-key", keyFile),
  };
}

/**
 * Reads the files of `--peer-tls-cert`, `--peer-tls-key` and `--peer-tls-ca`.
 *
 * @throws {OptionError} When one cannot be read.
 */
export function readPeerCertificates(
  { certFile, keyFile, caFile }: PeerTlsFiles,
): PeerCertificates {
  return {
    cert: readFile("peer-tls-cert", certFile),
    key: readFile("peer-tls-key", keyFile),
    ca: readFile("peer-tls-ca", caFile),
  };
}
