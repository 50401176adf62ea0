/** Operators of XPath 1.0, sections 3.4 and 3.5, with dates. */

import { Moment, timeOfDay } from "./moments.js";
import { inDocumentOrder } from "./tree.js";
import { nodesOf, textOf, toBoolean, toMoment, toNumber, toText } from "./values.js";

export const ARITHMETIC = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
};
export const ORDER = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/** `=`: of a set of nodes, whether any of them is equal. */
export const isEqual = (a, b, zone) => anyPair(a, b, zone, same);

/** `!=`: of a set of nodes, whether any of them is unequal. */
export const isUnequal = (a, b, zone) => anyPair(a, b, zone, (x, y, at) => !same(x, y, at));

/** `<`, `<=`, `>`, `>=`: of a set of nodes, whether any of them is so. */
export function isOrdered(compare, a, b, zone) {
  if (Array.isArray(a)) return a.some((node) => isOrdered(compare, textOf(node), b, zone));
  if (Array.isArray(b)) return b.some((node) => compare(...comparable(a, textOf(node), zone)));
  return compare(...comparable(a, b, zone));
}

function anyPair(a, b, zone, holds) {
  if (Array.isArray(a) && typeof b !== "boolean") {
    return a.some((node) => anyPair(textOf(node), b, zone, holds));
  }
  if (Array.isArray(b) && typeof a !== "boolean") {
    return b.some((node) => holds(a, textOf(node), zone));
  }
  return holds(a, b, zone);
}

function same(a, b, zone) {
  if (typeof a === "string" && typeof b === "string") return a === b;
  if (typeof a === "boolean" || typeof b === "boolean") return toBoolean(a) === toBoolean(b);
  if (a instanceof Moment || b instanceof Moment) return sameMoment(a, b, zone);
  return toNumber(a, zone) === toNumber(b, zone);
}

function sameMoment(a, b, zone) {
  if (typeof a === "number" || typeof b === "number") return toNumber(a, zone) === toNumber(b, zone);
  const [first, second] = [toMoment(a, zone), toMoment(b, zone)];
  return first && second ? first.instant === second.instant : toText(a) === toText(b);
}

/** Moments compare as instants, times of day as such, anything else as numbers. */
function comparable(a, b, zone) {
  const areTexts = typeof a === "string" && typeof b === "string";
  if (areTexts || a instanceof Moment || b instanceof Moment) {
    const [first, second] = [toMoment(a, zone), toMoment(b, zone)];
    if (first && second) return [first.instant, second.instant];
  }
  if (areTexts && a.includes(":") && b.includes(":")) return [timeOfDay(a, zone), timeOfDay(b, zone)];
  return [toNumber(a, zone), toNumber(b, zone)];
}

export const unite = (a, b) => inDocumentOrder([...nodesOf(a), ...nodesOf(b)]);
