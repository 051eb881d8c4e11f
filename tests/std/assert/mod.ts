/**
 * Stand-in for `@std/assert` where its registry cannot be reached: the names and
 * signatures that the tests use.
 *
 * @module
 */

import {
  AssertionError,
  deepStrictEqual,
  notDeepStrictEqual,
} from "node:assert";

export { AssertionError };

type ErrorClass<E extends Error> = abstract new (...words: never[]) => E;

function fault(message: string, note?: string): never {
  throw new AssertionError({
    message: note === undefined ? message : `${message}: ${note}`,
  });
}

function show(value: unknown): string {
  return Deno.inspect(value, { depth: 6, strAbbreviateSize: 2000 });
}

/** Fails unless `condition` holds. */
export function assert(condition: unknown, note = ""): asserts condition {
  if (!condition) throw new AssertionError({ message: note });
}

/** Fails unless both are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, note?: string): void {
  if (note === undefined) return deepStrictEqual(actual, expected);
  deepStrictEqual(
    actual,
    expected,
    `${note}\n  actual:   ${show(actual)}\n  expected: ${show(expected)}`,
  );
}

/** Fails when both are deeply equal. */
export function assertNotEquals<T>(
  actual: T,
  expected: T,
  note?: string,
): void {
  if (note === undefined) return notDeepStrictEqual(actual, expected);
  notDeepStrictEqual(actual, expected, note);
}

/** Fails unless both are the same value. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  note?: string,
): asserts actual is T {
  if (!Object.is(actual, expected)) {
    fault(
      `Values are not the same:\n  actual:   ${show(actual)}\n  expected: ${
        show(expected)
      }`,
      note,
    );
  }
}

/** Fails for null and undefined. */
export function assertExists<T>(
  actual: T,
  note?: string,
): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    fault(`Expected a value, got ${show(actual)}`, note);
  }
}

/** Fails unless `actual` is an instance of `type`. */
export function assertInstanceOf<E extends Error>(
  actual: unknown,
  type: ErrorClass<E>,
  note?: string,
): asserts actual is E {
  if (!(actual instanceof type)) {
    fault(`Expected an instance of ${type.name}, got ${show(actual)}`, note);
  }
}

/** Fails unless `actual` holds `expected`. */
export function assertStringIncludes(
  actual: string,
  expected: string,
  note?: string,
): void {
  if (!actual.includes(expected)) {
    fault(`Expected ${show(actual)} to include ${show(expected)}`, note);
  }
}

/** Fails unless `actual` matches `expected`. */
export function assertMatch(
  actual: string,
  expected: RegExp,
  note?: string,
): void {
  if (!expected.test(actual)) {
    fault(`Expected ${show(actual)} to match ${expected}`, note);
  }
}

/** Fails unless both are within `tolerance`. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance = 1e-7,
  note?: string,
): void {
  if (!(Math.abs(actual - expected) <= tolerance)) {
    fault(`Expected ${actual} to be within ${tolerance} of ${expected}`, note);
  }
}

function checkError<E extends Error>(
  error: unknown,
  type?: ErrorClass<E>,
  includes?: string,
  note?: string,
): E {
  if (type !== undefined && !(error instanceof type)) {
    fault(`Expected ${type.name}, got ${show(error)}`, note);
  }
  const message = error instanceof Error ? error.message : String(error);
  if (includes !== undefined && !message.includes(includes)) {
    fault(
      `Expected an error with ${show(includes)}, got ${show(message)}`,
      note,
    );
  }
  return error as E;
}

/** Fails unless `run` throws; returns what it threw. */
export function assertThrows<E extends Error = Error>(
  run: () => unknown,
  type?: ErrorClass<E>,
  includes?: string,
  note?: string,
): E {
  try {
    run();
  } catch (error) {
    return checkError(error, type, includes, note);
  }
  return fault("Expected the function to throw", note);
}

/** Fails unless `run` rejects; resolves to the reason. */
export async function assertRejects<E extends Error = Error>(
  run: () => PromiseLike<unknown>,
  type?: ErrorClass<E>,
  includes?: string,
  note?: string,
): Promise<E> {
  try {
    await run();
  } catch (error) {
    return checkError(error, type, includes, note);
  }
  return fault("Expected the promise to reject", note);
}

/** Fails. */
export function fail(note?: string): never {
  return fault("Failed", note);
}
