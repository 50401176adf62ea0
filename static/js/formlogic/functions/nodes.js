/** Functions of nodes: counting them, finding them, and what is known of choices. */

import { entryOf, said } from "../context.js";
import { stripped, wordsOf } from "../spaces.js";
import { ancestorsOrSelf } from "../steps.js";
import { nodesOf, textOf, textsOf, toNumber, toText } from "../values.js";
import { whole } from "./numbers.js";

/** The place in the current selection, or of a repeat among its siblings. */
function position(c, value) {
  if (value === undefined) return c.position;
  const [node] = nodesOf(value);
  return node ? placeOf(node) : NaN;
}

/** Among the siblings of the same name, from 1; what is no child is the only one. */
function placeOf(node) {
  const twins = (node.parent?.children ?? []).filter((child) => child.name === node.name);
  return Math.max(twins.indexOf(node), 0) + 1;
}

/** The target nodes inside the repeat with the number, pair by pair. */
function indexedRepeat(c, target, ...places) {
  let nodes = nodesOf(target);
  for (let at = 0; at + 1 < places.length; at += 2) {
    const wanted = whole(toNumber(places[at + 1], c.zone));
    const inside = new Set(nodesOf(places[at]).filter((repeat) => placeOf(repeat) === wanted));
    nodes = nodes.filter((node) => ancestorsOrSelf(node).some((one) => inside.has(one)));
  }
  return nodes;
}

/** XPath's id(): elements whose attribute `id` is one of the words. */
function identified(c, value) {
  const wanted = textsOf([value]).flatMap(wordsOf);
  return [...c.document.iter()].filter((node) => wanted.includes(node.attributes.id));
}

function name(c, value = [c.node]) {
  const [node] = nodesOf(value);
  return node && node.name[0] !== "#" ? node.name.replace(/^@/, "") : "";
}

const localName = (c, value) => {
  const full = name(c, value);
  return full.slice(full.lastIndexOf(":") + 1);
};

/** The label of a choice; the name of the choice where no label is known. */
function choiceName(c, value, path) {
  const labels = entryOf(c.environment.choiceLabels, stripped(toText(path))) ?? {};
  return said(entryOf(labels, toText(value)) ?? "", c) || toText(value);
}

export const FUNCTIONS = {
  count: (c, value) => nodesOf(value).length,
  "count-non-empty": (c, value) => nodesOf(value).filter((node) => textOf(node) !== "").length,
  current: (c) => [c.current],
  id: identified,
  "indexed-repeat": indexedRepeat,
  "jr:choice-name": choiceName,
  "jr:itext": (c, key) => said(entryOf(c.environment.texts, stripped(toText(key))) ?? "", c),
  last: (c) => c.size,
  "local-name": localName,
  name,
  position,
};
