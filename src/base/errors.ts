/**
 * Operating errors: what the machine or the operator can do to a node.
 *
 * Each carries the data a log line or an operator needs. Replies to clients are
 * not errors of this kind (see `src/resp`), nor are broken invariants (see
 * `assert.ts`).
 *
 * @module
 */

// -- Errors while starting --

/** A flag, environment variable or file value that cannot be used. */
export class OptionError extends Error {
  /** The name shown in log lines. */
  override readonly name = "OptionError";
}

/** A directory that cannot be created, read, written or locked. */
export class DirectoryError extends Error {
  /** The name shown in log lines. */
  override readonly name = "DirectoryError";
  /** The directory in question. */
  readonly directory: string;

  /** Describes why `directory` cannot be used. */
  constructor(directory: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.directory = directory;
  }
}

/** A port that cannot be listened on. */
export class ListenError extends Error {
  /** The name shown in log lines. */
  override readonly name = "ListenError";

  /** Describes why `hostname:port` cannot be had. */
  constructor(hostname: string, port: number, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot listen on ${hostname}:${port}: ${reason}`, { cause });
  }
}

/** Bytes on disk that contradict their checksum, order or format. */
export class CorruptionError extends Error {
  /** The name shown in log lines. */
  override readonly name = "CorruptionError";
  /** Path of the damaged file. */
  readonly file: string;
  /** Byte offset of the first record that cannot be read. */
  readonly offset: number;

  /** Describes the damage found in `file` at `offset`. */
  constructor(file: string, offset: number, message: string) {
    super(message);
    this.file = file;
    this.offset = offset;
  }
}

// -- Errors of an import --

/** A file that cannot be loaded, or a server that does not take it. */
export class ImportError extends Error {
  /** The name shown in log lines. */
  override readonly name = "ImportError";
}

// -- Errors while running --

/** A write, fsync or rename that the operating system refused. Stops the node. */
export class DiskError extends Error {
  /** The name shown in log lines. */
  override readonly name = "DiskError";
  /** The operating system's code, such as `ENOSPC` or `EIO`. */
  readonly code: string;

  /** Describes the failed action on disk with the system's `code`. */
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A snapshot that could not be written. The log still holds what it would have held. */
export class SnapshotError extends Error {
  /** The name shown in log lines. */
  override readonly name = "SnapshotError";
}

/** Why a connection between nodes is ended: what the other side sent, or is. */
export type PeerProblem =
  /** Bytes that are no frame. */
  | "garbage"
  /** A frame beyond the bound. */
  | "oversized"
  /** A frame that its checksum contradicts. */
  | "checksum"
  /** The connection ended inside a frame. */
  | "truncated"
  /** A frame whose content is not what its kind says. */
  | "malformed"
  /** A frame that has no place here. */
  | "unexpected"
  /** No certificate that the cluster's authority has given. */
  | "certificate"
  /** Another version of the protocol. */
  | "version"
  /** A node of another cluster. */
  | "cluster"
  /** A connection meant for another node, or answered by one. */
  | "node"
  /** The id of a node that is there already, with another data directory. */
  | "duplicate"
  /** The id of a node that this one has met with another data directory. */
  | "directory"
  /** A node that was removed from the cluster. */
  | "removed"
  /** A proof that does not fit: another secret, or a handshake seen before. */
  | "proof"
  /** A handshake that takes too long. */
  | "timeout"
  /** More connections than the bound. */
  | "crowded"
  /** Frames about the connection that the other side does not read. */
  | "unread"
  /** No sign of life. */
  | "silent";

/** A connection between nodes that must end. Nothing but that connection is harmed. */
export class PeerError extends Error {
  /** The name shown in log lines. */
  override readonly name = "PeerError";
  /** Why. */
  readonly problem: PeerProblem;

  /** Describes the `problem` for a log line. */
  constructor(problem: PeerProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/** A bound of the node that is reached for now: memory, views. Nothing is lost. */
export class CapacityError extends Error {
  /** The name shown in log lines. */
  override readonly name = "CapacityError";
}

const OPERATING_ERRORS = [
  CapacityError,
  CorruptionError,
  DirectoryError,
  DiskError,
  ImportError,
  ListenError,
  OptionError,
  PeerError,
  SnapshotError,
] as const;

/** Whether `cause` is an error of this file: its message is for the operator. */
export function isOperatingError(cause: unknown): cause is Error {
  return OPERATING_ERRORS.some((kind) => cause instanceof kind);
}

/** What a log line says of `cause`: a message for operators, else where it was thrown. */
export function describeError(cause: unknown): string {
  if (isOperatingError(cause)) return cause.message;
  return cause instanceof Error ? cause.stack ?? cause.message : String(cause);
}
