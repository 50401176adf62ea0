/** Where the phone is: readings that get better while they are watched, and texts that say it. */

import { say } from "../words.js";

const TOO_LONG_MS = 60_000;
const FORBIDDEN = 1; // the other faults may pass
const EVERY_MS = 1_000;
const EARTH_M = 6_378_100;
const NUMBER = /^[-+]?\d+(\.\d+)?$/;

/** @typedef {{latitude: number, longitude: number, altitude: number | null, accuracy: number}} Reading */

const rounded = (number, digits) => String(Number(number.toFixed(digits)));

/** A reading as instances hold it. @param {Reading} reading */
export function textOf({ latitude, longitude, altitude, accuracy }) {
  return [rounded(latitude, 7), rounded(longitude, 7), rounded(altitude ?? 0, 1), rounded(accuracy, 1)].join(" ");
}

/** What was typed as a point, with one space between its numbers. */
export const tidied = (text) => text.normalize("NFKC").replace(/[\s,、°]+/g, " ").trim();

/** The point in a text, or null: latitude, longitude, and perhaps altitude and accuracy. */
export function pointOf(text) {
  const parts = tidied(text).split(" ");
  if (parts.length < 2 || parts.length > 4 || !parts.every((part) => NUMBER.test(part))) return null;
  const [latitude, longitude, altitude = 0, accuracy = 0] = parts.map(Number);
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  return { latitude, longitude, altitude, accuracy };
}

/** Metres between two points. */
export function between(a, b) {
  const radians = (degrees) => (degrees * Math.PI) / 180;
  const [dLat, dLon] = [radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)];
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(h));
}

/**
 * Readings as they come, until the function that is returned is called.
 * @param {(reading: Reading) => void} onReading
 * @param {(sentence: string, isFinal: boolean) => void} onFault
 */
export function watch(onReading, onFault) {
  if (!navigator.geolocation || !isSecureContext) {
    onFault(say("no_gps"), true);
    return () => {};
  }
  const options = { enableHighAccuracy: true, timeout: TOO_LONG_MS, maximumAge: EVERY_MS };
  const faults = { [FORBIDDEN]: "gps_forbidden", 2: "gps_lost", 3: "gps_late" };
  const id = navigator.geolocation.watchPosition(
    ({ coords }) => onReading(coords),
    ({ code }) => onFault(say(faults[code] ?? "gps_lost"), code === FORBIDDEN),
    options,
  );
  return () => navigator.geolocation.clearWatch(id);
}
