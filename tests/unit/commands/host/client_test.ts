import { assertEquals, assertStringIncludes } from "@std/assert";
import { answer, FakeServer } from "./harness.ts";

const LINE_1 = "id=1 addr=127.0.0.1:50001 laddr=127.0.0.1:6380 ";

function lines(reply: string): readonly string[] {
  return reply.split("\r\n").slice(1).join("\n").split("\n")
    .filter((line) => line !== "");
}

Deno.test("client() names a connection and refuses spaces", async () => {
  const server = new FakeServer();
  assertEquals(await answer(server, "CLIENT", "GETNAME"), "$-1\r\n");
  assertEquals(await answer(server, "client", "setname", "me"), "+OK\r\n");
  assertEquals(await answer(server, "CLIENT", "GETNAME"), "$2\r\nme\r\n");
  assertEquals(
    await answer(server, "CLIENT", "SETNAME", "a b"),
    "-ERR Client names cannot contain spaces, newlines or special characters.\r\n",
  );
  assertEquals(server.fakes[0]!.name, "me");
});

Deno.test("client() LIST chooses by kind and by id, in the order asked", async () => {
  const server = new FakeServer();
  const list = async (...words: string[]) =>
    lines(await answer(server, "CLIENT", "LIST", ...words))
      .map((line) => line.split(" ")[0]);
  assertEquals(await list(), ["id=1", "id=2"]);
  assertEquals(await list("TYPE", "Normal"), ["id=1", "id=2"]);
  assertEquals(await list("TYPE", "pubsub"), []);
  assertEquals(await list("ID", "2", "9", "1", "2"), ["id=2", "id=1", "id=2"]);
  assertEquals(
    await answer(server, "CLIENT", "LIST", "ID", "1", "x"),
    "-ERR Invalid client ID\r\n",
  );
  for (const words of [["ID"], ["TYPE"], ["JUNK"], ["TYPE", "a", "b"]]) {
    assertEquals(
      await answer(server, "CLIENT", "LIST", ...words),
      "-ERR syntax error\r\n",
      words.join(" "),
    );
  }
});

Deno.test("client() INFO shows what the session and the clock say", async () => {
  const server = new FakeServer();
  const [me] = server.fakes;
  Object.assign(me!.session, {
    database: 3,
    inputBytes: 100,
    pendingBytes: 30,
    outputBytes: 7,
    isNoTouch: true,
    readsReplica: true,
    lastCommand: "client|info",
  });
  me!.usedMs = 59_000;
  const [line] = lines(await answer(server, "CLIENT", "INFO"));
  assertEquals(line!.startsWith(LINE_1), true, line);
  for (
    const field of [
      "age=60",
      "idle=2",
      "flags=rT",
      "db=3",
      "qbuf=30",
      "qbuf-free=70",
      "omem=7",
      "tot-mem=107",
      "events=rw",
      "cmd=client|info",
      "user=default",
      "resp=2",
    ]
  ) assertStringIncludes(` ${line} `, ` ${field} `);
});

Deno.test("client() SETINFO keeps the library's name and version", async () => {
  const server = new FakeServer();
  await answer(server, "CLIENT", "SETINFO", "LIB-NAME", "io");
  await answer(server, "CLIENT", "SETINFO", "lib-ver", "1.2");
  assertEquals(
    [server.fakes[0]!.libraryName, server.fakes[0]!.libraryVersion],
    ["io", "1.2"],
  );
  assertEquals(
    await answer(server, "CLIENT", "SETINFO", "LIB-VER", "a b"),
    "-ERR lib-ver cannot contain spaces, newlines or special characters.\r\n",
  );
  assertEquals(
    await answer(server, "CLIENT", "SETINFO", "JUNK", "x"),
    "-ERR Unrecognized option 'JUNK'\r\n",
  );
});

Deno.test("client() REPLY OFF and SKIP answer nothing", async () => {
  const server = new FakeServer();
  const { session } = server.fakes[0]!;
  assertEquals(await answer(server, "CLIENT", "REPLY", "SKIP"), "");
  assertEquals([session.isSilent, session.isSkipping], [false, true]);
  session.isSkipping = false;
  assertEquals(await answer(server, "CLIENT", "REPLY", "OFF"), "");
  assertEquals(await answer(server, "CLIENT", "REPLY", "SKIP"), "");
  assertEquals([session.isSilent, session.isSkipping], [true, false]);
  assertEquals(await answer(server, "CLIENT", "REPLY", "ON"), "+OK\r\n");
  assertEquals(session.isSilent, false);
});

Deno.test("client() NO-EVICT and NO-TOUCH are switches", async () => {
  const server = new FakeServer();
  const [me] = server.fakes;
  await answer(server, "CLIENT", "NO-EVICT", "on");
  await answer(server, "CLIENT", "NO-TOUCH", "ON");
  assertEquals([me!.isNoEvict, me!.session.isNoTouch], [true, true]);
  await answer(server, "CLIENT", "NO-EVICT", "OFF");
  assertEquals(me!.isNoEvict, false);
  assertEquals(
    await answer(server, "CLIENT", "NO-TOUCH", "maybe"),
    "-ERR syntax error\r\n",
  );
});

Deno.test("client() PAUSE reads a mode and a time, UNPAUSE ends it", async () => {
  const server = new FakeServer();
  for (
    const words of [
      ["PAUSE", "100"],
      ["pause", "7", "write"],
      ["PAUSE", "0", "ALL"],
      ["PAUSE", "9223372036854775807"],
      ["UNPAUSE"],
    ]
  ) {
    assertEquals(await answer(server, "CLIENT", ...words), "+OK\r\n");
  }
  assertEquals(server.asked, [
    "pause everything 100",
    "pause writes 7",
    "pause everything 0",
    "pause everything 0",
    "unpause",
  ]);
});

Deno.test("client() PAUSE refuses what Redis refuses", async () => {
  const server = new FakeServer();
  const bad = "ERR timeout is not an integer or out of range";
  for (
    const [text, ...words] of [
      [bad, "x"],
      [bad, "1.5"],
      [bad, "99999999999999999999"],
      ["ERR timeout is negative", "-1"],
      ["ERR CLIENT PAUSE mode must be WRITE or ALL", "x", "NO"],
      [
        "ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT HELP.",
        ...["1", "ALL", "z"],
      ],
    ]
  ) {
    assertEquals(
      await answer(server, "CLIENT", "PAUSE", ...words),
      `-${text}\r\n`,
    );
  }
  assertEquals(server.asked, []);
});

Deno.test("client() LIST marks who waits for the end of a pause", async () => {
  const server = new FakeServer();
  server.pausedId = 2;
  const flags = lines(await answer(server, "CLIENT", "LIST"))
    .map((line) => / flags=(\w+) /.exec(line)?.[1]);
  assertEquals(flags, ["N", "b"]);
});
