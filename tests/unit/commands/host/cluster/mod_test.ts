import { assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../../../../src/commands/mod.ts";
import { answer, FakeServer } from "../harness.ts";
import { groupOfThree } from "./group.ts";

const DISABLED = "-ERR This instance has cluster support disabled\r\n";

/** Subcommands, each with as many words as it needs. */
const CALLS = COMMANDS.find(({ name }) => name === "cluster")!.subcommands.map(
  ({ arity, name }) => {
    const words = name.toUpperCase().split("|");
    while (words.length < Math.abs(arity)) words.push("1");
    return words;
  },
);

Deno.test("cluster() and its kin are refused without --cluster-protocol", async () => {
  const server = new FakeServer();
  for (const words of [...CALLS, ["READONLY"], ["READWRITE"], ["ASKING"]]) {
    assertEquals(await answer(server, ...words), DISABLED, words.join(" "));
  }
  assertEquals(server.fakes[0]!.session.readsReplica, false);
  assertEquals(
    await answer(server, "CLUSTER", "nonsense"),
    "-ERR unknown subcommand 'nonsense'. Try CLUSTER HELP.\r\n",
  );
  assertEquals(
    await answer(server, "CLUSTER", "keyslot"),
    "-ERR wrong number of arguments for 'cluster|keyslot' command\r\n",
  );
});

Deno.test("cluster() answers every subcommand in a group", async () => {
  const server = groupOfThree();
  for (const words of CALLS) {
    const reply = await answer(server, ...words);
    assertEquals(reply === DISABLED, false, words.join(" "));
  }
  assertStringIncludes(
    await answer(server, "CLUSTER", "help"),
    "CLUSTER <subcommand>",
  );
});

Deno.test("cluster() moves neither slots nor members", async () => {
  const server = groupOfThree();
  assertEquals(
    await answer(server, "CLUSTER", "AddSlots", "1"),
    "-ERR CLUSTER ADDSLOTS is not served: who leads the group holds all slots\r\n",
  );
  assertEquals(
    await answer(server, "CLUSTER", "meet", "10.0.0.4", "7004"),
    "-ERR CLUSTER MEET is not served: " +
      "LANE.CLUSTER changes the members of the group\r\n",
  );
});

Deno.test("readonly() and readwrite() switch reads of a replica", async () => {
  const server = groupOfThree();
  const { session } = server.fakes[0]!;
  assertEquals(await answer(server, "READONLY"), "+OK\r\n");
  assertEquals(session.readsReplica, true);
  assertEquals(await answer(server, "READWRITE"), "+OK\r\n");
  assertEquals(session.readsReplica, false);
});

Deno.test("asking() asks for nothing that there is", async () => {
  assertEquals(await answer(groupOfThree(), "ASKING"), "+OK\r\n");
});
