/** Which nodes a predicate keeps. */

import { toBoolean } from "./values.js";

/** The nodes, or those at some places among them, for which the predicate holds. */
export function nodesWhere(predicate, c, nodes, places = nodes.keys()) {
  const inside = c.inside(nodes.length);
  const kept = [];
  for (const at of places) {
    inside.node = nodes[at];
    inside.position = at + 1;
    if (selects(predicate(inside), at + 1)) kept.push(nodes[at]);
  }
  return kept;
}

/** A number selects by position, nodes by being there at all, even if they are blank. */
function selects(value, position) {
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === "number" ? value === position : toBoolean(value);
}
