/** `deno task import`: files of redis-server, loaded into lanekv. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { CoreSession } from "../fuzz/core_session.ts";
import { randomBody } from "../fuzz/payload_source.ts";
import { RdbFile } from "../fuzz/rdb_file.ts";
import { RDB_TYPES } from "../fuzz/rdb_payload.ts";
import { drawFrom } from "../fuzz/payload_values.ts";
import {
  hasRedis,
  RespClient,
  startLanekv,
  startRedis,
  withServers,
} from "./mod.ts";
import { fillWithAllTypes } from "./rdb_data.ts";
import { assertSameData, runImportTask } from "./rdb_import.ts";

const RANDOM_VALUES = 400;
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? Date.now() >>> 0);

/** Settings of redis-server that change what its files hold. */
const WRITERS: Readonly<Record<string, readonly string[]>> = {
  "as it is": [],
  "without LZF": ["--rdbcompression", "no"],
  "without a checksum": ["--rdbchecksum", "no"],
  "with packing of inner nodes": [
    ...["--list-compress-depth", "1", "--list-max-listpack-size", "8"],
  ],
  "with LRU": [
    ...["--maxmemory-policy", "allkeys-lru", "--maxmemory", "1gb"],
  ],
  "with LFU": [
    ...["--maxmemory-policy", "allkeys-lfu", "--maxmemory", "1gb"],
  ],
  "without listpacks": [
    ...["--hash-max-listpack-entries", "0", "--set-max-intset-entries", "0"],
    ...["--zset-max-listpack-entries", "0"],
  ],
};

for (const [name, args] of Object.entries(WRITERS)) {
  Deno.test({
    name: `import of a file that redis-server wrote ${name}`,
    ignore: !hasRedis,
    fn: () =>
      withServers(
        [startRedis({ args }), startLanekv()],
        async (redis, lanekv) => {
          console.log(`seed ${SEED} (replay: LANEKV_SEED=${SEED})`);
          using source = await RespClient.connect(redis.port);
          await fillWithAllTypes(source, drawFrom(SEED), RANDOM_VALUES);
          assertEquals(await source.plain("SAVE"), "OK");
          const { code, stdout, stderr } = await runImportTask([
            `${redis.dir}/dump.rdb`,
            `--port=${lanekv.port}`,
          ]);
          assertEquals(code, 0, stderr);
          assertMatch(stdout, /^Loaded \d+ keys in 5 databases within/);
          assertMatch(stderr, /^verifying: .*\n(?:.*\n)*loading: /);
          using subject = await RespClient.connect(lanekv.port);
          // Sets and hashes of lanekv keep the encoding of the file's.
          const count = await assertSameData(source, subject);
          assertStringIncludes(stdout, `Loaded ${count} keys`);
          assert(count > RANDOM_VALUES, "all random values and the others");
        },
      ),
  });
}

/** Types of values that redis-server 7.0 knows. */
const KNOWN_TYPES = new Set<number>(
  Object.values(RDB_TYPES).filter((type) => type <= RDB_TYPES.streamListpacks2),
);

Deno.test({
  name: "import of a file with the encodings of older versions",
  ignore: !hasRedis,
  fn: async () => {
    console.log(`seed ${SEED} (replay: LANEKV_SEED=${SEED})`);
    const draw = drawFrom(SEED);
    const core = new CoreSession();
    const file = new RdbFile(10);
    for (let index = 0; index < RANDOM_VALUES; index++) {
      const body = randomBody(draw, core);
      if (!KNOWN_TYPES.has(body[0]!)) continue;
      const isTimed = draw(4) === 0;
      const expirySeconds = 2_000_000_000 + draw(1000);
      file.key(`${index}`, body, isTimed ? { expirySeconds } : {});
    }
    const dir = await Deno.makeTempDir({ prefix: "lanekv-import-" });
    try {
      await Deno.writeFile(`${dir}/dump.rdb`, file.bytes());
      await withServers(
        [startRedis({ dir }), startLanekv()],
        async (redis, lanekv) => {
          const port = `--port=${lanekv.port}`;
          const end = await runImportTask([`${dir}/dump.rdb`, port]);
          assertEquals(end.code, 0, end.stderr);
          using source = await RespClient.connect(redis.port);
          using subject = await RespClient.connect(lanekv.port);
          const count = await assertSameData(source, subject);
          assertStringIncludes(end.stdout, `Loaded ${count} keys`);
        },
      );
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
