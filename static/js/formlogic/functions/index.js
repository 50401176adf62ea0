/** Every function that forms may call, by name; those that few forms call are loaded when one does. */

import * as nodes from "./nodes.js";
import * as numbers from "./numbers.js";
import * as strings from "./strings.js";

const FUNCTIONS = {
  ...strings.FUNCTIONS,
  ...numbers.FUNCTIONS,
  ...nodes.FUNCTIONS,
};
const DATES = ["date", "date-time", "decimal-date-time", "decimal-time", "format-date", "format-date-time", "now", "today"];
const MODULES = [
  [DATES, () => import("./dates.js")],
  [["area", "distance", "geofence", "intersects"], () => import("./geometry.js")],
  [["instance", "pulldata"], () => import("./instances.js")],
  [["regex"], () => import("./patterns.js")],
  [["random", "randomize", "uuid"], () => import("./randomness.js")],
  [["base64-decode", "digest"], () => import("./secrets.js")],
];

/**
 * Bring what these functions need; after that, expressions that call them can be compiled.
 *
 * @param {Iterable<string>} names
 */
export async function loadFunctions(names) {
  const wanted = new Set(names);
  const loaders = MODULES.filter(([offered]) => offered.some((name) => wanted.has(name)));
  for (const module of await Promise.all(loaders.map(([, load]) => load()))) {
    Object.assign(FUNCTIONS, module.FUNCTIONS);
  }
}

/** Throws for a function that is unknown or not loaded: nothing comes out blank unnoticed. */
export function functionNamed(name) {
  if (!Object.hasOwn(FUNCTIONS, name)) throw new Error(`The function ${name}() is not loaded.`);
  return FUNCTIONS[name];
}
