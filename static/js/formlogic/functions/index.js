/** Every function that forms may call, by name; those that few forms call are loaded when one does. */

import * as dates from "./dates.js";
import * as nodes from "./nodes.js";
import * as numbers from "./numbers.js";
import * as strings from "./strings.js";

const FUNCTIONS = {
  ...strings.FUNCTIONS,
  ...numbers.FUNCTIONS,
  ...dates.FUNCTIONS,
  ...nodes.FUNCTIONS,
};
const MODULES = [
  [["area", "distance", "geofence", "intersects"], () => import("./geometry.js")],
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
