/** What a select offers at one place, of lists, files and repeats, and what is chosen of it. */

import { cellOf } from "./columns.js";
import { contextAt, entryOf, said } from "./context.js";
import { compileExpression } from "./evaluation.js";
import { wordsOf } from "./spaces.js";
import { nodesOf, toText } from "./values.js";

/** @typedef {{name: string, label: string, media?: Record<string, string>}} Choice */

/** All that an itemset reads in the interview, as one AST. */
export const readsOf = ({ nodes, value, label }) => ["filter", nodes, [value, label]];

/** A choice of a list as it is offered. @returns {Choice} */
export const offered = ({ name, label, media }, c) => ({ name, label: said(label, c) || name, media });

/**
 * A closure that gives the choices in the context of the question; null where the list, of a file
 * that is not there, is not known. Where it `isFixed` they are always the same.
 *
 * @returns {(c: Context) => Choice[] | null}
 */
export function compileItemset(itemset, isFixed) {
  const find = compileExpression(itemset.nodes);
  const [nameOf, labelOf] = [itemset.value, itemset.label].map(compileCell);
  const source = instanceOf(itemset.nodes);
  let known = null;
  return (c) => {
    if (source && !entryOf(c.environment.instances, source)) return null;
    if (isFixed && known) return known;
    const choices = nodesOf(find(c)).map((item) => {
      if (item.choice) return offered(item.choice, c);
      const name = nameOf(item, c);
      return { name, label: labelOf(item, c) || name };
    });
    known = choices.filter(({ name }) => name);
    return known;
  };
}

/** The id of the list or file that the items are of; undefined where they are of a repeat. */
export function instanceOf([kind, start, inner]) {
  if (kind === "call" && start === "randomize") return instanceOf(inner[0]);
  return kind === "path" && start?.[1] === "instance" ? start[2][0][1] : undefined;
}

/** The text of an expression about an item; a mere column is looked up without further ado. */
function compileCell(node) {
  const column = cellOf(node);
  if (column) return (item) => (item.cell ? item.cell(column) : item.child(column)?.text) ?? "";
  const evaluate = compileExpression(node);
  return (item, c) => toText(evaluate(contextAt(item, c.document, c.environment)));
}

/** The names in an answer to a select. */
const chosen = (text, kind) => (kind === "select_one" ? [text] : wordsOf(text));

/** Whether all that is chosen is offered, and nothing is there twice. */
export function isOffered(text, kind, choices) {
  const names = chosen(text, kind);
  return new Set(names).size === names.length && (!choices || stillOffered(text, kind, choices) === text);
}

/** The answer without what is no longer offered. */
export function stillOffered(text, kind, choices) {
  const names = chosen(text, kind);
  const kept = names.filter((name) => choices.some((choice) => choice.name === name));
  return kept.length < names.length ? kept.join(" ") : text;
}
