// === Distances on the earth ===
//
// The earth is a sphere, distances are those along great circles by the haversine
// formula, in Redis's order of operations.

import { arcSine, cosine, sine } from "./trigonometry";

const EARTH_RADIUS_METERS: f64 = 6372797.560856;
const RADIAN: f64 = 3.141592653589793 / 180.0;

export function radians(degrees: f64): f64 {
  return degrees * RADIAN;
}

/** Degrees that an arc of so many meters has. */
export function degreesOfArc(meters: f64): f64 {
  return meters / EARTH_RADIUS_METERS / RADIAN;
}

/** Degrees that an arc of so many meters has along a circle of latitude. */
export function degreesOfParallel(meters: f64, latitude: f64): f64 {
  return meters / EARTH_RADIUS_METERS / cosine(radians(latitude)) / RADIAN;
}

/** Meters between two places. */
export function distanceOf(longitude: f64, latitude: f64, otherLongitude: f64, otherLatitude: f64): f64 {
  const y = radians(latitude);
  const otherY = radians(otherLatitude);
  const u = sine((otherY - y) / 2);
  const v = sine((radians(otherLongitude) - radians(longitude)) / 2);
  const square = u * u + cosine(y) * cosine(otherY) * v * v;
  return 2.0 * EARTH_RADIUS_METERS * arcSine(Math.sqrt(square));
}

// === Units ===

export const UNIT_METERS: f64 = 1;
export const UNIT_KILOMETERS: f64 = 1000;
export const UNIT_FEET: f64 = 0.3048;
export const UNIT_MILES: f64 = 1609.34;
