/** What a form's expressions may know of the world: its lists and files, and the words in them. */

import { instanceOf } from "./choices.js";
import { cellOf } from "./columns.js";
import { Environment } from "./context.js";
import { compileExpression } from "./evaluation.js";
import { Element } from "./tree.js";

/** One row of a list. Its cells become elements when somebody walks over them. */
class Item {
  constructor(parent, table, at) {
    this.parent = parent;
    this.table = table;
    this.at = at;
    this.made = null;
  }

  /** Of a list of the form; nothing is known of the rows of files. */
  get choice() {
    return this.table.choices?.[this.at];
  }

  cell(name) {
    return this.table.rows[this.at][this.table.columns.indexOf(name)];
  }

  child(name) {
    const text = this.cell(name);
    if (text === undefined) return null;
    this.made ??= {};
    if (!this.made[name]) {
      this.made[name] = new Element(name, text);
      this.made[name].parent = this;
    }
    return this.made[name];
  }

  /** What a step to children of that name finds. */
  named(name) {
    const child = this.child(name);
    return child ? [child] : [];
  }

  get children() {
    return this.table.columns.flatMap((name) => this.named(name));
  }

  *iter() {
    yield this;
    yield* this.children;
  }
}
Object.assign(Item.prototype, { name: "item", text: "", attributes: {}, absent: false });

/** The environment of a form in a page. `files` are tables `{columns, rows}` by instance id. */
export function environmentFor({ lists, questions, outputs, functions }, { now, random, files = {} }) {
  const instances = {};
  for (const id in lists) instances[id] = instanceWith(tableOf(lists[id]));
  for (const id in files) instances[id] = instanceWith(files[id]);
  const texts = Object.fromEntries(Object.values(lists).flat().map((row) => [row.textId, spokenOf(row)]));
  const asked = functions.includes("jr:choice-name") ? Object.entries(questions) : [];
  const labels = asked.map(([path, { list, itemset }]) => [path, lists[list] ? ofList(lists[list]) : ofFile(itemset, files)]);
  const choiceLabels = Object.fromEntries(labels);
  return new Environment({ now, random, instances, texts, choiceLabels, outputs: outputs.map(whenAsked) });
}

/** What expressions read as the label: with its markup, and blank where the name is shown instead. */
const spokenOf = ({ label, spoken = label }) => spoken;

/** A closure that compiles an expression when it is first asked. */
function whenAsked(node) {
  let evaluate = null;
  return (c) => (evaluate ??= compileExpression(node))(c);
}

/** `{columns, rows, choices}` of a choice list. */
function tableOf(list) {
  const columns = ["name", "label", "itextId", ...new Set(list.flatMap((row) => Object.keys(row.columns ?? {})))];
  const rows = list.map((row) => {
    const cells = { ...row.columns, name: row.name, [row.textId ? "itextId" : "label"]: row.textId ?? spokenOf(row) };
    return columns.map((column) => cells[column]);
  });
  return { columns, rows, choices: list };
}

/** An `<instance>` whose root, which no step leads up from, has an item a row. */
function instanceWith(table) {
  const [instance, root] = [new Element("instance"), new Element("root")];
  instance.children = [root];
  root.children = table.rows.map((_, at) => new Item(root, table, at));
  return instance;
}

/** The labels of choices by name, of a list of the form. */
const ofList = (list) => Object.fromEntries(list.map((row) => [row.name, spokenOf(row)]));

/** The same of a file; nothing is known of the choices that repeats make. */
function ofFile(itemset, files) {
  const table = files[itemset && instanceOf(itemset.nodes)];
  if (!table) return {};
  const [name, label] = [itemset.value, itemset.label].map((node) => table.columns.indexOf(cellOf(node)));
  return Object.fromEntries(table.rows.map((row) => [row[name], row[label]]));
}
