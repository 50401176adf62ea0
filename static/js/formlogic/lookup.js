/**
 * Items of a secondary instance found by the values of a column, without walking through them all.
 *
 * A list is indexed by a column when an expression first asks for it. Secondary instances are never
 * changed, so what was found out of one stays true as long as it exists.
 */

import { cellOf, columnAndValue, conjuncts } from "./columns.js";
import { nodesWhere } from "./predicates.js";
import { makeStep } from "./steps.js";
import { nodesOf, numberFromText, textOf } from "./values.js";

/** A step whose first predicate says which value a column has; null where it does not. */
export function compileLookup([axis, test, [first, ...others]], { compileExpression, compilePredicates }) {
  const parts = conjuncts(first);
  const equalities = parts.map(columnAndValue).filter(Boolean).map(([column, value]) => ({
    name: JSON.stringify(column),
    cell: cellOf(column),
    column: compileExpression(column),
    value: compileExpression(value),
  }));
  if (axis !== "child" || !equalities.length) return null;
  const isWhole = equalities.length === parts.length;
  const [step, holds] = [makeStep(axis, test), compileExpression(first)];
  const select = compilePredicates(others);
  return (c, node) => {
    const table = tableOf(node, test, step);
    const found = equalities.map((equality) => table.places(equality, c));
    const known = found.filter(Boolean);
    if (!known.length) return select(c, nodesWhere(holds, c, table.items));
    const places = common(known);
    const isExact = isWhole && known.length === found.length;
    return select(c, isExact ? places.map((at) => table.items[at]) : nodesWhere(holds, c, table.items, places));
  };
}

/** The items of one list and its columns as far as they were asked for. */
class Table {
  constructor(items) {
    this.items = items;
    this.columns = new Map();
  }

  /** Which items are equal, in order; null where only comparing them one by one can say. */
  places(equality, c) {
    const value = equality.value(c);
    if (typeof value === "string") return this.#column(equality, c).get(value) ?? [];
    if (typeof value === "number") return this.#numbers(equality, c).get(value) ?? [];
    return Array.isArray(value) ? this.#placesOfAny(equality, value, c) : null;
  }

  #placesOfAny(equality, nodes, c) {
    const byText = this.#column(equality, c);
    const found = [...new Set(nodes.map(textOf))].map((text) => byText.get(text) ?? []);
    return found.length === 1 ? found[0] : inOrder(found.flat());
  }

  /** Where among the items each text of the column is. */
  #column({ name, column, cell }, c) {
    return kept(this.columns, name, () => {
      const byText = new Map();
      const inside = c.inside(1);
      const textsOf = (item) => {
        if (cell && item.cell) return [item.cell(cell)].filter(isThere); // no element is made of it
        inside.node = item;
        return new Set(nodesOf(column(inside)).map(textOf));
      };
      this.items.forEach((item, place) => {
        for (const text of textsOf(item)) kept(byText, text, () => []).push(place);
      });
      return byText;
    });
  }

  /** Where each number is, on the clock of the interview. */
  #numbers(equality, c) {
    const byText = this.#column(equality, c);
    return kept(this.columns, `${c.zone} ${equality.name}`, () => {
      const byNumber = new Map();
      for (const [text, places] of byText) {
        const number = numberFromText(text, c.zone);
        if (number === number) kept(byNumber, number, () => []).push(...places);
      }
      for (const [number, places] of byNumber) byNumber.set(number, inOrder(places));
      return byNumber;
    });
  }
}

const inOrder = (places) => [...new Set(places)].sort((a, b) => a - b);

/** The entry of a map, made when it is first asked for. */
function kept(map, key, make) {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}

const tables = new WeakMap();
const firsts = new WeakMap();

/** The items that the step of that name finds from a node. */
const tableOf = (node, name, step) =>
  kept(kept(tables, node, () => new Map()), name, () => new Table(step(node)));

/** The first element anywhere below whose child of that name has the text. */
export function firstWith(container, column, text) {
  const columns = kept(firsts, container, () => new Map());
  const byText = kept(columns, column, () => {
    const found = new Map();
    for (const item of itemsBelow(container)) {
      const own = item.cell ? item.cell(column) : item.child(column)?.text;
      if (isThere(own) && !found.has(own)) found.set(own, item);
    }
    return found;
  });
  return byText.get(text);
}

const isThere = (text) => text !== undefined;

/** An element and all below it, but not the cells of rows. */
function* itemsBelow(element) {
  yield element;
  if (!element.cell) for (const child of element.children) yield* itemsBelow(child);
}

/** The places that are in all of the lists. */
function common(places) {
  const [first, ...others] = [...places].sort((a, b) => a.length - b.length);
  const sets = others.map((other) => new Set(other));
  return first.filter((place) => sets.every((set) => set.has(place)));
}
