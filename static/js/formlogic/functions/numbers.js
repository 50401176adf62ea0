/** Functions of numbers. */

import { stripped } from "../spaces.js";
import { textOf, toNumber } from "../values.js";
import { ofNumbers } from "./signature.js";

const MAX_DIGITS = 30;
const MAX_MULTIPLIED = 256;

/** Halves go up, so that -0.5 becomes 0 (XPath 1.0, 4.4); in decimal, so that 1.005 is half. */
export function roundHalfUp(value, digits = 0) {
  if (!Number.isFinite(value)) return value;
  if (!(Math.abs(digits) <= MAX_DIGITS)) return NaN;
  const places = Math.trunc(digits);
  const moved = shifted(value, places);
  if (!Number.isFinite(moved)) return value; // there is nothing so far behind the point
  const below = Math.floor(moved);
  return shifted(below + (moved - below >= 0.5), -places);
}

/** The number whose decimal is that of `value` with its point moved. */
function shifted(value, places) {
  const [decimal, exponent = 0] = String(value).split("e");
  return +`${decimal}e${+exponent + places}` + 0;
}

/** Without the fraction; adding 0 makes -0 a plain 0. */
export const whole = (value) => Math.trunc(value) + 0;

/** Small whole powers by multiplying: libraries of mathematics differ in their last digits. */
function power(base, exponent) {
  if (exponent !== whole(exponent) || Math.abs(exponent) > MAX_MULTIPLIED) return base ** exponent;
  let product = 1;
  for (let times = Math.abs(exponent); times; times = Math.floor(times / 2)) {
    if (times % 2) product *= base;
    base *= base;
  }
  return exponent < 0 ? 1 / product : product;
}

/** Numbers of all that is answered; blanks are left out, as ODK Collect does. */
const answeredNumbers = (c, values) =>
  values
    .flatMap((value) => (Array.isArray(value) ? value.map(textOf) : [value]))
    .filter((value) => typeof value !== "string" || stripped(value))
    .map((value) => toNumber(value, c.zone));

const extreme = (isBetter) => (c, ...values) => {
  const numbers = answeredNumbers(c, values);
  if (!numbers.length || numbers.some(Number.isNaN)) return NaN;
  return numbers.reduce((best, one) => (isBetter(one, best) ? one : best));
};

export const FUNCTIONS = {
  abs: ofNumbers(Math.abs),
  acos: ofNumbers(Math.acos),
  asin: ofNumbers(Math.asin),
  atan: ofNumbers(Math.atan),
  atan2: ofNumbers(Math.atan2),
  ceiling: ofNumbers((value) => Math.ceil(value) + 0),
  cos: ofNumbers(Math.cos),
  exp: ofNumbers(Math.exp),
  exp10: ofNumbers((value) => power(10, value)),
  floor: ofNumbers((value) => Math.floor(value) + 0),
  int: ofNumbers(whole),
  log: ofNumbers(Math.log),
  log10: ofNumbers(Math.log10),
  max: extreme((one, best) => one > best),
  min: extreme((one, best) => one < best),
  number: (c, value = [c.node]) => toNumber(value, c.zone),
  pi: () => Math.PI,
  pow: ofNumbers(power),
  round: ofNumbers(roundHalfUp),
  sin: ofNumbers(Math.sin),
  sqrt: ofNumbers(Math.sqrt),
  sum: (c, ...values) => answeredNumbers(c, values).reduce((total, one) => total + one, 0),
  tan: ofNumbers(Math.tan),
};
