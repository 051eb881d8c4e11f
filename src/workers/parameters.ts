/**
 * Binds CONFIG's parameters to what they change.
 *
 * @module
 */

import type { Logger, LogLevel } from "../base/mod.ts";
import type { LatencyMonitor, SlowLog } from "../commands/mod.ts";
import {
  CORE_BYTES_MAX,
  type EvictionPolicy,
  type Options,
  type ParameterStore,
} from "../config/mod.ts";
import type { CoreControls, CoreHeader } from "../core/mod.ts";
import type { ClientWatch } from "./client_watch.ts";
import type { KeyEvents } from "./key_events.ts";

/** What parameters change. */
export interface ParameterTargets {
  /** Limits of the core. */
  readonly header: CoreHeader;
  /** Limits of its sessions. */
  readonly controls: CoreControls;
  /** Its level is `loglevel`. */
  readonly logger: Logger;
  /** Threshold and length. */
  readonly slowLog: SlowLog;
  /** Threshold. */
  readonly latency: LatencyMonitor;
  /** Limits of clients. */
  readonly clients: Pick<ClientWatch, "bind">;
  /** Its classes are `notify-keyspace-events`. */
  readonly keyEvents: Pick<KeyEvents, "setClasses"> & {
    readonly tracking: { readonly keys: { keysMax: number } };
  };
  /** Called when one of the two thresholds has changed. */
  readonly onThreshold: () => void;
}

/** Shows the flags as parameters. */
function presetOptions(parameters: ParameterStore, options: Options): void {
  parameters.preset("aclfile", options.aclfile);
  parameters.preset("appendfsync", options.fsync);
  parameters.preset("bind", options.bind);
  parameters.preset("cluster-enabled", options.clusterProtocol);
  parameters.preset("dir", options.dir);
  parameters.preset("loglevel", options.logLevel);
  parameters.preset("maxclients", `${options.maxclients}`);
  parameters.preset("maxmemory", `${options.maxmemoryBytes}`);
  parameters.preset("maxmemory-policy", options.maxmemoryPolicy);
  parameters.preset("port", `${options.port}`);
  parameters.preset("protected-mode", options.protectedMode);
  parameters.preset("requirepass", options.requirepass);
  parameters.preset("tls-cert-file", options.tlsCertFile);
  parameters.preset("tls-key-file", options.tlsKeyFile);
  parameters.preset("tls-port", `${options.tlsPort}`);
}

/** Bytes that data may take: what is asked for, 0 = as much as the core holds. */
function limitMemory(header: CoreHeader, bytes: number): void {
  const limit = bytes === 0 ? CORE_BYTES_MAX : bytes;
  header.set("memoryLimit", Math.min(limit, CORE_BYTES_MAX));
}

/** Gives limits that the core takes together, whenever one of them changes. */
function bindLimits(
  parameters: ParameterStore,
  names: readonly string[],
  apply: (...limits: number[]) => void,
): void {
  const change = () =>
    apply(...names.map((name) => Number(parameters.value(name))));
  for (const name of names) parameters.onChange(name, change);
}

/** Which keys make room for writes above the limit. */
function bindEviction(parameters: ParameterStore, header: CoreHeader): void {
  const apply = () =>
    header.setEviction(
      parameters.value("maxmemory-policy") as EvictionPolicy,
      Number(parameters.value("maxmemory-samples")),
    );
  apply();
  parameters.onChange("maxmemory-policy", apply);
  parameters.onChange("maxmemory-samples", apply);
  bindLimits(
    parameters,
    ["lfu-log-factor", "lfu-decay-time"],
    (logFactor, decayMinutes) =>
      header.setUseCounters(logFactor!, decayMinutes!),
  );
}

/** The limits of small encodings. */
function bindEncodings(parameters: ParameterStore, header: CoreHeader): void {
  bindLimits(
    parameters,
    ["hash-max-listpack-entries", "hash-max-listpack-value"],
    (entries, bytes) => header.setHashListpack(entries!, bytes!),
  );
  bindLimits(
    parameters,
    ["list-max-listpack-size"],
    (size) => header.setListNode(size!),
  );
  bindLimits(
    parameters,
    [
      "set-max-intset-entries",
      "set-max-listpack-entries",
      "set-max-listpack-value",
    ],
    (integers, entries, bytes) =>
      header.setSetLimits(integers!, entries!, bytes!),
  );
  bindLimits(
    parameters,
    ["zset-max-listpack-entries", "zset-max-listpack-value"],
    (entries, bytes) => header.setSortedSetListpack(entries!, bytes!),
  );
}

/** Parameters show the flags, and those that can change act at once and from now on. */
export function bindParameters(
  parameters: ParameterStore,
  options: Options,
  targets: ParameterTargets,
): void {
  const { header, latency, logger, onThreshold, slowLog } = targets;
  presetOptions(parameters, options);
  targets.controls.setElsewhere(options.clusterProtocol === "yes");
  bindEncodings(parameters, header);
  targets.clients.bind(parameters);
  bindEviction(parameters, header);
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
  parameters.onChange(
    "notify-keyspace-events",
    (letters) => targets.keyEvents.setClasses(letters),
  );
  bind("tracking-table-max-keys", (keys) => {
    targets.keyEvents.tracking.keys.keysMax = keys;
  });
  bind("maxmemory", (bytes) => limitMemory(header, bytes));
  bind(
    "client-query-buffer-limit",
    (bytes) => targets.controls.setInputLimit(bytes),
  );
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
