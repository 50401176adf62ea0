/** A form's rules, compiled once: what each decides, in which order, and which to ask again when. */

import { compileItemset, offered, readsOf } from "./choices.js";
import { functionsOf, matching, references } from "./dependencies.js";

const OWN = "[.]"; // marks a repeat in whose own instance a rule reads
const NUMBER = "number"; // marks what is only counted,
const PLACE = "place"; // and of what is only asked which of its twins it is: no text of it is read
const LABEL = ["call", "jr:itext", []];
const LABELS = ["jr:choice-name", "jr:itext"]; // which may read what is in any label of a choice
const VOLATILE = ["now", "random", "randomize", "today", "uuid"];

/**
 * One thing that is decided of each element of a field; `dirty` are those to decide it of again. Its
 * AST is compiled when it is first evaluated: many rules never are.
 *
 * @typedef {{kind: string, field: Field, node: any, evaluate: Function | null, rank: number, dirty: Set}} Rule
 * @typedef {{rule: Rule, scope: Field}} Reader `scope`: the root, or the repeat in whose instance it reads
 * @typedef {{fields: Field[], scope: Field, mark: string}} Read
 */

/** One path of the form: of a question, a group or a repeat. */
class Field {
  constructor(path, parent, index, isRepeat, attributes = {}) {
    this.path = path;
    this.parent = parent;
    this.name = path.slice(path.lastIndexOf("/") + 1);
    this.index = index; // in the order of the form
    this.isRepeat = isRepeat;
    this.attributes = attributes;
    /** The path with the marks of the instances that a rule here stands in. */
    this.context = `${parent?.context ?? ""}/${this.name}${isRepeat ? OWN : ""}`;
    this.type = "string";
    /** @type {Field[]} */
    this.children = [];
    /** @type {Rule[]} */
    this.rules = [];
    /** @type {Record<string, Rule>} */
    this.rule = {};
    /** @type {Reader[]} to be asked again when a text here changes */
    this.readers = [];
    /** @type {Reader[]} to be asked again when there are more or fewer elements here */
    this.counters = [];
  }

  /** The same for a rule of a repeat that is asked where there may be no instance. */
  get asking() {
    return `${this.parent?.context}/${this.name}`;
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
    const all = this.below().flatMap(({ counters, readers }) => [...counters, ...readers]);
    return all.filter(({ scope }) => scope !== this && this.isWithin(scope));
  }

  /** Of a repeat: who is to be asked again when instances get other numbers. */
  renumbered() {
    return this.counters.filter(({ scope }) => scope === this);
  }
}

export class Graph {
  #visited = new Set();
  #known = new Map();
  #definition;
  #inLabels;

  constructor(definition) {
    const { root, binds, repeats, questions, lists, outputs } = definition;
    this.#definition = definition;
    const labels = Object.values(lists).flat().flatMap(({ label }) => label);
    this.#inLabels = labels.filter(Number.isInteger).map((number) => outputs[number]);
    /** @type {Map<string, Field>} */
    this.fields = new Map();
    /** @type {Rule[]} each after those that it reads */
    this.rules = [];
    this.root = this.field(`/${root}`);
    const fields = Object.keys({ ...binds, ...repeats, ...questions }).map((path) => this.field(path));
    for (const field of fields) this.#addDeciding(field);
    this.counts = this.rules.filter(({ kind }) => kind === "count");
    this.choices = this.rules.length; // the rank from which on choices are looked at,
    for (const path in questions) this.#addChoices(this.field(path), questions[path]);
    this.judging = this.rules.length; // and that from which on all is judged
    for (const field of fields) this.#addJudging(field);
  }

  /** The field at a path, made where there is none yet. */
  field(path) {
    const known = this.fields.get(path);
    if (known) return known;
    const above = path.slice(0, path.lastIndexOf("/"));
    const parent = above ? this.field(above) : null;
    const { repeats, attributes } = this.#definition;
    const field = new Field(path, parent, this.fields.size, path in repeats, attributes[path]);
    parent?.children.push(field);
    this.fields.set(path, field);
    return field;
  }

  /** A rule after all others, to be asked again when what it reads changes. */
  add(kind, field, node, { reads = this.#reads(node, field.context), ...more } = {}) {
    const rule = { kind, field, node, rank: this.rules.length, dirty: new Set(), evaluate: null, ...more };
    this.rules.push(rule);
    field.rules.push(rule);
    field.rule[kind] = rule;
    for (const read of reads) watch(rule, read);
    return rule;
  }

  /** What decides about texts: after what it is in, and what it reads itself. */
  #addDeciding(field) {
    if (!field || this.#visited.has(field)) return;
    this.#visited.add(field);
    const { path, parent, context } = field;
    const { relevant, calculate, type = "string" } = this.#definition.binds[path] ?? {};
    field.type = type;
    this.#addDeciding(parent);
    this.#addAfterItsReads("count", parent, this.#definition.repeats[path], field.asking, { repeat: field, asked: new Map() });
    this.#addAfterItsReads("relevant", field, relevant, context);
    this.#addAfterItsReads("calculate", field, calculate, context, { isVolatile: isVolatile(calculate) });
  }

  #addAfterItsReads(kind, field, node, context, more) {
    if (!node) return;
    const reads = this.#reads(node, context);
    for (const { fields, mark } of reads) if (mark !== PLACE) fields.forEach((one) => this.#addDeciding(one));
    this.add(kind, field, node, { reads, ...more });
  }

  #addChoices(field, { kind, itemset, list, parameters = {} }) {
    const isSelect = ["select_one", "select_multiple", "rank"].includes(kind);
    const choices = this.#definition.lists[list] ?? null;
    Object.assign(field, { kind, isSelect, parameters, choices });
    const reads = this.#reads(itemset ? readsOf(itemset) : LABEL, field.context);
    if (itemset) {
      this.add("choices", field, null, { reads, evaluate: compileItemset(itemset, !reads.length) });
      this.add("chosen", field);
    } else if (choices && reads.length) {
      this.add("choices", field, null, { reads, evaluate: (c) => choices.map((one) => offered(one, c)) });
    }
  }

  #addJudging(field) {
    const { relevant, required, readonly, constraint } = this.#definition.binds[field.path] ?? {};
    if (readonly) this.add("readonly", field, readonly);
    if (field.isRepeat && relevant) {
      this.add("open", field.parent, relevant, { reads: this.#reads(relevant, field.asking), repeat: field, open: new Map() });
    }
    if (field.children.length) return; // only leaves have answers
    if (required) this.add("required", field, required);
    this.add("problem", field, constraint);
  }

  /** @returns {Read[]} what an AST reads, seen from a field */
  #reads(node, context) {
    if (!node) return [];
    const isAsking = this.#inLabels.length && LABELS.some((name) => functionsOf(node).has(name));
    const nodes = isAsking ? [node, ...this.#inLabels] : [node];
    return nodes.flatMap((one) => Array.from(references(one, context, markOf), (reference) => this.#read(reference)));
  }

  #read(reference) {
    if (!this.#known.has(reference)) this.#known.set(reference, this.#readFor(reference));
    return this.#known.get(reference);
  }

  #readFor(reference) {
    const own = reference.lastIndexOf(OWN);
    const scope = own < 0 ? this.root : this.field(bare(reference.slice(0, own)));
    const [path, mark] = bare(reference).split("#");
    const paths = matching(path || this.root.path, this.fields.keys());
    return { fields: paths.map((one) => this.fields.get(one)).filter(Boolean), scope, mark };
  }
}

function watch(rule, { fields, scope, mark }) {
  for (const field of fields) {
    field.counters.push({ rule, scope });
    if (!mark) for (const one of field.below()) one.readers.push({ rule, scope });
  }
}

const bare = (path) => (path.includes(OWN) ? path.replaceAll(OWN, "") : path);

function markOf(name, at) {
  if (name === "position") return `#${PLACE}`;
  return name === "count" || (name === "indexed-repeat" && at % 2) ? `#${NUMBER}` : "";
}

/** Whether a calculation says something else each time; what `once()` found first is kept. */
function isVolatile(node) {
  if (!Array.isArray(node) || (node[0] === "call" && node[1] === "once")) return false;
  return (node[0] === "call" && VOLATILE.includes(node[1])) || node.some(isVolatile);
}
