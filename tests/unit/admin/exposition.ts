/**
 * Reads Prometheus's text format, strictly: anything that is not in the format
 * throws.
 *
 * Source: "Exposition formats" in the documentation of Prometheus.
 *
 * @module
 */

/** One line with a value. */
export interface ExposedSample {
  /** Name, `_bucket`, `_sum` and `_count` included. */
  readonly name: string;
  /** Labels by name. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value. */
  readonly value: number;
}

/** One metric with all its lines. */
export interface ExposedMetric {
  /** Name behind `# HELP`. */
  readonly name: string;
  /** Text behind it. */
  readonly help: string;
  /** Word behind `# TYPE`. */
  readonly type: string;
  /** Its lines. */
  readonly samples: readonly ExposedSample[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const HELP = new RegExp(`^# HELP (${NAME}) (.*)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== "") {
    const match = LABEL.exec(rest);
    if (match === null) throw new Error(`Not a label: ${rest}`);
    labels[match[1]!] = match[2]!;
    rest = rest.slice(match[0].length);
  }
  return labels;
}

function parseValue(text: string): number {
  if (text === "+Inf") return Infinity;
  const value = Number(text);
  if (Number.isNaN(value)) throw new Error(`Not a value: ${text}`);
  return value;
}

/** Whether `name` is a line of a metric `metric` of `type`. */
function belongs(name: string, metric: string, type: string): boolean {
  const suffixes = type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
  return suffixes.some((suffix) => name === metric + suffix);
}

/**
 * The metrics of a page, by name.
 *
 * @throws {Error} For a line that is not in the format, or a name given twice.
 */
export function parseExposition(text: string): Map<string, ExposedMetric> {
  if (!text.endsWith("\n")) throw new Error("The last line has no end");
  const metrics = new Map<
    string,
    ExposedMetric & { samples: ExposedSample[] }
  >();
  let help: RegExpExecArray | null = null;
  let current: { name: string; type: string; samples: ExposedSample[] };
  for (const line of text.split("\n")) {
    if (line === "") continue;
    if (line.startsWith("# HELP")) {
      help = HELP.exec(line);
      if (help === null) throw new Error(`Not a HELP line: ${line}`);
      continue;
    }
    if (line.startsWith("#")) {
      const [, name, type] = TYPE.exec(line) ?? [];
      if (name === undefined || name !== help?.[1] || metrics.has(name)) {
        throw new Error(`Not a TYPE line here: ${line}`);
      }
      current = { name, type: type!, samples: [] };
      metrics.set(name, { ...current, type: type!, help: help[2]! });
      continue;
    }
    const [, name, labels, value] = SAMPLE.exec(line) ?? [];
    if (name === undefined || !belongs(name, current!.name, current!.type)) {
      throw new Error(`Not a sample here: ${line}`);
    }
    current!.samples.push({
      name,
      labels: parseLabels(labels ?? ""),
      value: parseValue(value!),
    });
  }
  return metrics;
}

/** The one value of `name` whose labels include `labels`; 0 when there is none. */
export function valueOf(
  metrics: ReadonlyMap<string, ExposedMetric>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const found = [...metrics.values()].flatMap(({ samples }) => samples).filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([key, value]) =>
        sample.labels[key] === value
      ),
  );
  if (found.length > 1) throw new Error(`${name} has ${found.length} values`);
  return found[0]?.value ?? 0;
}
