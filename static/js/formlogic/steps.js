/** The steps of a path: from one node to others along an axis. */

import { Element, attributeOf } from "./tree.js";

const KINDS = {
  "text()": "#text",
  "comment()": "#comment",
  "processing-instruction()": "#processing-instruction",
};
const NAME = /^[^:*()]+$/;
export const REVERSED = ["ancestor", "ancestor-or-self", "preceding", "preceding-sibling"];
export const TIDY = ["attribute", "child", "self"]; // from ordered apart nodes to such nodes

const children = (node) => node.children.filter((child) => !child.absent);

/** The children; of a leaf, a node for its text. */
function childrenAndText(node) {
  if (node.children.length || !node.text || "#@".includes(node.name[0])) return children(node);
  const text = new Element("#text", node.text);
  text.parent = node;
  return [text];
}

function ancestors(node) {
  const found = [];
  while ((node = node.parent)) found.push(node);
  return found;
}

export const ancestorsOrSelf = (node) => [node, ...ancestors(node)];

function siblings(node) {
  if (!node.parent || node.name[0] === "@") return [node];
  return node.parent.children.length ? children(node.parent) : [node];
}

function followingSiblings(node) {
  const all = siblings(node);
  return all.slice(all.indexOf(node) + 1);
}

function precedingSiblings(node) {
  const all = siblings(node);
  return all.slice(0, all.indexOf(node)).reverse();
}

const below = (node) => [node, ...descendants(node)];

function following(node) {
  const found = node.name[0] === "@" ? descendants((node = node.parent)) : [];
  return [...found, ...ancestorsOrSelf(node).flatMap((one) => followingSiblings(one).flatMap(below))];
}

const preceding = (node) =>
  ancestorsOrSelf(node).flatMap((one) => precedingSiblings(one).flatMap((at) => below(at).reverse()));

const descendants = (node) => children(node).flatMap(below);

const AXES = {
  ancestor: ancestors,
  "ancestor-or-self": ancestorsOrSelf,
  attribute: (node) => Object.keys(node.attributes).map((name) => attributeOf(node, name)),
  child: (node) => node.children,
  descendant: descendants,
  "descendant-or-self": below,
  following,
  "following-sibling": followingSiblings,
  parent: (node) => (node.parent ? [node.parent] : []),
  preceding,
  "preceding-sibling": precedingSiblings,
  self: (node) => [node],
};

/** A function from a node to those on the axis that pass the node test, nearest first. */
export function makeStep(axis, test) {
  const hasText = axis === "child" && ["node()", "text()"].includes(test);
  const along = hasText ? childrenAndText : AXES[axis];
  if (test === "node()") return along;
  const isWanted = nameTest(axis, test);
  const walk = (node) => along(node).filter((found) => !found.absent && isWanted(found.name));
  // Rows of lists make an element of a cell only when it is asked for by its name.
  return axis === "child" && NAME.test(test) ? (node) => node.named?.(test) ?? walk(node) : walk;
}

/** Trees may leave prefixes out: `orx:meta` also finds an element that is just `meta`. */
function nameTest(axis, test) {
  const local = test.slice(test.lastIndexOf(":") + 1);
  if (KINDS[test]) return (name) => name === KINDS[test];
  if (axis === "attribute") return (name) => test === "*" || name === `@${test}` || name === `@${local}`;
  if (test === "*") return (name) => !"#@".includes(name[0]);
  if (test.endsWith(":*")) return (name) => name.startsWith(test.slice(0, -1));
  return (name) => name === test || name === local;
}
