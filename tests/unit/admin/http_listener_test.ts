import { assert, assertEquals, assertThrows } from "@std/assert";
import { listenHttp } from "../../../src/admin/mod.ts";
import { ListenError } from "../../../src/base/mod.ts";

async function ask(port: number, method = "GET") {
  const response = await fetch(`http://127.0.0.1:${port}/x`, { method });
  return { status: response.status, text: await response.text() };
}

Deno.test("listenHttp() hands requests over; HEAD has no body", async () => {
  const listener = listenHttp(
    "127.0.0.1",
    0,
    (request) => new Response(request.method, { status: 201 }),
  );
  assert(listener.port > 0);
  assertEquals(await ask(listener.port), { status: 201, text: "GET" });
  assertEquals(await ask(listener.port, "HEAD"), { status: 201, text: "" });
  await listener.close();
});

Deno.test("listenHttp() answers 500 when the handler throws", async () => {
  const listener = listenHttp("127.0.0.1", 0, () => {
    throw new Error("secret");
  });
  const { status, text } = await ask(listener.port);
  assertEquals([status, text.includes("secret")], [500, false]);
  await listener.close();
});

Deno.test("listenHttp() says which port it cannot have", async () => {
  const handler = () => new Response("");
  const listener = listenHttp("127.0.0.1", 0, handler);
  assertThrows(
    () => listenHttp("127.0.0.1", listener.port, handler),
    ListenError,
    `Cannot listen on 127.0.0.1:${listener.port}: `,
  );
  await listener.close();
});
