// === Places as numbers: cells of a map ===
//
// A *cell* of step s is one of 2^s × 2^s parts of the map of longitudes and
// latitudes, s from 1 to 26. Its bits are the two indexes interleaved, latitude in
// the even bits, longitude in the odd ones. The score of a place is its cell of
// step 26, 52 bits; so the places of any cell are one range of scores.
//
// ╒══════ a cell (16 bytes) ══════╕
// │ +0  bits  u64                  │
// │ +8  step  u32   0 = no cell    │
// ╘════════════════════════════════╛
//
// The arithmetic, and its order, is that of Redis, whose scores and coordinates
// are shown to clients.
//
// Source: Morton, "A computer oriented geodetic data base" (the interleaving).

export const LONGITUDE_MAX: f64 = 180;
/** The latitude at which a Mercator map is a square. */
export const LATITUDE_MAX: f64 = 85.05112878;
const POLE: f64 = 90;
export const STEP_MAX: u32 = 26;

const LATITUDE_BITS: u64 = 0x5555555555555555;
const LONGITUDE_BITS: u64 = 0xaaaaaaaaaaaaaaaa;

// === Interleaving ===

/** Puts a zero in front of each of 32 bits. */
function spread(value: u64): u64 {
  let x = value & 0xffffffff;
  x = (x | (x << 16)) & 0x0000ffff0000ffff;
  x = (x | (x << 8)) & 0x00ff00ff00ff00ff;
  x = (x | (x << 4)) & 0x0f0f0f0f0f0f0f0f;
  x = (x | (x << 2)) & 0x3333333333333333;
  return (x | (x << 1)) & LATITUDE_BITS;
}

/** The even bits. */
function gather(value: u64): u32 {
  let x = value & LATITUDE_BITS;
  x = (x | (x >> 1)) & 0x3333333333333333;
  x = (x | (x >> 2)) & 0x0f0f0f0f0f0f0f0f;
  x = (x | (x >> 4)) & 0x00ff00ff00ff00ff;
  x = (x | (x >> 8)) & 0x0000ffff0000ffff;
  return <u32>(x | (x >> 16));
}

function encode(longitude: f64, latitude: f64, latitudeMax: f64, step: u32): u64 {
  const parts = <f64>(<u64>1 << step);
  const y = (latitude + latitudeMax) / (latitudeMax + latitudeMax) * parts;
  const x = (longitude + LONGITUDE_MAX) / (LONGITUDE_MAX + LONGITUDE_MAX) * parts;
  return spread(<u64>y) | (spread(<u64>x) << 1);
}

/** Bits of the cell of a step that holds a place on the map. */
export function cellBits(longitude: f64, latitude: f64, step: u32): u64 {
  return encode(longitude, latitude, LATITUDE_MAX, step);
}

/** Bits of the same on a map to the poles, 26 steps: the standard's geohash. */
export function standardBits(longitude: f64, latitude: f64): u64 {
  return encode(longitude, latitude, POLE, STEP_MAX);
}

/** Lowest score of the cell; that of the next cell is above all of its scores. */
export function scoreOfBits(bits: u64, step: u32): u64 {
  return bits << (52 - step * 2);
}

// === Edges of a cell ===

export let west: f64 = 0;
export let east: f64 = 0;
export let south: f64 = 0;
export let north: f64 = 0;

/** Finds the edges of a cell. */
export function findEdges(bits: u64, step: u32): void {
  const parts = <f64>(<u64>1 << step);
  const y = gather(bits);
  const x = gather(bits >> 1);
  const height = LATITUDE_MAX + LATITUDE_MAX;
  const width = LONGITUDE_MAX + LONGITUDE_MAX;
  south = -LATITUDE_MAX + <f64>y / parts * height;
  north = -LATITUDE_MAX + <f64>(y + 1) / parts * height;
  west = -LONGITUDE_MAX + <f64>x / parts * width;
  east = -LONGITUDE_MAX + <f64>(x + 1) / parts * width;
}

// === Places of scores ===

/** The place that `decodeScore` found. */
export let longitude: f64 = 0;
export let latitude: f64 = 0;

const TWO_63: f64 = 9223372036854775808.0;

/** A score as bits, those that are no bits as a processor of Intel's converts them. */
function bitsOfScore(score: f64): u64 {
  if (isNaN<f64>(score) || score <= -TWO_63 || score >= 2 * TWO_63) return score > 0 ? <u64>0 : <u64>1 << 63;
  return score < 0 ? <u64><i64>score : <u64>score;
}

function within(value: f64, most: f64): f64 {
  return value > most ? most : value < -most ? -most : value;
}

/** Finds the place of a score: the middle of its cell. */
export function decodeScore(score: f64): void {
  findEdges(bitsOfScore(score), STEP_MAX);
  longitude = within((west + east) / 2, LONGITUDE_MAX);
  latitude = within((south + north) / 2, LATITUDE_MAX);
}

// === Neighbours ===

/** Moves a cell by −1, 0 or 1 in each direction, around the map at its edges. */
export function neighbourBits(bits: u64, step: u32, eastward: i32, northward: i32): u64 {
  const shift = <u64>(64 - step * 2);
  const x = moved(bits & LONGITUDE_BITS, eastward, LATITUDE_BITS >> shift, LONGITUDE_BITS >> shift);
  const y = moved(bits & LATITUDE_BITS, northward, LONGITUDE_BITS >> shift, LATITUDE_BITS >> shift);
  return x | y;
}

/** Moves an index whose bits are those of `mask`; `between` are the bits between them. */
function moved(index: u64, by: i32, between: u64, mask: u64): u64 {
  if (by == 0) return index;
  // The bits between carry from one bit of the index to the next.
  const sum = by > 0 ? index + (between + 1) : (index | between) - (between + 1);
  return sum & mask;
}
