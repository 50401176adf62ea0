/** The interview as it is being filled in, as a page sees it: everything by its place. */

import { withoutControls } from "./actions.js";
import { Change } from "./change.js";
import { elementAt, problemsOf, treeOf } from "./elements.js";
import { environmentFor } from "./environments.js";
import { Graph } from "./graph.js";
import { Interview } from "./interview.js";
import { toText } from "./values.js";

/** @typedef {ReturnType<Change["inPlaces"]>} Changed */

export class LiveForm {
  #interview;
  #outputs;
  #places = new Map(); // elements by the places asked for

  /**
   * `tree` is the interview so far, as `[name, text]` or `[name, [child, ...]]`. `files` are tables
   * `{columns, rows}` by instance id. What `loadFunctions` brings has to be there.
   *
   * @param {{now: string, files?: object, random?: () => number}} options
   */
  constructor(definition, tree, options) {
    this.definition = definition;
    this.#outputs = definition.outputs;
    const graph = new Graph(definition);
    this.#interview = new Interview(graph, environmentFor(definition, options), definition, tree);
    this.#interview.settle();
  }

  /** Expressions evaluated so far. */
  get evaluations() {
    return this.#interview.evaluations;
  }

  /** An answer, or many by their places. @returns {Changed} */
  set(place, text) {
    const answers = typeof place === "string" ? { [place]: text } : place;
    return this.#changed((interview) => {
      for (const [where, answer] of Object.entries(answers)) this.#answer(interview, where, withoutControls(answer));
    });
  }

  #answer(interview, place, text) {
    const element = this.#at(place);
    if (!element || element.children.length || !interview.answer(element, text)) return;
    interview.actions.trigger(element);
  }

  /** One more instance of a repeat such as `/data/member` or `/data/member[1]/job`, at its end. */
  add(repeatPlace) {
    let instance;
    const change = this.#changed((interview) => {
      instance = interview.add(...this.#repeat(repeatPlace));
      interview.actions.begin([instance]);
    });
    return { ...change, place: instance.place };
  }

  /** Without an instance of a repeat, such as `/data/member[2]`. @returns {Changed} */
  remove(place) {
    const instance = this.#at(place);
    this.#places.clear(); // instances behind it move up
    return this.#changed((interview) => interview.remove(instance));
  }

  /** The places of the instances of a repeat that there should be. */
  instances(repeatPlace) {
    const [parent, repeat] = this.#repeat(repeatPlace);
    return parent.of(repeat).filter(({ isSpare }) => !isSpare).map(({ place }) => place);
  }

  /** The text as it was entered or computed, also where it does not apply. */
  value(place) {
    return this.#at(place).own;
  }

  /** Of a repeat as such, `/data/member`: whether there may be instances. */
  isRelevant(place) {
    if (place.endsWith("]") || !(without(place) in this.definition.repeats)) return !this.#at(place).isHidden;
    const [parent, repeat] = this.#repeat(place);
    const rule = parent.field.rules.find((one) => one.kind === "open" && one.repeat === repeat);
    return !parent.isHidden && (!rule || rule.open.get(parent));
  }

  isRequired(place) {
    return this.#at(place).isRequired;
  }

  /** By its own rule, or by that of a group around it. */
  isReadonly(place) {
    let element = this.#at(place);
    while (element && !element.isReadonly) element = element.parent;
    return !!element;
  }

  /** The first rule that an answer breaks: "required", "type", "choice", "constraint" or null. */
  problem(place) {
    return this.#at(place).problem;
  }

  /** All problems in the order of the form. */
  problems() {
    return problemsOf(this.#interview.root);
  }

  /** What a select offers there now. */
  choices(place) {
    return this.#interview.choices(this.#at(place)) ?? [];
  }

  /** The text of an output in the words around a place; from now on changes tell of it. */
  output(number, place) {
    const element = this.#at(place);
    element.outputs ??= new Map();
    if (!element.outputs.has(number)) {
      const value = this.#interview.evaluate(this.#outputRule(number, element.field), element);
      element.outputs.set(number, toText(value));
    }
    return element.outputs.get(number);
  }

  #outputRule(number, field) {
    const known = field.rules.find((rule) => rule.number === number);
    return known ?? this.#interview.graph.add("output", field, this.#outputs[number], { number });
  }

  /** The interview as it is to be kept. */
  tree() {
    return treeOf(this.#interview.root);
  }

  #at(place) {
    const known = this.#places.get(place) ?? elementAt(this.#interview.root, place);
    if (known) this.#places.set(place, known);
    return known;
  }

  /** The element around the instances of a repeat, and the repeat's field. */
  #repeat(place) {
    const at = place.lastIndexOf("/");
    const parent = this.#at(place.slice(0, at));
    return [parent, this.#interview.graph.field(without(place))];
  }

  #changed(work) {
    const interview = this.#interview;
    interview.change = new Change();
    work(interview);
    interview.settle();
    return interview.change.inPlaces();
  }
}

/** A path without the numbers of instances. */
const without = (place) => place.replaceAll(/\[\d+\]/g, "");
