/** Functions of dates and times. */

import { momentFromDays, momentFromInstant, momentFromTime, timeOfDay } from "../moments.js";
import { toMoment, toText } from "../values.js";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LETTERS = {
  Y: (at) => padded(at.getUTCFullYear(), 4),
  y: (at) => padded(at.getUTCFullYear() % 100, 2),
  m: (at) => padded(at.getUTCMonth() + 1, 2),
  n: (at) => at.getUTCMonth() + 1,
  b: (at) => MONTHS[at.getUTCMonth()],
  d: (at) => padded(at.getUTCDate(), 2),
  e: (at) => at.getUTCDate(),
  H: (at) => padded(at.getUTCHours(), 2),
  h: (at) => at.getUTCHours(),
  M: (at) => padded(at.getUTCMinutes(), 2),
  S: (at) => padded(at.getUTCSeconds(), 2),
  3: (at) => padded(at.getUTCMilliseconds(), 3),
  a: (at) => DAYS[at.getUTCDay()],
  "%": () => "%",
};

const padded = (number, length) => String(number).padStart(length, "0");

const dayOf = (moment, zone) => momentFromDays(Math.floor(moment.days), zone);

/** The day of an answer or a number of days; a written time is kept, as ODK Collect does. */
function toDate(c, value) {
  if (typeof value === "number") return momentFromDays(value, c.zone) ?? "";
  const moment = toMoment(value, c.zone);
  if (!moment || typeof value === "string") return moment ?? "";
  return dayOf(moment, c.zone);
}

function toDatetime(c, value) {
  const moment = typeof value === "number" ? momentFromInstant(value, c.zone) : toMoment(value, c.zone);
  return moment ?? "";
}

/** Days since 1970-01-01T00:00Z, with the time as a fraction. */
function decimalDateTime(c, value) {
  return typeof value === "number" ? value : (toMoment(value, c.zone)?.instant ?? NaN);
}

/** The fraction of the local day that has passed. */
function decimalTime(c, value) {
  const moment = toMoment(value, c.zone);
  if (moment && !moment.hasTime) return 0;
  return timeOfDay(moment ? moment.text.slice(11, 23) : toText(value), c.zone);
}

/** A date or a time in the specification's letters, English; letters it does not have stay. */
function formatDate(c, value, pattern) {
  const moment = toDatetime(c, value) || momentFromTime(toText(value), c.zone);
  if (!moment) return "";
  const at = new Date(`${moment.text.slice(0, 23)}${moment.hasTime ? "Z" : ""}`);
  return toText(pattern).replace(/%(.)/gs, (found, letter) => LETTERS[letter]?.(at) ?? found);
}

export const FUNCTIONS = {
  date: toDate,
  "date-time": toDatetime,
  "decimal-date-time": decimalDateTime,
  "decimal-time": decimalTime,
  "format-date": formatDate,
  "format-date-time": formatDate,
  now: (c) => c.environment.now,
  today: (c) => dayOf(c.environment.now, c.zone),
};
