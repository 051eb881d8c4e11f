import { assertEquals } from "@std/assert";
import { Logger, ManualClock } from "../../../src/base/mod.ts";
import type { Engine } from "../../../src/engine/mod.ts";
import { LEASE_PAGE_BYTES, LeaseReader } from "../../../src/replica/mod.ts";
import {
  Membership,
  type MembershipParts,
} from "../../../src/workers/membership.ts";

const OWN_ID = 2;

function makeMembership(): Membership {
  const engine = {
    appliedIndex: 7,
    committed: () => {},
    standing: { lead: () => {}, stepDown: () => {} },
    readGate: { ask: () => {} },
  };
  const lease = new LeaseReader(new SharedArrayBuffer(LEASE_PAGE_BYTES));
  const parts = {
    settings: { nodeId: OWN_ID, readConsistency: "lease", lease },
    engine: () => engine as unknown as Engine,
    clock: new ManualClock(),
    cluster: { ownId: OWN_ID, leaderId: 0, noteLeader: () => {} },
    writeWaits: { endAll: () => {} },
    logger: new Logger("test", "warning"),
  };
  // The rest is not asked for its place in the log.
  return new Membership(parts as unknown as MembershipParts);
}

Deno.test("Membership.point has the term of own proposals, though they are committed before the node serves", () => {
  const membership = makeMembership();
  membership.leadership(3, OWN_ID, true);
  membership.leadership(4, 1, false);
  membership.leadership(5, OWN_ID, false);
  membership.committed(7, 1);
  assertEquals(membership.point, { index: 7, term: 5 });
  membership.leadership(5, OWN_ID, true);
  membership.committed(7, 2);
  assertEquals(membership.point, { index: 7, term: 5 });
});
