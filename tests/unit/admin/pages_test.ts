import { assertEquals } from "@std/assert";
import { adminHandler, type NodeState } from "../../../src/admin/mod.ts";

function handlerIn(state: NodeState, hasLeader = true) {
  return adminHandler({
    state: () => state,
    hasLeader: () => hasLeader,
    metrics: () => Promise.resolve("x 1\n"),
    metricsType: "text/plain; version=0.0.4; charset=utf-8",
  });
}

async function ask(state: NodeState, path: string, method = "GET") {
  const request = new Request(`http://127.0.0.1:9121${path}`, { method });
  const response = await handlerIn(state)(request);
  return {
    status: response.status,
    text: await response.text(),
    type: response.headers.get("content-type"),
    allow: response.headers.get("allow"),
  };
}

Deno.test("adminHandler() says that the process lives, whatever its state", async () => {
  for (const state of ["recovering", "serving", "stopping"] as const) {
    assertEquals((await ask(state, "/healthz")).status, 200);
  }
});

Deno.test("adminHandler() is ready only while clients are served", async () => {
  const statuses = { recovering: 503, serving: 200, stopping: 503 } as const;
  for (const state of ["recovering", "serving", "stopping"] as const) {
    const { status, text } = await ask(state, "/readyz");
    assertEquals([status, text], [statuses[state], `${state}\n`]);
  }
});

Deno.test("adminHandler() is not ready while no leader is known, and says so when it serves", async () => {
  const request = new Request("http://127.0.0.1:9121/readyz");
  const texts = { recovering: "recovering\n", serving: "no leader\n" } as const;
  for (const state of ["recovering", "serving"] as const) {
    const response = await handlerIn(state, false)(request);
    assertEquals([response.status, await response.text()], [503, texts[state]]);
  }
});

Deno.test("adminHandler() shows the metrics with their own type", async () => {
  const { status, text, type } = await ask("recovering", "/metrics?x=1");
  assertEquals([status, text], [200, "x 1\n"]);
  assertEquals(type, "text/plain; version=0.0.4; charset=utf-8");
});

Deno.test("adminHandler() knows no other page and no other method", async () => {
  for (const path of ["/", "/metrics/", "/healthz/x", "//metrics"]) {
    assertEquals((await ask("serving", path)).status, 404, path);
  }
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const { status, allow } = await ask("serving", "/metrics", method);
    assertEquals([status, allow], [405, "GET, HEAD"], method);
  }
  assertEquals((await ask("serving", "/metrics", "HEAD")).status, 200);
});
