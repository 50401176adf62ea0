/** The page bound to the form: what is typed goes into the form, what it leads to is shown. */

import { Question, withoutPlaces } from "./question.js";
import { Sections } from "./sections.js";
import { mount } from "./widgets.js";

const QUESTION = ".q[data-path]";
const REPEAT = ".repeat[data-path]";
const PLAIN_GROUP = "[data-path]:not(.q, .repeat, .section)";
const NOTHING = new Set();

export class Page {
  /**
   * @param {{root: HTMLElement, definition: object, form: LiveForm,
   *   parts: {Repeat?: Function, Options?: Function}, known: string[], started: Date, title: string,
   *   address: (name: string) => string, log?: Recorder, onChange: () => void, onCheck: () => void}} options
   *   `parts` are classes that not every form needs
   */
  constructor({ known, onCheck, ...options }) {
    Object.assign(this, options);
    this.known = new Set(known);
    this.uploading = new Set(); // widgets with a file that is not on the server yet
    this.version = 0; // of what stands in the page
    this.questions = new Map();
    this.groups = new Map();
    this.repeats = new Map();
    this.outputs = new Map();
    this.live = document.getElementById("live");
    this.sections = new Sections(this, { onCheck });
    this.#listen();
  }

  /** Take in what stands in an element: questions, groups, repeats, outputs. */
  bind(root) {
    this.version += 1;
    this.#take(within(root, QUESTION), Question, this.questions);
    this.#take(within(root, REPEAT), this.parts.Repeat, this.repeats);
    for (const element of within(root, PLAIN_GROUP)) this.groups.set(element.dataset.path, element);
    for (const span of within(root, "[data-out]")) {
      const key = keyOf(span);
      this.outputs.set(key, [...(this.outputs.get(key) ?? []), span]);
    }
  }

  #take(elements, Kind, map) {
    for (const element of elements) {
      const taken = bound.get(element) ?? new Kind(element, this);
      bound.set(element, taken);
      taken.place = element.dataset.path;
      map.set(taken.place, taken);
      if (Kind !== Question) taken.grow();
    }
  }

  /** Forget what stands in an element, before it goes or is renamed. */
  unbind(root) {
    this.version += 1;
    for (const element of within(root, "[data-path]")) {
      for (const map of [this.questions, this.repeats, this.groups]) map.delete(element.dataset.path);
    }
    for (const span of within(root, "[data-out]")) this.outputs.delete(keyOf(span));
  }

  /** Show everything in an element as the form has it now. */
  paintWithin(root) {
    for (const element of within(root, REPEAT)) bound.get(element).paintRelevance();
    for (const element of within(root, PLAIN_GROUP)) this.#paintGroup(element.dataset.path);
    for (const question of this.questionsIn(root)) {
      question.paint();
      if (this.known.has(withoutPlaces(question.place))) question.lock();
      else mount(question);
    }
    for (const span of within(root, "[data-out]")) this.#paintOutput(keyOf(span));
  }

  questionsIn(root) {
    return within(root, QUESTION).map((element) => bound.get(element));
  }

  /** The places of a path in the interview as it is now: one for each instance of its repeats. */
  placesOf(path) {
    const { repeats } = this.definition;
    const grow = (place) => (withoutPlaces(place) in repeats ? this.form.instances(place) : [place]);
    const steps = path.slice(1).split("/");
    return steps.reduce((places, name) => places.flatMap((place) => grow(`${place}/${name}`)), [""]);
  }

  /** A text of the definition: plain, or words and the numbers of outputs in turn. */
  words(parts, place) {
    const say = (part) => (typeof part === "number" ? this.form.output(part, place) : part);
    return typeof parts === "string" ? parts : parts.map(say).join("");
  }

  takesAnswer(place) {
    const { kind, appearance = "" } = this.definition.questions[withoutPlaces(place)];
    return kind !== "note" && !/(^| )label( |$)/.test(appearance);
  }

  answer(place, text) {
    this.change(() => this.form.set(place, text));
  }

  /** Change the form, and show what comes of it. */
  change(make) {
    const change = make();
    this.paint(change);
    this.onChange();
    return change;
  }

  paint({ values, relevance, problems, outputs, choices, repeats = NOTHING }) {
    for (const place of repeats) this.repeats.get(place)?.paint();
    for (const place of relevance) {
      this.#paintGroup(place);
      this.questions.get(place)?.paintRelevance();
    }
    for (const place of choices) this.questions.get(place)?.paintChoices();
    for (const place of values) this.questions.get(place)?.paintValue();
    for (const key of outputs) this.#paintOutput(key);
    for (const place of new Set([...relevance, ...problems])) this.questions.get(place)?.judge();
    this.#keepFocus();
    this.#count(repeats.size ? null : [...values, ...relevance, ...problems]);
  }

  /** Tell people who do not see the page, without taking them away from where they are. */
  announce(text) {
    if (this.live) this.live.textContent = text;
  }

  /** The next question of the section that can be answered; after the last one, the way on. */
  advance(question) {
    const following = this.sections.at(question.place).questions;
    const next = following
      .slice(following.indexOf(question) + 1)
      .find((one) => one.applies && one.takesAnswer && one.target);
    if (next) next.focus();
    else document.querySelector(".bar .primary:not([hidden])")?.focus();
  }

  questionAt(target) {
    return target instanceof Element ? bound.get(target.closest(QUESTION)) : undefined;
  }

  #paintGroup(place) {
    const group = this.groups.get(place);
    if (group) group.hidden = !this.form.isRelevant(place);
    const repeat = this.repeats.get(withoutLast(place));
    repeat?.paintRelevance();
  }

  #paintOutput(key) {
    const [number, place] = key.split("@");
    const spans = this.outputs.get(key) ?? [];
    if (!spans.length) return;
    const text = this.form.output(Number(number), place);
    for (const span of spans) if (span.textContent !== text) span.textContent = text;
  }

  /** Whoever stands in what was hidden goes on to the next question. */
  #keepFocus() {
    const question = this.questionAt(document.activeElement);
    if (question && !question.applies) this.advance(question);
  }

  #count(places) {
    if (!places) this.sections.count(true);
    else for (const section of new Set(places.map((place) => this.sections.at(place)))) section?.count();
    this.sections.paintNext();
  }

  #listen() {
    this.root.addEventListener("input", ({ target }) => this.questionAt(target)?.read());
    this.root.addEventListener("change", ({ target }) => this.#changed(target));
    this.root.addEventListener("focusout", (event) => this.#left(event));
    this.root.addEventListener("keydown", (event) => this.#pressed(event));
    this.root.addEventListener("click", (event) => this.#clicked(event));
  }

  #changed(target) {
    const question = this.questionAt(target);
    question?.read();
    if (target.type === "radio" || target.matches("select")) question?.leave();
  }

  #left({ target, relatedTarget }) {
    const question = this.questionAt(target);
    if (!question || question.element.contains(relatedTarget)) return;
    const leave = () => question.leave();
    // What is told moves the page: never between a press and the click that it becomes.
    if (document.querySelector(":active")) addEventListener("click", leave, { once: true });
    else leave();
  }

  /** Enter goes on to the next question. */
  #pressed(event) {
    const { target } = event;
    const question = this.questionAt(target);
    if (event.key !== "Enter" || event.isComposing || !question) return;
    if (event.defaultPrevented || !target.matches("input, select")) return;
    event.preventDefault();
    question.leave();
    this.advance(question);
  }

  #clicked({ target, detail }) {
    const button = target.closest("button[name=add], button[name=remove]");
    const repeat = bound.get(button?.closest(".repeat"));
    if (button?.name === "add") return repeat?.add();
    if (button) return repeat?.remove(button.closest(".instance"));
    const question = this.questionAt(target);
    if (target.dataset.by) return question.step(Number(target.dataset.by));
    const isChosen = target.matches("input[type=radio]") && detail > 0; // by a finger, not by arrows
    if (isChosen && question?.appearances.has("quick")) this.advance(question);
    return undefined;
  }
}

/** What was made for an element, for as long as the element lives. */
const bound = new WeakMap();

/** `/data/member` of `/data/member[2]`. */
const withoutLast = (place) => place.replace(/\[\d+\]$/, "");

const keyOf = (span) => `${span.dataset.out}@${span.closest("[data-path]")?.dataset.path ?? ""}`;

/** The element itself where it matches, and all that match in it. */
function within(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  return root.matches(selector) ? [root, ...found] : found;
}
