/**
 * Whether two replies of COMMAND agree: what the server under test tells of a
 * command must be what redis-server tells. It may serve fewer commands and
 * subcommands, and words its documents itself.
 *
 * @module
 */

import {
  formatReply,
  itemsOf,
  type RespValue,
  textOf,
} from "../servers/mod.ts";
import {
  CHANGED_IN_7_2,
  NEW_SINCE_7_2,
  REDOCUMENTED_IN_7_2,
} from "./since_7_2.ts";

/** Place of the subcommands in a row of COMMAND INFO. */
const SUBCOMMANDS_AT = 9;

/** Keys of COMMAND DOCS whose values are texts of one's own, or not in 7.0. */
const OWN_TEXTS = new Set(["summary", "complexity", "history", "display_text"]);

/** Text that is equal for equal replies. */
function keyOf(value: RespValue): string {
  return formatReply(value);
}

function nameOf(row: RespValue): string {
  const [name] = itemsOf(row);
  return name === undefined ? "" : textOf(name);
}

// -- COMMAND, COMMAND INFO --

/** Compares the rows of `subject` with those of the same name. */
function areRowsAmong(
  subject: readonly RespValue[],
  oracle: readonly RespValue[],
): boolean {
  const known = new Map(oracle.map((row) => [nameOf(row), row]));
  return subject.every((row) => {
    const wanted = known.get(nameOf(row));
    if (wanted === undefined) return NEW_SINCE_7_2.has(nameOf(row));
    return isSameRow(wanted, row);
  });
}

function isSameRow(oracle: RespValue, subject: RespValue): boolean {
  if (oracle.kind === "null" || subject.kind === "null") {
    return keyOf(oracle) === keyOf(subject);
  }
  if (CHANGED_IN_7_2.has(nameOf(subject))) return true;
  const [wanted, given] = [itemsOf(oracle), itemsOf(subject)];
  const facts = (items: readonly RespValue[]) =>
    items.slice(0, SUBCOMMANDS_AT).map(keyOf).join();
  const [wantedRows, givenRows] = [
    wanted[SUBCOMMANDS_AT]!,
    given[SUBCOMMANDS_AT]!,
  ];
  return facts(wanted) === facts(given) && wantedRows.tag === givenRows.tag &&
    areRowsAmong(itemsOf(givenRows), itemsOf(wantedRows));
}

/** Whether replies of COMMAND or COMMAND INFO agree; with names, row by row. */
export function haveSameRows(
  oracle: RespValue,
  subject: RespValue,
  hasNames: boolean,
): boolean {
  const [wanted, given] = [itemsOf(oracle), itemsOf(subject)];
  if (oracle.tag !== subject.tag) return false;
  if (!hasNames) return given.length > 0 && areRowsAmong(given, wanted);
  return wanted.length === given.length &&
    wanted.every((row, at) => isSameRow(row, given[at]!));
}

// -- COMMAND DOCS --

function pairsOf(value: RespValue): Map<string, RespValue> {
  const items = itemsOf(value);
  const pairs = new Map<string, RespValue>();
  for (let at = 0; at + 1 < items.length; at += 2) {
    pairs.set(textOf(items[at]!), items[at + 1]!);
  }
  return pairs;
}

/** An argument without its own texts, as text; so are the parts it has. */
function argumentKey(argument: RespValue): string {
  return [...pairsOf(argument)].filter(([key]) => !OWN_TEXTS.has(key)).map((
    [key, value],
  ) =>
    `${key}=${
      key === "arguments"
        ? `[${itemsOf(value).map(argumentKey).join()}]`
        : keyOf(value)
    }`
  ).join();
}

function isSameDocument(oracle: RespValue, subject: RespValue): boolean {
  const [wanted, given] = [pairsOf(oracle), pairsOf(subject)];
  const keys = (pairs: ReadonlyMap<string, RespValue>) =>
    [...pairs.keys()].filter((key) => !OWN_TEXTS.has(key)).join();
  if (oracle.tag !== subject.tag || keys(wanted) !== keys(given)) return false;
  return [...given].every(([key, value]) => {
    const other = wanted.get(key);
    if (OWN_TEXTS.has(key) || other === undefined) return true;
    if (key === "subcommands") return areDocumentsAmong(value, other);
    if (key !== "arguments") return keyOf(value) === keyOf(other);
    return itemsOf(value).map(argumentKey).join() ===
      itemsOf(other).map(argumentKey).join();
  });
}

function areDocumentsAmong(subject: RespValue, oracle: RespValue): boolean {
  const known = pairsOf(oracle);
  return [...pairsOf(subject)].every(([name, document]) => {
    const wanted = known.get(name);
    if (wanted === undefined) return NEW_SINCE_7_2.has(name);
    return REDOCUMENTED_IN_7_2.has(name) || isSameDocument(wanted, document);
  });
}

/** Whether replies of COMMAND DOCS agree; with names, in their number too. */
export function haveSameDocuments(
  oracle: RespValue,
  subject: RespValue,
  hasNames: boolean,
): boolean {
  const [wanted, given] = [itemsOf(oracle).length, itemsOf(subject).length];
  return oracle.tag === subject.tag &&
    (hasNames ? wanted === given : given > 0) &&
    areDocumentsAmong(subject, oracle);
}

// -- COMMAND LIST --

/** Whether each name of `subject` is one of `oracle`'s. */
export function areNamesAmong(oracle: RespValue, subject: RespValue): boolean {
  const known = new Set(itemsOf(oracle).map(textOf));
  return oracle.tag === subject.tag &&
    itemsOf(subject).map(textOf).every((name) =>
      known.has(name) || NEW_SINCE_7_2.has(name)
    );
}
