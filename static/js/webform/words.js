/** The sentences of the page, translated by the server and carried by the page. */

import { carried } from "./dom.js";

let words = {};

/** Read them from the page as it is now; again when another language takes its place. */
export function learn(id = "words") {
  words = carried(id);
}

/**
 * A sentence by its key. `%(name)s` is replaced; of a pair, the first is for a `count` of one.
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 * @returns {string}
 */
export function say(key, values = {}) {
  const entry = words[key] ?? key;
  const sentence = Array.isArray(entry) ? entry[values.count === 1 ? 0 : 1] : entry;
  return sentence.replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ""));
}
