/**
 * Binds CONFIG's parameters to what they change.
 *
 * @module
 */

import type { Logger, LogLevel } from "../base/mod.ts";
import type { LatencyMonitor, SlowLog } from "../commands/mod.ts";
import {
  CORE_BYTES_MAX,
  type Options,
  type ParameterStore,
} from "../config/mod.ts";
import type { CoreHeader } from "../core/mod.ts";

/** What parameters change. */
export interface ParameterTargets {
  /** Limits of the core. */
  readonly header: CoreHeader;
  /** Its level is `loglevel`. */
  readonly logger: Logger;
  /** Threshold and length. */
  readonly slowLog: SlowLog;
  /** Threshold. */
  readonly latency: LatencyMonitor;
  /** Called when one of the two thresholds has changed. */
  readonly onThreshold: () => void;
}

/** Shows the flags as parameters. */
function presetOptions(parameters: ParameterStore, options: Options): void {
  parameters.preset("appendfsync", options.fsync);
  parameters.preset("bind", options.bind);
  parameters.preset("dir", options.dir);
  parameters.preset("loglevel", options.logLevel);
  parameters.preset("maxclients", `${options.maxclients}`);
  parameters.preset("maxmemory", `${options.maxmemoryBytes}`);
  parameters.preset("port", `${options.port}`);
  parameters.preset("requirepass", options.requirepass);
}

/** Bytes that data may take: what is asked for, 0 = as much as the core holds. */
function limitMemory(header: CoreHeader, bytes: number): void {
  const limit = bytes === 0 ? CORE_BYTES_MAX : bytes;
  header.set("memoryLimit", Math.min(limit, CORE_BYTES_MAX));
}

/** The limits of small hashes, which the core takes together. */
function bindHashLimits(parameters: ParameterStore, header: CoreHeader): void {
  const names = ["hash-max-listpack-entries", "hash-max-listpack-value"];
  const apply = () => {
    const [entries, bytes] = names.map((name) =>
      Number(parameters.value(name))
    );
    header.setHashListpack(entries!, bytes!);
  };
  for (const name of names) parameters.onChange(name, apply);
}

/** Parameters show the flags, and those that can change act at once and from now on. */
export function bindParameters(
  parameters: ParameterStore,
  options: Options,
  targets: ParameterTargets,
): void {
  const { header, latency, logger, onThreshold, slowLog } = targets;
  presetOptions(parameters, options);
  bindHashLimits(parameters, header);
  const bind = (name: string, act: (value: number) => void) => {
    act(Number(parameters.value(name)));
    parameters.onChange(name, (text) => act(Number(text)));
  };
  parameters.onChange(
    "loglevel",
    (text) => logger.setLevel(text as LogLevel),
  );
  parameters.onChange(
    "stream-node-max-entries",
    (text) => header.setStreamNode(Number(text)),
  );
  bind("maxmemory", (bytes) => limitMemory(header, bytes));
  bind("slowlog-max-len", (length) => slowLog.setLengthMax(length));
  bind("slowlog-log-slower-than", (us) => {
    slowLog.thresholdUs = us;
    onThreshold();
  });
  bind("latency-monitor-threshold", (ms) => {
    latency.thresholdMs = ms;
    onThreshold();
  });
}
