/**
 * Commands that the flags give other names, or none.
 *
 * @module
 */

import { CommandNames } from "../commands/mod.ts";
import type { Options } from "../config/mod.ts";
import type { CoreControls } from "../core/mod.ts";

/** Tells the core of the names that the options change; what clients call the commands. */
export function nameCommands(
  { renames }: Pick<Options, "renames">,
  controls: Pick<CoreControls, "hideCommand" | "nameCommand">,
): CommandNames {
  const names = new CommandNames(renames);
  for (const id of names.lost) controls.hideCommand(id);
  for (const { id, name, row } of names.others) {
    controls.nameCommand(id, name, row.name);
  }
  return names;
}
