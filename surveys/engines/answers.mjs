/** Questions of questions.py answered by the engine of the browser. */

import { isOfType, isSame, written } from "../../static/js/formlogic/answers.js";
import { Environment, contextAt } from "../../static/js/formlogic/context.js";
import { functionsOf, matching, references } from "../../static/js/formlogic/dependencies.js";
import { compileExpression } from "../../static/js/formlogic/evaluation.js";
import { loadFunctions } from "../../static/js/formlogic/functions/index.js";
import { Moment } from "../../static/js/formlogic/moments.js";
import { Element, attributeOf, documentOf } from "../../static/js/formlogic/tree.js";
import { nodesOf, toBoolean, toNumber, toText } from "../../static/js/formlogic/values.js";

function treeFrom([name, text, attributes, children, absent]) {
  const element = new Element(name, text);
  Object.assign(element, { attributes, absent });
  for (const child of children) element.append(treeFrom(child));
  return element;
}

const nodeAt = (tree, place) =>
  place.reduce(
    (node, step) => (typeof step === "number" ? node.children[step] : attributeOf(node, step.slice(1))),
    tree,
  );

function worldFrom({ trees, now, instances, texts, choiceLabels }) {
  const roots = trees.map(treeFrom);
  const found = Object.entries(instances).map(([name, [tree, place]]) => [name, nodeAt(roots[tree], place)]);
  const environment = new Environment({ now, instances: Object.fromEntries(found), texts, choiceLabels });
  return { tree: roots[0], environment };
}

const kindOf = (node) => (node.name[0] === "#" ? `${node.name.slice(1)}()` : "*");

function pathOf(node) {
  if (!node.parent) return "/";
  const above = pathOf(node.parent).replace(/\/$/, "");
  if (node.name[0] === "@") return `${above}/${node.name}`;
  const twins = node.parent.children.filter((child) => kindOf(child) === kindOf(node));
  return `${above}/${kindOf(node)}[${Math.max(twins.indexOf(node), 0) + 1}]`;
}

function valueKind(value) {
  if (Array.isArray(value)) return "nodes";
  if (value instanceof Moment) return "moment";
  return typeof value === "string" ? "text" : typeof value;
}

function answer([node, at, place, top], worlds, { types, forms, ends, paths, here }) {
  const { tree, environment } = worlds[at];
  const { zone } = environment;
  const document = top.length ? nodeAt(tree, top) : documentOf(tree);
  const value = compileExpression(node)(contextAt(nodeAt(tree, place), document, environment));
  const number = toNumber(value, zone);
  const [text, day] = [toText(value), written(value, "date", zone)];
  const reads = [...references(node, here)];
  return {
    kind: valueKind(value),
    text,
    number: Object.is(number, -0) ? "-0" : String(number),
    boolean: toBoolean(value),
    nodes: nodesOf(value).map(pathOf),
    written: types.map((type) => written(value, type, zone)),
    fits: forms.map((form) => isOfType(text, form)),
    same: [day, ...ends.map((end) => text + end)].map((other) => isSame(text, other, zone)),
    reads: [...reads, ...functionsOf(node)].sort(),
    means: [...new Set(reads.flatMap((read) => [...matching(read, paths)]))].sort(),
  };
}

/** What fails is an answer, too: one that no other engine gives. */
function answerOrFault(...asked) {
  try {
    return answer(...asked);
  } catch (error) {
    const nothing = { nodes: [], written: [], fits: [], same: [], reads: [], means: [] };
    return { kind: "fault", text: error.stack, number: "NaN", boolean: false, ...nothing };
  }
}

export async function answersOf({ worlds, questions, ...asked }) {
  await loadFunctions(questions.flatMap(([node]) => [...functionsOf(node)]));
  const known = worlds.map(worldFrom);
  return questions.map((question) => answerOrFault(question, known, asked));
}
