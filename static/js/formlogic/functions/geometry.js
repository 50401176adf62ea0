/** Functions of places on Earth: points, traces and shapes. */

import { stripped, wordsOf } from "../spaces.js";
import { DECIMAL, textsOf } from "../values.js";
import { roundHalfUp } from "./numbers.js";

const EARTH_RADIUS_M = 6_378_100; // as in JavaRosa and ODK Web Forms

/** The points of a trace, a shape or a set of points; null where one of them is none. */
function pointsOf(value) {
  const parts = textsOf([value]).flatMap((text) => text.split(";")).filter(stripped);
  const points = parts.map(pointOf);
  return points.every(Boolean) ? points : null;
}

/** Latitude and longitude in degrees. */
function pointOf(text) {
  const [latitude, longitude] = wordsOf(text).map((word) => (DECIMAL.test(word) ? +word : NaN));
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? [latitude, longitude] : null;
}

const radians = (degrees) => degrees * (Math.PI / 180);
const pairsOf = (points) => points.slice(1).map((point, at) => [points[at], point]);

/** Square metres inside a shape, to the square centimetre. */
function area(c, value) {
  const points = pointsOf(value) ?? [];
  if (points.length < 3) return 0;
  let total = 0;
  for (const [[lat1, lon1], [lat2, lon2]] of pairsOf([...points, points[0]])) {
    const sines = 2 + Math.sin(radians(lat1)) + Math.sin(radians(lat2));
    total += radians(lon2 - lon1) * sines;
  }
  return roundHalfUp(Math.abs((total * EARTH_RADIUS_M ** 2) / 2), 2);
}

/** Metres along a trace, or around a shape, to the centimetre. */
function distance(c, ...values) {
  const found = values.map(pointsOf);
  if (!found.every(Boolean)) return NaN;
  return roundHalfUp(pairsOf(found.flat()).reduce((sum, [a, b]) => sum + metres(a, b), 0), 2);
}

/** The great circle, by the haversine formula. */
function metres(a, b) {
  const [lat1, lon1, lat2, lon2] = [...a, ...b].map(radians);
  const [north, east] = [Math.sin((lat2 - lat1) / 2), Math.sin((lon2 - lon1) / 2)];
  const chord = north * north + Math.cos(lat1) * Math.cos(lat2) * (east * east);
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(Math.min(1, chord)));
}

/** Whether a point lies inside a closed shape (the crossing rule, on a flat map). */
function geofence(c, point, shape) {
  const [found, corners] = [pointsOf(point), pointsOf(shape)];
  if (!found?.length || !corners?.length || String(corners[0]) !== String(corners.at(-1))) return false;
  const [y, x] = found[0];
  const crossed = pairsOf(corners).filter(
    ([[y1, x1], [y2, x2]]) => y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1,
  );
  return crossed.length % 2 === 1;
}

/** Whether a trace or the outline of a shape crosses or touches itself. */
function intersects(c, value) {
  const sides = pairsOf(pointsOf(value) ?? []);
  return sides.some(([a, b], at) =>
    sides.some(([p, q], later) => {
      const isRing = at === 0 && later === sides.length - 1 && String(a) === String(q);
      return later > at + 1 && !isRing && doCross(a, b, p, q);
    }),
  );
}

function doCross(a, b, p, q) {
  const turns = [turn(a, b, p), turn(a, b, q), turn(p, q, a), turn(p, q, b)];
  if (turns[0] !== turns[1] && turns[2] !== turns[3]) return true;
  const ends = [[a, b, p], [a, b, q], [p, q, a], [p, q, b]];
  return ends.some((end, at) => turns[at] === 0 && isWithin(...end));
}

/** 1 to the left, -1 to the right, 0 straight on. */
const turn = (a, b, p) =>
  Math.sign((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]));

const isWithin = (a, b, p) =>
  [0, 1].every((k) => Math.min(a[k], b[k]) <= p[k] && p[k] <= Math.max(a[k], b[k]));

export const FUNCTIONS = { area, distance, geofence, intersects };
