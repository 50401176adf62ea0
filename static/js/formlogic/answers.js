/** How answers are written: whether a text is of its type, and how a calculated value is stored. */

import { whole } from "./functions/numbers.js";
import { momentFromDays, momentFromText, timeOfDay } from "./moments.js";
import { stripped, wordsOf } from "./spaces.js";
import { DECIMAL, numberFromText, toMoment, toText } from "./values.js";

const INTEGER = /^[-+]?[0-9]+$/;
const ISO_DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const TOLERANCE = 1e-9;

const isDate = (text) => ISO_DAY.test(text) && momentFromText(text, 0) !== null;
const isDatetime = (text) => text.includes("T") && momentFromText(text, 0) !== null;
const isTime = (text) => timeOfDay(text, 0) === timeOfDay(text, 0);

/** Latitude, longitude and perhaps altitude and accuracy. */
function isPoint(text) {
  const numbers = wordsOf(text);
  if (numbers.length < 2 || numbers.length > 4 || !numbers.every((one) => DECIMAL.test(one))) return false;
  return Math.abs(numbers[0]) <= 90 && Math.abs(numbers[1]) <= 180;
}

function isTrace(text) {
  const points = text.split(";").filter(stripped);
  return points.length >= 2 && points.every(isPoint);
}

const TYPES = {
  int: (text) => INTEGER.test(text),
  decimal: (text) => DECIMAL.test(text),
  boolean: (text) => ["true", "false", "1", "0"].includes(text),
  date: isDate,
  time: isTime,
  dateTime: isDatetime,
  geopoint: isPoint,
  geotrace: isTrace,
  geoshape: isTrace,
};

/** Whether an answer is written as its type is; types that are not listed take any text. */
export const isOfType = (text, type) => TYPES[type]?.(text) ?? true;

/** A calculated value as an answer. What is not a number is no answer. */
export function written(value, type, zone) {
  if (typeof value === "number") {
    if (value !== value) return "";
    if (type === "date") return momentFromDays(value, zone)?.text ?? "";
    return toText(type === "int" ? whole(value) : value);
  }
  if (typeof value === "boolean" && ["int", "decimal"].includes(type)) return value ? "1" : "0";
  return toText(value);
}

/** Whether two texts say the same number, the same day or the same words. */
export function isSame(stored, computed, zone) {
  if (stripped(stored) === stripped(computed)) return true;
  const [first, second] = [toMoment(stored, zone), toMoment(computed, zone)];
  if (first && second) return first.text.slice(0, 10) === second.text.slice(0, 10);
  const [a, b] = [numberFromText(stored, zone), numberFromText(computed, zone)];
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b));
}
