/** Predicates that ask whether a column of an item has a value. */

import { functionsOf } from "./dependencies.js";
import { TIDY } from "./steps.js";

const ALONE = ["current", "false", "now", "pi", "today", "true"];
const VARYING = ["once", "random", "randomize", "uuid"];

/** What must all hold. */
export const conjuncts = (predicate) =>
  predicate[0] === "and" ? predicate.slice(1).flatMap(conjuncts) : [predicate];

/** The operands of an equality between a column of an item and what no item has a part in. */
export function columnAndValue([kind, a, b]) {
  if (kind !== "=") return undefined;
  return [[a, b], [b, a]].find(([column, value]) => isColumn(column) && isIndependent(value) && isSteady(value));
}

const isColumn = ([kind, start, steps]) =>
  kind === "path" &&
  start === null &&
  steps.every(([axis, , predicates]) => TIDY.includes(axis) && !predicates.length);

const isSteady = (node) => !VARYING.some((name) => functionsOf(node).has(name));

/** Whether it has one value wherever it is evaluated within the expression. */
function isIndependent([kind, inner, ...others]) {
  if (kind === "num" || kind === "str") return true;
  if (kind === "path") return inner === "/" || (inner !== null && isIndependent(inner));
  if (kind === "filter") return isIndependent(inner);
  if (kind !== "call") return [inner, ...others].every(isIndependent);
  const [values] = others;
  return values.length ? values.every(isIndependent) : ALONE.includes(inner);
}

/** The name of the column that an expression about an item is; undefined where it is more. */
export function cellOf([kind, start, steps]) {
  const [[axis, name, predicates] = [], ...more] = kind === "path" && start === null ? steps : [];
  return axis === "child" && /^[^:*()]+$/.test(name) && !predicates.length && !more.length ? name : undefined;
}
