/** An interview that settles: what changes is noted, and what follows from it decided in its order. */

import { Actions } from "./actions.js";
import { Change } from "./change.js";
import { contextAt } from "./context.js";
import { DECIDE } from "./decisions.js";
import { elementsAt, elementsOf } from "./elements.js";
import { compileExpression } from "./evaluation.js";
import { documentOf } from "./tree.js";

const MAX_ROUNDS = 1000; // where rules go on deciding about each other

export class Interview {
  constructor(graph, environment, { actions, templates }, tree) {
    this.graph = graph;
    this.environment = environment;
    this.templates = templates;
    this.actions = new Actions(actions, this);
    this.change = new Change();
    this.evaluations = 0; // so far, of expressions
    this.next = Infinity; // the first rule that has something to decide
    this.root = elementsOf(tree, graph.root.path, graph);
    this.document = documentOf(this.root);
    this.isEntering = true;
    this.isKeeping = true; // calculations that say something else each time keep what they said
    this.enter(this.root);
    this.isEntering = false;
    this.calculate();
    this.isKeeping = false;
  }

  /** The value of a rule's expression at an element. */
  evaluate(rule, element) {
    this.evaluations++;
    rule.evaluate ??= compileExpression(rule.node);
    return rule.evaluate(contextAt(element, this.document, this.environment));
  }

  /** What a select offers; null where that is not known. */
  choices(element) {
    const rule = element.field.rule.choices;
    if (!rule) return element.field.choices;
    element.offered ??= this.evaluate(rule, element);
    return element.offered;
  }

  /** Decide what applies, and calculate. */
  calculate() {
    this.#run(this.graph.choices);
  }

  /** Decide all that is to be decided. */
  settle() {
    do this.#run(this.graph.judging);
    while (this.#grow());
    this.#run(Infinity);
  }

  #run(until) {
    const { rules } = this.graph;
    for (let last = 0, rounds = 0; this.next < Math.min(until, rules.length); ) {
      const rule = rules[this.next++];
      if (!rule.dirty.size) continue;
      const elements = [...rule.dirty];
      rule.dirty.clear();
      if (rule.rank <= last) rounds++;
      last = rule.rank;
      if (rounds < MAX_ROUNDS) for (const element of elements) this.#decide(rule, element);
    }
  }

  #decide(rule, element) {
    if (element.isHidden && rule.kind !== "relevant") return;
    this.deciding = rule;
    this.about = element;
    DECIDE[rule.kind](this, element, rule);
    this.about = null;
  }

  /** To be decided again. A rule is not asked again for what it decided itself. */
  mark(rule, element) {
    if (rule.isVolatile && this.isKeeping && element.own) return;
    if (rule === this.deciding && element === this.about) return;
    rule.dirty.add(element);
    this.next = Math.min(this.next, rule.rank);
  }

  markAt(rule, anchor) {
    for (const element of elementsAt(rule.field, anchor)) this.mark(rule, element);
  }

  /** An answer; of a calculation, the text from which it goes on. Whether it is another one. */
  answer(element, text) {
    const isChanged = element.own !== text;
    const calculate = element.field.rule.calculate;
    this.write(element, calculate && element.isHidden ? "" : text);
    if (calculate && !(calculate.isVolatile && text)) this.mark(calculate, element);
    return isChanged;
  }

  write(element, own) {
    if (own !== element.own) this.change.values.add(element);
    element.own = own;
    const text = element.isHidden ? "" : own;
    if (text === element.text) return;
    element.text = text;
    if (this.isEntering) return; // all is to be decided anyway
    for (const { rule, scope } of element.field.readers) this.markAt(rule, element.within(scope));
    const { chosen, problem } = element.field.rule;
    if (chosen) this.mark(chosen, element);
    if (problem) this.mark(problem, element);
  }

  judge(element, problem) {
    if (problem !== element.problem) this.change.problems.add(element);
    element.problem = problem;
  }

  /** An element that is new, or was in what did not apply: its own rule says whether it applies. */
  enter(element) {
    if (element.isSpare || element.parent?.isHidden) return;
    const relevant = element.field.rule.relevant;
    element.applies = null;
    if (relevant) this.mark(relevant, element);
    else this.show(element);
  }

  show(element) {
    this.change.relevance.add(element);
    element.isHidden = false;
    this.#setAbsent(element, false);
    this.write(element, element.own);
    for (const rule of element.field.rules) {
      if (rule.kind !== "relevant" && !(rule.isVolatile && element.own)) this.mark(rule, element);
    }
    for (const child of element.children) this.enter(child);
  }

  /** Blanks an element and all below it for whoever reads them. Only calculations are lost. */
  hide(element) {
    if (!element.isHidden) this.change.relevance.add(element);
    element.isHidden = true;
    this.#setAbsent(element, true);
    this.write(element, element.field.rule.calculate ? "" : element.own);
    this.judge(element, null);
    for (const child of element.children) this.hide(child);
  }

  #setAbsent(element, absent) {
    if (!element.field.isRepeat || element.absent === absent) return;
    element.absent = absent;
    this.#recount(element.parent, element.field);
  }

  /** There are more or fewer instances of a repeat. */
  #recount(parent, repeat) {
    if (this.isEntering) return;
    for (const { rule, scope } of repeat.recounters()) this.markAt(rule, parent.within(scope));
  }

  /** One more instance of a repeat; its actions have not been fired. */
  add(parent, repeat) {
    const instance = parent.insert(elementsOf(this.templates[repeat.path], repeat.path, this.graph));
    this.change.repeats.push([parent, repeat.name]);
    this.enter(instance);
    return instance;
  }

  remove(instance) {
    const { parent, field, place } = instance;
    parent.children.splice(parent.children.indexOf(instance), 1);
    this.change.removed.push(place);
    this.change.repeats.push([parent, field.name]);
    this.#recount(parent, field);
    for (const { rule } of field.renumbered()) this.markAt(rule, parent);
  }

  /** Whether an instance is one beyond the count of its repeat. */
  setSpare(instance, isSpare) {
    if (instance.isSpare === isSpare) return;
    instance.isSpare = isSpare;
    this.change.repeats.push([instance.parent, instance.name]);
    if (isSpare) this.hide(instance);
    else this.enter(instance);
  }

  /** Add the instances that counts ask for; whether there were any. */
  #grow() {
    const added = this.graph.counts.flatMap(({ repeat, asked }) =>
      [...asked].flatMap(([parent, count]) => {
        const length = parent.isHidden ? 0 : count - parent.of(repeat).length;
        return Array.from({ length }, () => this.add(parent, repeat));
      }),
    );
    for (const { asked } of this.graph.counts) asked.clear();
    if (added.length) this.actions.begin(added);
    return added.length > 0;
  }
}
