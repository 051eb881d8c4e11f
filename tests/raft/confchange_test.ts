import { Changer, type ChangeResult } from "../../src/raft/membership.ts";
import { ProgressTracker } from "../../src/raft/tracker.ts";
import {
  describeConfiguration,
  describeProgressMap,
  parseNodeChanges,
} from "./describe.ts";
import type { ScenarioCase } from "./scenario_file.ts";
import { type ScenarioRunner, testScenarios } from "./scenarios.ts";

/** Value of the argument `autoleave`, which is false when it is not there. */
function autoLeaveOf({ arguments: words }: ScenarioCase): boolean {
  if (words.length === 0) return false;
  const value = words.find(({ key }) => key === "autoleave")?.values[0];
  if (value === "true" || value === "false") return value === "true";
  throw new Error(`bad value of autoleave: ${value}`);
}

function change(changer: Changer, scenario: ScenarioCase): ChangeResult {
  const refuse = (reason: string): ChangeResult => ({
    state: "refused",
    reason,
  });
  const parsed = parseNodeChanges(scenario.input);
  if ("problem" in parsed) return refuse(parsed.problem);
  const { changes } = parsed;
  switch (scenario.command) {
    case "simple":
      return changer.simple(changes);
    case "enter-joint":
      return changer.enterJoint(autoLeaveOf(scenario), changes);
    case "leave-joint":
      return changes.length > 0
        ? refuse("this command takes no input")
        : changer.leaveJoint();
    default:
      return refuse("unknown command");
  }
}

/**
 * - `simple`: makes the changes of the input at once.
 * - `enter-joint [autoleave=BOOL]`: makes them in a joint configuration.
 * - `leave-joint`: leaves it.
 */
function makeRunner(): ScenarioRunner {
  const tracker = new ProgressTracker({ messagesMax: 10 });
  // Grows with each command, so that `next` tells when a member was added.
  let lastIndex = 0;
  return (scenario) => {
    const result = change(new Changer(tracker, lastIndex++), scenario);
    if (result.state === "refused") return result.reason;
    tracker.setConfiguration(result.configuration, result.progress);
    const members = describeProgressMap(tracker.progressMap);
    return `${describeConfiguration(tracker.configuration)}\n${members}`;
  };
}

testScenarios("confchange", makeRunner);
