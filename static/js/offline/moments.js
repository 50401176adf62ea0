/** Moments and sizes as people read them, in the language of the page. */

const MB = 1_000_000;
const GB = 1_000_000_000;

const language = () => document.documentElement.lang || "en";

/** "Nov 30, 14:30"; of today only the time. @param {number | string | Date} moment */
export function timeOf(moment) {
  const at = new Date(moment);
  const isToday = at.toDateString() === new Date().toDateString();
  const day = isToday ? {} : { month: "short", day: "numeric" };
  return new Intl.DateTimeFormat(language(), { ...day, hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
}

/** "Nov 30, 2026, 14:30:05", as a receipt has it. @param {string} moment */
export const momentOf = (moment) =>
  new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "medium", hour12: false }).format(new Date(moment));

/** "3.2 MB", "11 GB". @param {number} bytes */
export function sizeOf(bytes) {
  const [size, unit] = bytes < GB ? [bytes / MB, "megabyte"] : [bytes / GB, "gigabyte"];
  const digits = { maximumFractionDigits: size < 10 ? 1 : 0 };
  return new Intl.NumberFormat(language(), { style: "unit", unit, ...digits }).format(size);
}
