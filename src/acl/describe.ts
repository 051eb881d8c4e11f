/**
 * Selectors as rules again: the texts of ACL LIST and ACL GETUSER.
 *
 * A set of commands is shown as Redis 7.0 shows it: from `+@all` or `-@all` on,
 * categories that fit better than they misfit, then single commands.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { CommandCatalog, KnownCommand } from "./catalog.ts";
import { type KeyPattern, Selector } from "./selector.ts";

/** Key patterns as rules, spaces between. */
export function describeKeys(selector: Selector): string {
  if (selector.hasAllKeys) return "~*";
  return selector.keyPatterns.map(describePattern).join(" ");
}

function describePattern({ pattern, reads, writes }: KeyPattern): string {
  if (reads && writes) return `~${pattern}`;
  return `%${reads ? "R" : "W"}~${pattern}`;
}

/** Channel patterns as rules, spaces between. */
export function describeChannels(selector: Selector): string {
  if (selector.hasAllChannels) return "&*";
  return selector.channelPatterns.map((pattern) => `&${pattern}`).join(" ");
}

/** How far the set of commands agrees with a category. */
interface Fit {
  readonly same: number;
  readonly different: number;
}

function fitOf(
  catalog: CommandCatalog,
  selector: Selector,
  category: string,
  isAdding: boolean,
): Fit {
  let [same, different] = [0, 0];
  for (const command of catalog.all()) {
    if (!command.categories.has(category)) continue;
    if (selector.allows(command) === isAdding) same++;
    else different++;
  }
  return { same, different };
}

/** The category that brings a set nearest to `rest`, if one helps at all. */
function bestCategory(
  catalog: CommandCatalog,
  rest: Selector,
  isAdding: boolean,
  used: ReadonlySet<string>,
): string | undefined {
  let best: (Fit & { readonly category: string }) | undefined;
  for (const category of catalog.categories) {
    if (used.has(category)) continue;
    const fit = fitOf(catalog, rest, category, isAdding);
    if (fit.same <= fit.different) continue;
    const isBetter = best === undefined || fit.different < best.different ||
      (fit.different === best.different && fit.same > best.same);
    if (isBetter) best = { category, ...fit };
  }
  return best?.category;
}

/** Commands as rules, spaces between. */
export function describeCommands(
  catalog: CommandCatalog,
  selector: Selector,
): string {
  const isAdding = !selector.allowsFuture;
  const [sign, inverse] = isAdding ? ["+", "-"] : ["-", "+"];
  const rules = [isAdding ? "-@all" : "+@all"];
  // What the rules so far allow, and what they still have to tell.
  const told = new Selector(catalog, false);
  told.apply(rules[0]!);
  const rest = selector.copy();
  const used = new Set<string>();
  for (;;) {
    const category = bestCategory(catalog, rest, isAdding, used);
    if (category === undefined) break;
    used.add(category);
    rules.push(`${sign}@${category}`);
    told.apply(`${sign}@${category}`);
    rest.apply(`${inverse}@${category}`);
  }
  for (const command of catalog.all()) {
    rules.push(...singleRules(selector, told, command));
  }
  assert(told.hasSameCommands(selector), "rules tell the set of commands");
  return rules.join(" ");
}

/** Rules that make `told` treat `command` as `selector` does. */
function singleRules(
  selector: Selector,
  told: Selector,
  command: KnownCommand,
): string[] {
  const rules: string[] = [];
  const isAllowed = selector.allows(command);
  if (isAllowed !== told.allows(command)) {
    const rule = `${isAllowed ? "+" : "-"}${command.name}`;
    rules.push(rule);
    told.apply(rule);
  }
  if (isAllowed) return rules;
  const words = selector.firstArguments(command);
  return [...rules, ...words.map((word) => `+${command.name}|${word}`)];
}

/** A whole selector as rules, spaces between. */
export function describeSelector(
  catalog: CommandCatalog,
  selector: Selector,
): string {
  const channels = describeChannels(selector);
  return [
    describeKeys(selector),
    selector.hasAllChannels ? channels : `resetchannels ${channels}`.trimEnd(),
    describeCommands(catalog, selector),
  ].filter((part) => part !== "").join(" ");
}
