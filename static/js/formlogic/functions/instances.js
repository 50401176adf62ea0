/** Functions of secondary instances: lists, and files that come with a form. */

import { entryOf } from "../context.js";
import { compileLookup, firstWith } from "../lookup.js";
import { toText } from "../values.js";

function instance(c, name) {
  const found = entryOf(c.environment.instances, toText(name));
  return found ? [found] : [];
}
instance.compileLookup = compileLookup; // a shorter way along a path that begins here

/** The column `wanted` of the first item of an instance whose column `key` has the value. */
function pulldata(c, name, wanted, key, value) {
  const [container] = instance(c, name);
  const item = container && firstWith(container, toText(key), toText(value));
  return item?.child(toText(wanted))?.text ?? "";
}

export const FUNCTIONS = { instance, pulldata };
