/** What a form's expressions may know of the world: its lists and files, and the words in them. */

import { Environment } from "./context.js";
import { Element } from "./tree.js";

/** One row of a list. Its cells become elements when somebody walks over them. */
class Item {
  constructor(parent, table, at) {
    this.parent = parent;
    this.table = table;
    this.at = at;
    this.made = null;
  }

  get image() {
    return this.table.images?.[this.at];
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
export function environmentFor({ lists, questions }, { now, random, files = {} }) {
  const instances = {};
  for (const id in lists) instances[id] = instanceOf(tableOf(lists[id]));
  for (const id in files) instances[id] = instanceOf(files[id]);
  const rows = Object.values(lists).flat();
  const texts = Object.fromEntries(rows.map(({ textId, label }) => [textId, label]));
  return new Environment({ now, random, instances, texts, choiceLabels: labelsOf(lists, questions) });
}

/** `{columns, rows, images}` of a choice list. */
function tableOf(list) {
  const columns = ["name", "label", "itextId", ...new Set(list.flatMap((row) => Object.keys(row.columns ?? {})))];
  const rows = list.map((row) => {
    const cells = { ...row.columns, name: row.name, [row.textId ? "itextId" : "label"]: row.textId ?? row.label };
    return columns.map((column) => cells[column]);
  });
  return { columns, rows, images: list.map(({ image }) => image) };
}

/** An `<instance>` whose root, which no step leads up from, has an item a row. */
function instanceOf(table) {
  const [instance, root] = [new Element("instance"), new Element("root")];
  instance.children = [root];
  root.children = table.rows.map((_, at) => new Item(root, table, at));
  return instance;
}

/** The labels of choices by path of the question and name of the choice. */
function labelsOf(lists, questions) {
  const asked = Object.entries(questions).filter(([, { list }]) => lists[list]);
  const byList = {};
  for (const id in lists) byList[id] = Object.fromEntries(lists[id].map(({ name, label }) => [name, label]));
  return Object.fromEntries(asked.map(([path, { list }]) => [path, byList[list]]));
}
