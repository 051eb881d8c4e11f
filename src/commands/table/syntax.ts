/**
 * Arguments as people read them: `[EX <seconds>|PX <milliseconds>]`.
 *
 * @module
 */

import { type ArgumentSpec, parseArguments } from "./arguments.ts";

/** The arguments of `syntax` (in the notation of `arguments.ts`) for a line of help. */
export function formatSyntax(syntax: string): string {
  return parseArguments(syntax).map(formatArgument).join(" ");
}

function formatArgument(argument: ArgumentSpec): string {
  const { isMultiple, isOptional, isTokenRepeated, token } = argument;
  const value = formatValue(argument);
  const prefix = token === undefined || argument.type === "pure-token"
    ? ""
    : `${token} `;
  const again = isTokenRepeated ? prefix + value : value;
  const once = prefix + value;
  const all = isMultiple ? `${once} [${again} ...]` : once;
  return isOptional ? `[${all}]` : all;
}

function formatValue({ isOptional, name, parts, token, type }: ArgumentSpec) {
  switch (type) {
    case "pure-token":
      return token ?? name;
    case "oneof": {
      const words = parts.map(formatArgument).join("|");
      return isOptional && token === undefined ? words : `(${words})`;
    }
    case "block":
      return parts.map(formatArgument).join(" ");
    default:
      return `<${name}>`;
  }
}
