// === The words of a request that waits ===
//
// A walk over what `encodeRequest` wrote, which leaves the table of the running
// request alone.

/** The word that `nextWord` found. */
export let wordAt: usize = 0;
export let wordLength: u32 = 0;

let nextAt: usize = 0;
let wordsLeft: u32 = 0;

/** Goes in front of the words of the request at `request`. */
export function startWords(request: usize): void {
  nextAt = request;
  wordsLeft = takeCount();
}

/** Finds the next word; whether there is one. */
export function nextWord(): bool {
  if (wordsLeft == 0) return false;
  wordsLeft--;
  wordLength = takeCount();
  wordAt = nextAt;
  nextAt += wordLength + 2;
  return true;
}

/** Reads the number of a line such as `$5`, and goes behind it. */
function takeCount(): u32 {
  let count: u32 = 0;
  for (nextAt++; load<u8>(nextAt) != 0x0d; nextAt++) count = count * 10 + load<u8>(nextAt) - 0x30;
  nextAt += 2;
  return count;
}
