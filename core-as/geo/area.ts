// === The cells in which places near a place can be ===
//
// An area is a circle or a box around its middle. The cell that holds the middle,
// of a step whose cells are about as large as the area, and its eight neighbours
// cover it; those that the area cannot reach are left out. Which cells are looked
// at, and in which order, is Redis's: unsorted results come in it.

import {
  cellBits, east, findEdges, neighbourBits, north, south, STEP_MAX, west,
} from "./cells";
import { degreesOfArc, degreesOfParallel, distanceOf } from "./distance";
import { keyScratch } from "../memory/state";

// === The area ===

export let middleLongitude: f64 = 0;
export let middleLatitude: f64 = 0;
/** Half the height and half the width, or the radius twice, in meters. */
let heightReach: f64 = 0;
let widthReach: f64 = 0;
let isBox: bool = false;
let radius: f64 = 0;
let boxWidth: f64 = 0;
let boxHeight: f64 = 0;

export function setMiddle(longitude: f64, latitude: f64): void {
  middleLongitude = longitude;
  middleLatitude = latitude;
}

/** Makes the area a circle; `unit` is the unit's length in meters. */
export function setCircle(reach: f64, unit: f64): void {
  isBox = false;
  radius = reach * unit;
  heightReach = unit * reach;
  widthReach = unit * reach;
}

/** Makes the area a box; `unit` is the unit's length in meters. */
export function setBox(width: f64, height: f64, unit: f64): void {
  isBox = true;
  radius = Math.sqrt((width / 2) * (width / 2) + (height / 2) * (height / 2)) * unit;
  heightReach = unit * (height / 2);
  widthReach = unit * (width / 2);
  boxWidth = width * unit;
  boxHeight = height * unit;
}

/** Meters from the middle to the place that `isInside` looked at. */
export let distance: f64 = 0;

/** Whether a place is in the area. */
export function isInside(longitude: f64, latitude: f64): bool {
  if (isBox) {
    const across = distanceOf(longitude, latitude, middleLongitude, latitude);
    if (across > boxWidth / 2) return false;
    if (distanceOf(longitude, latitude, longitude, middleLatitude) > boxHeight / 2) return false;
  }
  distance = distanceOf(middleLongitude, middleLatitude, longitude, latitude);
  return isBox || !(distance > radius);
}

// === Its cells ===

/** Half the earth's circumference on a Mercator map, meters. */
const MERCATOR_MAX: f64 = 20037726.37;

/** Step of cells that are about as large as the area. */
function estimateStep(): u32 {
  if (radius == 0) return STEP_MAX;
  let step: i32 = 1;
  for (let reach = radius; reach < MERCATOR_MAX; reach *= 2) step++;
  step -= 2;
  // Cells become narrow towards the poles.
  const latitude = abs<f64>(middleLatitude);
  if (latitude > 66) step--;
  if (latitude > 80) step--;
  return <u32>min(max(step, 1), <i32>STEP_MAX);
}

/** Edges of the area in degrees. */
let areaWest: f64 = 0;
let areaEast: f64 = 0;
let areaSouth: f64 = 0;
let areaNorth: f64 = 0;

/** Finds the edges. Requires: the area is less than a quarter of the earth high. */
function findBounds(): void {
  const high = degreesOfArc(heightReach);
  // The circle of latitude nearer to the pole has more degrees.
  const far = middleLatitude < 0 ? middleLatitude - high : middleLatitude + high;
  const wide = degreesOfParallel(widthReach, far);
  areaWest = middleLongitude - wide;
  areaEast = middleLongitude + wide;
  areaSouth = middleLatitude - high;
  areaNorth = middleLatitude + high;
}

/** Whether the cells around the middle one reach as far as the area. */
function isCovered(bits: u64, step: u32): bool {
  findEdges(neighbourBits(bits, step, 0, 1), step);
  if (north < areaNorth) return false;
  findEdges(neighbourBits(bits, step, 0, -1), step);
  if (south > areaSouth) return false;
  findEdges(neighbourBits(bits, step, 1, 0), step);
  if (east < areaEast) return false;
  findEdges(neighbourBits(bits, step, -1, 0), step);
  return !(west > areaWest);
}

/** Moves to the cells, in the order in which they are searched: east, then north, plus one. */
const MOVES = memory.data<u8>([1, 1, 1, 2, 1, 0, 2, 1, 0, 1, 2, 2, 0, 2, 2, 0, 0, 0], 2);
const CELLS: u32 = 9;

/** Step of the cells. */
export let cellStep: u32 = 0;
/** Number of cells. */
export let cellCount: u32 = 0;

/** Bits of cell `index`. */
export function cellAt(index: u32): u64 {
  return load<u64>(cellsAt() + (<usize>index << 3));
}

/** Behind what sorted_sets/results.ts keeps there. */
function cellsAt(): usize {
  return keyScratch() + 2048;
}

/** Whether the area may reach the neighbours in a direction. */
function reaches(eastward: i32, northward: i32): bool {
  if (northward < 0 && south < areaSouth) return false;
  if (northward > 0 && north > areaNorth) return false;
  if (eastward < 0 && west < areaWest) return false;
  return !(eastward > 0 && east > areaEast);
}

/** Finds the cells to search. */
export function findCells(): void {
  let step = estimateStep();
  let bits = cellBits(middleLongitude, middleLatitude, step);
  if (step > 1) {
    findBounds();
    if (!isCovered(bits, step)) bits = cellBits(middleLongitude, middleLatitude, --step);
  }
  cellStep = step;
  cellCount = 0;
  for (let index: u32 = 0; index < CELLS; index++) {
    const eastward = <i32>load<u8>(MOVES + (index << 1)) - 1;
    const northward = <i32>load<u8>(MOVES + (index << 1), 1) - 1;
    if (step >= 2) {
      findEdges(bits, step);
      if (!reaches(eastward, northward)) continue;
    }
    const cell = neighbourBits(bits, step, eastward, northward);
    // On a map of few cells two neighbours may be one.
    if (cellCount > 1 && cell == cellAt(cellCount - 1)) continue;
    store<u64>(cellsAt() + (<usize>cellCount << 3), cell);
    cellCount++;
  }
}
