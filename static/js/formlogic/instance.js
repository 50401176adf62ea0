/** Instances apart from their forms: what is in a tree, and its XML, byte for byte as the server writes it. */

import { withoutControls } from "./actions.js";

/**
 * `[name, text]` or `[name, [child, ...]]`, perhaps with its attributes behind it.
 *
 * @typedef {[string, string | Tree[], Record<string, string>?]} Tree
 */

const OPENROSA = "http://openrosa.org/xforms";
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;" };
const SPACES = "[\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const EDGES = new RegExp(`^${SPACES}|${SPACES}$`, "g");

const childrenOf = ([, content]) => (Array.isArray(content) ? content : []);
const named = (tree, name) => childrenOf(tree).filter(([own]) => own === name);

/** All that a path such as `/data/member/age` leads to, in all instances of repeats. */
export function partsAt(tree, path) {
  const [, , ...names] = path.split("/");
  return names.reduce((found, name) => found.flatMap((part) => named(part, name)), [tree]);
}

/** What is at a place such as `/data/member[2]/age`; without a number, the first one. */
export function partAt(tree, place) {
  const [, , ...steps] = place.split("/");
  return steps.reduce((part, step) => {
    const [name, number = "1"] = step.split("[");
    return part && named(part, name)[parseInt(number) - 1];
  }, tree);
}

/** Give a leaf another text; groups keep what is in them. */
export function setText(part, text) {
  if (!Array.isArray(part[1])) part[1] = withoutControls(text);
}

/** Write an entry of the meta block, such as `instanceID`. */
export function setMeta(tree, name, text) {
  setText(childOf(childOf(tree, "meta"), name), text);
}

/** The child of that name, made where there is none. */
function childOf(part, name) {
  if (!named(part, name).length) part[1] = [...childrenOf(part), [name, ""]];
  return named(part, name)[0];
}

/** The tree as it is read again out of XML: without spaces around texts. @returns {Tree} */
export const asRead = ([name, content]) =>
  [name, Array.isArray(content) ? content.map(asRead) : content.replace(EDGES, "")];

/** The files that an interview names: pictures, sounds and others, and its log. @returns {string[]} */
export function filesNamed(tree, { binds }) {
  const paths = Object.keys(binds).filter((path) => binds[path].type === "binary");
  return paths.flatMap((path) => partsAt(tree, path)).map(([, text]) => text).filter(Boolean);
}

/** The XML of a tree, whose UTF-8 is what is sent. @param {Tree} tree */
export function writeInstance([name, content, attributes]) {
  const inside = childrenOf([name, content]).map((child) => written(child, child[0] === "meta" ? "orx:" : ""));
  const root = element(name, { "xmlns:orx": OPENROSA, ...attributes }, inside.join(""));
  return `<?xml version='1.0' encoding='UTF-8'?>\n${root}`;
}

function written([name, content, attributes = {}], prefix) {
  const inside = Array.isArray(content)
    ? content.map((child) => written(child, prefix)).join("")
    : escaped(content, /[&<>\r]/g);
  return element(prefix + name, attributes, inside);
}

function element(name, attributes, inside) {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value, /[&<>"\t\n\r]/g)}"`);
  const head = name + pairs.join("");
  return inside ? `<${head}>${inside}</${name}>` : `<${head}/>`;
}

const escaped = (text, special) => text.replace(special, (character) => ENTITIES[character]);
