/**
 * redis-py's ordinary jobs: the programs in `redis_py/`, run by Python's
 * unittest. Debian's package is `python3-redis`, which the test runner installs.
 */

import { assert, assertEquals } from "@std/assert";
import { startSubject, withServers } from "../servers/mod.ts";

const FOLDER = new URL("redis_py/", import.meta.url).pathname;

/** A Python that can import redis-py. */
interface Python {
  readonly path: string;
  /** First number of redis-py's version; RESP3 came with 5. */
  readonly major: number;
}

/** Debian's Python and another one on the path, as far as they have redis-py. */
function findPythons(): readonly Python[] {
  return ["/usr/bin/python3", "python3"].flatMap((path) => {
    try {
      const { code, stdout } = new Deno.Command(path, {
        args: ["-c", "import redis; print(redis.__version__)"],
        stderr: "null",
      }).outputSync();
      const major = parseInt(new TextDecoder().decode(stdout));
      return code === 0 ? [{ path, major }] : [];
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) return [];
      throw cause;
    }
  });
}

const pythons = findPythons();
if (pythons.length === 0) {
  console.log(
    "redis-py is not installed (python3-redis): its tests are skipped",
  );
}

for (const [protocol, majorMin] of [[2, 1], [3, 5]] as const) {
  const python = pythons.find(({ major }) => major >= majorMin);
  Deno.test({
    name: `redis-py does its jobs over RESP${protocol}`,
    ignore: python === undefined,
    fn: () =>
      withServers([startSubject()], async ({ port }) => {
        const { code, stderr } = await new Deno.Command(python!.path, {
          args: ["-m", "unittest", "discover", "-v", "-p", "*_test.py"],
          cwd: FOLDER,
          env: {
            LANEKV_TEST_PORT: `${port}`,
            LANEKV_TEST_PROTOCOL: `${protocol}`,
            PYTHONDONTWRITEBYTECODE: "1",
          },
        }).output();
        const text = new TextDecoder().decode(stderr);
        assertEquals(code, 0, text);
        const count = Number(/^Ran (\d+) tests/m.exec(text)?.[1]);
        assert(count >= 30, text);
      }),
  });
}
