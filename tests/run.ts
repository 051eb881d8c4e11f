/**
 * The test runner: `deno task test [suite …]`.
 *
 * Builds the core, installs redis-server, redis-tools and redis-py from Debian
 * when it may, runs every suite, and ends with one line: `N passed, N failed`.
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url).pathname;

interface Suite {
  readonly name: string;
  readonly paths: readonly string[];
  /** Whether it compares with redis-server. */
  readonly needsRedis: boolean;
  /** Whether its files run side by side: they share no server, and are patient. */
  readonly isParallel?: boolean;
}

const SUITES: readonly Suite[] = [
  {
    name: "tidy",
    paths: ["tests/tidy_test.ts", "tests/tidy"],
    needsRedis: false,
  },
  {
    name: "unit",
    paths: ["tests/unit"],
    needsRedis: false,
    isParallel: true,
  },
  {
    name: "raft",
    paths: ["tests/raft"],
    needsRedis: false,
    isParallel: true,
  },
  {
    name: "simulation",
    paths: ["tests/simulation"],
    needsRedis: false,
    isParallel: true,
  },
  {
    name: "servers",
    paths: ["tests/servers"],
    needsRedis: true,
    isParallel: true,
  },
  {
    name: "differential",
    paths: ["tests/differential"],
    needsRedis: true,
    isParallel: true,
  },
  {
    name: "clients",
    paths: ["tests/clients"],
    needsRedis: true,
    isParallel: true,
  },
  { name: "hostile", paths: ["tests/hostile"], needsRedis: true },
  {
    name: "group",
    paths: ["tests/group"],
    needsRedis: false,
  },
  { name: "crash", paths: ["tests/crash"], needsRedis: false },
  { name: "nemesis", paths: ["tests/nemesis"], needsRedis: false },
  { name: "jobs", paths: ["tests/jobs"], needsRedis: false },
];

async function run(command: string, args: readonly string[]): Promise<number> {
  const child = new Deno.Command(command, {
    args: [...args],
    cwd: ROOT,
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  return (await child.status).code;
}

async function has(command: string): Promise<boolean> {
  const { code } = await new Deno.Command("sh", {
    args: ["-c", `command -v ${command}`],
    stdout: "null",
    stderr: "null",
  }).output();
  return code === 0;
}

/** Installs Debian's packages `names` if it may. */
async function install(names: string): Promise<void> {
  if (Deno.uid() !== 0 || !(await has("apt-get"))) return;
  const script =
    `apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq ${names}`;
  await run("sh", ["-c", script]);
}

/** Whether redis-server is there, after trying to install it as root. */
async function ensureRedis(): Promise<boolean> {
  if (await has("redis-server")) return true;
  await install("redis-server redis-tools");
  return await has("redis-server");
}

/** Installs redis-py if it may; its tests are skipped without. */
async function ensureRedisPy(): Promise<void> {
  const { code } = await new Deno.Command("sh", {
    args: ["-c", "/usr/bin/python3 -c 'import redis'"],
    stderr: "null",
  }).output();
  if (code !== 0) await install("python3-redis");
}

function exists(path: string): boolean {
  try {
    Deno.statSync(`${ROOT}${path}`);
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return false;
    throw cause;
  }
}

interface Counts {
  passed: number;
  failed: number;
}

/** Runs one suite, showing its output and counting its tests. */
async function runSuite(suite: Suite, counts: Counts): Promise<void> {
  const paths = suite.paths.filter(exists);
  if (paths.length === 0) return;
  console.log(`-- ${suite.name} --`);
  const child = new Deno.Command(Deno.execPath(), {
    // A lock file of their own, so that a start fetches no package of the tests.
    args: [
      "test",
      "--lock=tests/deno.lock",
      "--allow-all",
      "--no-check",
      ...(suite.isParallel ? ["--parallel"] : []),
      ...paths,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    Deno.stdout.writeSync(new TextEncoder().encode(chunk));
  }
  const { code } = await child.status;
  const summary = /(\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed/.exec(text);
  counts.passed += Number(summary?.[1] ?? 0);
  counts.failed += Number(summary?.[2] ?? 0);
  if (code !== 0 && Number(summary?.[2] ?? 0) === 0) counts.failed++;
}

const asked = Deno.args.filter((word) => !word.startsWith("-"));
const counts: Counts = { passed: 0, failed: 0 };
if (await run(Deno.execPath(), ["task", "--quiet", "build"]) !== 0) {
  counts.failed++;
}
const hasRedis = await ensureRedis();
for (const suite of SUITES) {
  if (asked.length > 0 && !asked.includes(suite.name)) continue;
  if (suite.needsRedis && !hasRedis) {
    console.log(`-- ${suite.name}: skipped, redis-server is not installed --`);
    continue;
  }
  if (suite.name === "clients") await ensureRedisPy();
  await runSuite(suite, counts);
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
Deno.exit(counts.failed === 0 ? 0 : 1);
