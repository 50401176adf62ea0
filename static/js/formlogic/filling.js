/** An interview begun and brought to its end without a server, as `surveys/xforms/filling.py` does there. */

import { entryOf } from "./context.js";
import { elementsAt, problemsOf, treeOf } from "./elements.js";
import { declare } from "./entities.js";
import { environmentFor } from "./environments.js";
import { Graph } from "./graph.js";
import { asRead, partAt, partsAt, setText } from "./instance.js";
import { Interview } from "./interview.js";
import { drawnUuid } from "./uuids.js";

const ROUNDS = 50; // as on the server: what is dropped changes what else applies; forms need two or three

/**
 * A new interview: metadata, defaults, counts and calculations are in it.
 *
 * `metadata` are values by the name of the property, such as `deviceid`; `known` are answers by place,
 * which dynamic defaults leave alone. What `loadFunctions` brings has to be there.
 *
 * @param {{now: string, files?: object, random?: () => number, metadata?: Record<string, string>, known?: Record<string, string>}} options
 * @returns {import("./instance.js").Tree}
 */
export function begin(definition, { metadata = {}, known = {}, ...world }) {
  const environment = environmentFor(definition, world);
  const tree = structuredClone(definition.blank);
  preload(tree, definition.preloads, metadata, environment);
  for (const [place, text] of Object.entries(known)) {
    const part = partAt(tree, place);
    if (part) setText(part, text);
  }
  const interview = new Interview(new Graph(definition), environment, definition, tree);
  setDefaults(interview, known);
  interview.settle();
  return treeOf(interview.root);
}

function preload(tree, preloads, metadata, environment) {
  for (const [path, kind] of Object.entries(preloads)) {
    const text = preloaded(kind, metadata, environment);
    if (text) for (const part of partsAt(tree, path)) setText(part, text);
  }
}

function preloaded(preload, metadata, { now, random }) {
  const [kind, name] = preload.split(" ");
  if (preload === "timestamp start") return now.text;
  if (kind === "date") return now.text.slice(0, 10);
  if (kind === "uid") return `uuid:${drawnUuid(random)}`;
  return (kind === "property" && entryOf(metadata, name)) || "";
}

function setDefaults({ actions, root }, known) {
  for (const setting of actions.of("first-load")) {
    if (setting.field.path in known) continue;
    for (const element of elementsAt(setting.field, root)) actions.set(setting, element);
  }
}

/**
 * The interview at its end, ready to be written: the end is noted, and what does not apply is dropped;
 * and which rules it breaks then. It goes on from the tree of a form, which stays as it is.
 *
 * @param {{now: string, files?: object, random?: () => number}} world
 * @returns {{tree: import("./instance.js").Tree, problems: {place: string, kind: string}[]}}
 */
export function complete(definition, tree, world) {
  const environment = environmentFor(definition, world);
  const ending = asRead(tree);
  for (const [path, kind] of Object.entries(definition.preloads)) {
    if (kind === "timestamp end") for (const part of partsAt(ending, path)) setText(part, environment.now.text);
  }
  const interview = new Interview(new Graph(definition), environment, definition, ending);
  interview.isKeeping = true;
  for (let round = 0; round < ROUNDS; round++) {
    interview.settle();
    if (!drop(interview, interview.root)) break;
  }
  declare(definition.entities, interview);
  return { tree: wholeOf(interview.root), problems: problemsOf(interview.root) };
}

/** Take out instances that do not apply, and blank what else does not; whether there was any. */
function drop(interview, element) {
  if (element.isHidden && element.field.isRepeat) {
    interview.remove(element);
    return true;
  }
  if (element.children.length) {
    return [...element.children].map((child) => drop(interview, child)).includes(true);
  }
  if (!element.isHidden || !element.own) return false;
  interview.write(element, "");
  return true;
}

/** A tree with its attributes. */
function wholeOf({ name, own, children, attributes }) {
  return [name, children.length ? children.map(wholeOf) : own, attributes];
}
