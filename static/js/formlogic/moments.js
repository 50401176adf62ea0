/** Dates and times of day: ISO texts to moments, counted in days of the interview's own clock. */

import { stripped } from "./spaces.js";

export const DAY_MS = 864e5;
const MINUTE_MS = 6e4;
const FIRST_MS = -62135596800000; // 0001-01-01
const LAST_MS = 253402300799999; // 9999-12-31
const TIME = String.raw`(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(?:(Z)|([-+])(\d{2})(?::?(\d{2}))?)?`;
const MOMENT = new RegExp(String.raw`^(\d{4})-(\d{1,2})-(\d{1,2})(?:T${TIME})?$`);
const CLOCK = new RegExp(`^${TIME}$`);

/**
 * A date, or a date with a time.
 *
 * `text` is ISO in the interview's zone, `days` counts its local days since 1970-01-01 (whole for a
 * date), `instant` the days since midnight of that day in UTC. Zones are minutes ahead of UTC.
 */
export class Moment {
  constructor(text, days, instant) {
    this.text = text;
    this.days = days;
    this.instant = instant;
  }

  get hasTime() {
    return this.text.includes("T");
  }
}

/** The moment at milliseconds of the local clock since 1970-01-01; null where no calendar has it. */
function momentOf(localMs, zone, hasTime) {
  if (!(localMs >= FIRST_MS && localMs <= LAST_MS)) return null;
  const iso = new Date(localMs).toISOString();
  const text = hasTime ? iso.slice(0, 23) + offsetText(zone) : iso.slice(0, 10);
  return new Moment(text, localMs / DAY_MS, (localMs - zone * MINUTE_MS) / DAY_MS);
}

function offsetText(zone) {
  const ahead = Math.abs(zone);
  const [hours, minutes] = [Math.trunc(ahead / 60), ahead % 60].map((part) => String(part).padStart(2, "0"));
  return `${zone < 0 ? "-" : "+"}${hours}:${minutes}`;
}

/** The local date that many days after 1970-01-01; null where no calendar has it. */
export const momentFromDays = (days, zone) => momentOf(Math.trunc(days) * DAY_MS + 0, zone, false);

/** The date and time that many days after 1970-01-01T00:00Z, to the millisecond. */
export const momentFromInstant = (days, zone) =>
  momentOf(Math.floor(days * DAY_MS + 0.5) + zone * MINUTE_MS, zone, true);

/** The date, or date with time, of an ISO text; null where it is neither. */
export function momentFromText(text, zone) {
  const match = MOMENT.exec(text);
  const dayMs = match ? midnight(+match[1], +match[2], +match[3]) : NaN;
  if (!match?.[4]) return momentOf(dayMs, zone, false);
  const [clockMs, offset = zone] = clockOf(match.slice(4));
  return momentOf(dayMs + clockMs + (zone - offset) * MINUTE_MS, zone, true);
}

/** A time of day on 1970-01-01; null where the text is none. */
export function momentFromTime(text, zone) {
  const match = CLOCK.exec(stripped(text));
  if (!match) return null;
  const [clockMs, offset = zone] = clockOf(match.slice(1));
  const sinceMs = clockMs + (zone - offset) * MINUTE_MS;
  return momentOf(((sinceMs % DAY_MS) + DAY_MS) % DAY_MS, zone, true);
}

/** A time of day as a fraction of the local day; NaN where the text is none. */
export const timeOfDay = (text, zone) => momentFromTime(text, zone)?.days ?? NaN;

function midnight(year, month, day) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : NaN;
}

/** The milliseconds since midnight and, where it is written, the offset; NaN for no time. */
function clockOf([hour, minute, second = "0", fraction = "0", utc, sign, hours, minutes = "0"]) {
  const ms = +fraction.padEnd(3, "0").slice(0, 3);
  const isTime = hour < 24 && minute < 60 && second < 60 && minutes < 60 && !(hours >= 24);
  const clockMs = isTime ? ((+hour * 60 + +minute) * 60 + +second) * 1000 + ms : NaN;
  const ahead = +hours * 60 + +minutes;
  return [clockMs, utc ? 0 : sign ? (sign === "-" ? -ahead : ahead) : undefined];
}
