/** Sessions of a web server, kept by connect-redis over node-redis. */

import { assert, assertEquals } from "@std/assert";
import { RedisStore } from "../packages/connect_redis.ts";
import session from "../packages/express_session.ts";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createClient } from "../packages/redis.ts";
import { startSubject, withServers } from "../servers/mod.ts";

type Client = ReturnType<typeof makeClient>;

function makeClient(port: number, version: 2 | 3) {
  return createClient({ url: `redis://127.0.0.1:${port}`, RESP: version });
}

async function withClient(
  version: 2 | 3,
  body: (client: Client) => Promise<void>,
): Promise<void> {
  await withServers([startSubject()], async (server) => {
    const client = makeClient(server.port, version);
    await client.connect();
    try {
      await body(client);
    } finally {
      client.destroy();
    }
  });
}

/** A session as express-session hands it to a store, ending in `ttlMs`. */
function makeSession(user: string, ttlMs: number) {
  const expires = new Date(Date.now() + ttlMs);
  return { cookie: { originalMaxAge: ttlMs, expires }, user };
}

for (const version of [2, 3] as const) {
  Deno.test(`connect-redis keeps sessions over RESP${version}`, () =>
    withClient(version, async (client) => {
      const store = new RedisStore({ client, prefix: "web:", scanCount: 7 });
      assertEquals(await store.get("none"), null);
      const count = 50;
      for (let index = 0; index < count; index++) {
        const kept = makeSession(`user ${index} ✓`, 600_000);
        await store.set(`id-${index}`, kept);
      }
      await client.set("other", "not a session");
      assertEquals((await store.get("id-7")).user, "user 7 ✓");
      assertEquals(await store.length(), count);
      const ids: string[] = await store.ids();
      assertEquals(
        ids.sort(),
        Array.from({ length: count }, (_, index) => `id-${index}`).sort(),
      );
      const all: { id: string; user: string }[] = await store.all();
      assertEquals(
        all.find(({ id }) => id === "id-31")?.user,
        "user 31 ✓",
      );
      await store.destroy("id-0");
      assertEquals(await store.get("id-0"), null);
      await store.clear();
      assertEquals(await store.length(), 0);
      assertEquals(await store.all(), []);
      assertEquals(await client.get("other"), "not a session");
    }));

  Deno.test(`connect-redis lets sessions end over RESP${version}`, () =>
    withClient(version, async (client) => {
      const store = new RedisStore({ client });
      await store.set("a", makeSession("Ada", 100_000));
      const first = await client.ttl("sess:a");
      assert(first > 90 && first <= 100, `${first}`);
      await store.touch("a", makeSession("Ada", 900_000));
      const touched = await client.ttl("sess:a");
      assert(touched > 890 && touched <= 900, `${touched}`);
      // A session that has ended already is not written but destroyed.
      await store.set("a", makeSession("Ada", -1000));
      assertEquals(await client.exists("sess:a"), 0);
      const byUser = new RedisStore({
        client,
        prefix: "s:",
        ttl: (kept) => "admin" in kept ? 50 : 5000,
      });
      await byUser.set("a", { ...makeSession("Ada", 0), admin: true });
      await byUser.set("b", makeSession("Bob", 0));
      assert(await client.ttl("s:a") <= 50);
      assert(await client.ttl("s:b") > 4000);
      const forever = new RedisStore({
        client,
        prefix: "f:",
        disableTTL: true,
      });
      await forever.set("a", makeSession("Ada", 1000));
      assertEquals(await client.ttl("f:a"), -1);
    }));
}

interface SessionRequest extends IncomingMessage {
  readonly session: {
    views?: number;
    regenerate(done: () => void): void;
    destroy(done: () => void): void;
  };
}

/** `/` counts views, `/login` takes a new session, `/logout` ends it. */
function answer(request: SessionRequest, response: ServerResponse): void {
  const { session: kept } = request;
  if (request.url === "/logout") {
    kept.destroy(() => response.end("bye"));
  } else if (request.url === "/login") {
    kept.regenerate(() => {
      request.session.views = 100;
      response.end("welcome");
    });
  } else {
    kept.views = (kept.views ?? 0) + 1;
    response.end(`${kept.views}`);
  }
}

async function withWebServer(
  client: Client,
  body: (url: string) => Promise<void>,
): Promise<void> {
  const middleware = session({
    store: new RedisStore({ client }),
    secret: "of the test",
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 60_000 },
  });
  const web = createServer((request, response) => {
    middleware(
      request,
      response,
      () => answer(request as SessionRequest, response),
    );
  });
  web.listen(0, "127.0.0.1");
  await once(web, "listening");
  const address = web.address();
  assert(typeof address === "object" && address !== null);
  try {
    await body(`http://127.0.0.1:${address.port}`);
  } finally {
    web.closeAllConnections();
    await new Promise((resolve) => web.close(resolve));
  }
}

/** A browser: keeps the server's cookie from one request to the next. */
function makeBrowser(url: string): (path: string) => Promise<string> {
  let cookie = "";
  return async (path) => {
    const response = await fetch(`${url}${path}`, { headers: { cookie } });
    const [set] = response.headers.getSetCookie();
    if (set !== undefined) cookie = set.split(";")[0]!;
    return await response.text();
  };
}

Deno.test("express-session counts views of several browsers through connect-redis", () =>
  withClient(3, (client) =>
    withWebServer(client, async (url) => {
      const ada = makeBrowser(url);
      const bob = makeBrowser(url);
      assertEquals(await ada("/"), "1");
      assertEquals(await ada("/"), "2");
      assertEquals(await bob("/"), "1");
      assertEquals(await ada("/"), "3");
      assertEquals(await client.dbSize(), 2);
      assertEquals(await ada("/login"), "welcome");
      assertEquals(await client.dbSize(), 2);
      assertEquals(await ada("/"), "101");
      assertEquals(await bob("/logout"), "bye");
      assertEquals(await client.dbSize(), 1);
      assertEquals(await bob("/"), "1");
    })));
