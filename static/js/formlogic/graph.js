/** A form's rules, compiled once: what each decides, in which order, and which to ask again when. */

import { compileItemset, readsOf } from "./choices.js";
import { decisiveReferences, matching, order, references } from "./dependencies.js";
import { compileExpression } from "./evaluation.js";

const OWN = "[.]"; // marks a repeat in whose own instance a rule reads
const PLACE = "/#"; // ends a reference to elements of which only number and place matter
const VOLATILE = ["now", "random", "randomize", "today", "uuid"];

/** One path of the form: of a question, a group or a repeat. */
class Field {
  constructor(path, parent, index) {
    this.path = path;
    this.parent = parent;
    this.name = path.slice(path.lastIndexOf("/") + 1);
    this.index = index; // in the order of the form
    this.type = "string";
    this.isRepeat = false;
    /** @type {Field[]} */
    this.children = [];
    /** @type {Rule[]} */
    this.rules = [];
    /** @type {Reader[]} to be asked again when a text here changes */
    this.readers = [];
    /** @type {Reader[]} to be asked again when there are more or fewer elements here */
    this.counters = [];
  }

  /** The path with the marks of the instances that a rule here stands in. */
  get context() {
    return `${this.parent?.context ?? ""}/${this.name}${this.isRepeat ? OWN : ""}`;
  }

  rule(kind) {
    return this.rules.find((rule) => rule.kind === kind);
  }

  isWithin(field) {
    return this === field || !!this.parent?.isWithin(field);
  }

  /** This field and all below it. */
  below() {
    return [this, ...this.children.flatMap((child) => child.below())];
  }

  /** Of a repeat: who is to be asked again when there are more or fewer instances. */
  recounters() {
    const others = this.below().flatMap(({ counters, readers }) => [...counters, ...readers]);
    this.known ??= [...this.counters, ...others.filter(({ scope }) => scope !== this && this.isWithin(scope))];
    return this.known;
  }
}

/**
 * One thing that is decided of each element of a field; `dirty` are those to decide it of again.
 *
 * @typedef {{kind: string, field: Field, evaluate: Function | null, rank: number, dirty: Set}} Rule
 * @typedef {{rule: Rule, scope: Field}} Reader `scope`: the root, or the repeat in whose instance it reads
 */

export class Graph {
  constructor({ root, binds, repeats, questions, lists }) {
    /** @type {Map<string, Field>} */
    this.fields = new Map();
    /** @type {Rule[]} each after those that it reads */
    this.rules = [];
    this.root = this.field(`/${root}`);
    for (const path of Object.keys({ ...binds, ...repeats, ...questions })) this.field(path);
    for (const path in binds) this.field(path).type = binds[path].type;
    for (const path in repeats) this.field(path).isRepeat = true;
    this.#addDeciding(binds, repeats);
    this.choices = this.rules.length; // the ranks from which on choices are looked at,
    for (const path in questions) this.#addChoices(this.field(path), questions[path], lists);
    this.judging = this.rules.length; // and all is judged
    for (const path of Object.keys({ ...binds, ...questions })) this.#addJudging(this.field(path), binds[path] ?? {});
  }

  /** The field at a path, made where there is none yet. */
  field(path) {
    const known = this.fields.get(path);
    if (known) return known;
    const above = path.slice(0, path.lastIndexOf("/"));
    const parent = above ? this.field(above) : null;
    const field = new Field(path, parent, this.fields.size);
    parent?.children.push(field);
    this.fields.set(path, field);
    return field;
  }

  /** A rule after all others, to be asked again when what the AST reads changes. */
  add(kind, field, node, { evaluate = node && compileExpression(node), context = field.context, ...more } = {}) {
    const rule = { kind, field, evaluate, rank: this.rules.length, dirty: new Set(), ...more };
    this.rules.push(rule);
    field.rules.push(rule);
    if (node) for (const read of references(counted(node), context)) this.#watch(rule, read);
    return rule;
  }

  #addDeciding(binds, repeats) {
    const deciding = { ...binds };
    for (const path in repeats) deciding[path] = { ...binds[path], count: repeats[path] };
    for (const path of orderOf(deciding)) {
      const { relevant, count, calculate } = deciding[path];
      const field = this.field(path);
      const context = `${field.parent?.context}/${field.name}`;
      if (count) this.add("count", field.parent, count, { context, repeat: field });
      if (relevant) this.add("relevant", field, relevant);
      if (calculate) this.add("calculate", field, calculate, { isVolatile: isVolatile(calculate) });
    }
  }

  #addChoices(field, { kind, itemset, list, parameters = {} }, lists) {
    const isSelect = ["select_one", "select_multiple", "rank"].includes(kind);
    Object.assign(field, { kind, isSelect, parameters, choices: lists[list] ?? null });
    if (!itemset) return;
    this.add("choices", field, readsOf(itemset), { evaluate: compileItemset(itemset) });
    this.add("chosen", field);
  }

  #addJudging(field, { required, readonly, constraint }) {
    if (required) this.add("required", field, required);
    if (readonly) this.add("readonly", field, readonly);
    this.add("problem", field, constraint);
  }

  #watch(rule, read) {
    const own = read.lastIndexOf(OWN);
    const reader = { rule, scope: own < 0 ? this.root : this.field(bare(read.slice(0, own))) };
    const [path, place] = bare(read).split(PLACE);
    for (const found of matching(path, this.fields.keys())) {
      const field = this.fields.get(found || this.root.path);
      field?.counters.push(reader);
      if (place === undefined) field?.below().forEach((one) => one.readers.push(reader));
      for (let above = field; above; above = above.parent) above.known = null;
    }
  }
}

const bare = (path) => path.replaceAll(OWN, "");

const ancestors = (path) => path.split("/").map((_, at, names) => names.slice(0, at).join("/")).slice(2);

/** The paths whose rules decide about texts, so that each comes after what it reads. */
function orderOf(binds) {
  const paths = Object.keys(binds);
  return order(Object.fromEntries(paths.map((path) => [path, decidedBefore(path, binds, paths)])));
}

/** What must be decided before a path: what it is in, and what its own rules read. */
function decidedBefore(path, binds, paths) {
  const { relevant, count, calculate } = binds[path];
  const above = ancestors(path);
  const own = calculate ? [path] : []; // once(...) reads itself
  const reads = [relevant, count, calculate]
    .flatMap((node) => (node ? [...decisiveReferences(node, path)] : []))
    .flatMap((reference) => matching(reference, paths))
    .filter((found) => !own.includes(found) && !above.includes(found));
  return [...above, ...reads.flatMap((found) => [found, ...ancestors(found)])].filter((one) => binds[one]);
}

/** An AST in which references that only count elements, or ask for their place, end in PLACE. */
function counted(node) {
  if (!Array.isArray(node)) return node;
  if (node[0] !== "call") return node.map(counted);
  const [, name, given] = node;
  return ["call", name, given.map((one, at) => (isCounting(name, at) ? placed(counted(one)) : counted(one)))];
}

const isCounting = (name, at) => ["count", "position"].includes(name) || (name === "indexed-repeat" && at % 2);

const placed = (node) => (node[0] === "path" ? ["path", node[1], [...node[2], ["child", PLACE[1], []]]] : node);

/** Whether a calculation says something else each time; what `once()` found first is kept. */
function isVolatile(node) {
  if (!Array.isArray(node) || (node[0] === "call" && node[1] === "once")) return false;
  return (node[0] === "call" && VOLATILE.includes(node[1])) || node.some(isVolatile);
}
