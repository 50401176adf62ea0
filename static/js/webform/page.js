/** The page bound to the form: what is typed goes into the form, what it leads to is shown. */

import { Question, withoutPlaces } from "./question.js";
import { Repeat } from "./repeats.js";
import { Sections } from "./sections.js";
import { mount } from "./widgets.js";

const QUESTION = ".q[data-path]";
const PLAIN_GROUP = "[data-path]:not(.q, .repeat, .section)";
const NOTHING = new Set();

export class Page {
  /**
   * @param {{root: HTMLElement, definition: object, form: import("../formlogic/form.js").LiveForm,
   *   known: string[], title: string, address: (name: string) => string, onChange: () => void,
   *   onCheck: () => void}} options
   */
  constructor({ root, definition, form, known, title, address, onChange, onCheck }) {
    this.root = root;
    this.definition = definition;
    this.form = form;
    this.known = new Set(known);
    this.title = title;
    this.address = address;
    this.onChange = onChange;
    this.uploading = new Set(); // widgets with a file that is not on the server yet
    this.questions = new Map();
    this.groups = new Map();
    this.repeats = new Map();
    this.outputs = new Map();
    this.live = document.getElementById("live");
    this.sections = new Sections(this, { onCheck });
    this.bind(root);
    this.paintWithin(root);
    this.#listen();
  }

  /** Take in what stands in an element: questions, groups, repeats, outputs. */
  bind(root) {
    for (const element of within(root, QUESTION)) {
      const question = bound.get(element) ?? new Question(element, this);
      bound.set(element, question);
      this.questions.set(question.place, question);
    }
    for (const element of within(root, ".repeat[data-path]")) {
      if (!bound.has(element)) bound.set(element, new Repeat(element, this));
      this.repeats.set(element.dataset.path, bound.get(element));
    }
    for (const element of within(root, PLAIN_GROUP)) this.groups.set(element.dataset.path, element);
    for (const span of within(root, "[data-out]")) {
      const key = keyOf(span);
      this.outputs.set(key, [...(this.outputs.get(key) ?? []), span]);
    }
  }

  /** Forget what stands in an element, before it goes or is renamed. */
  unbind(root) {
    for (const element of within(root, "[data-path]")) {
      for (const map of [this.questions, this.repeats, this.groups]) map.delete(element.dataset.path);
    }
    for (const span of within(root, "[data-out]")) this.outputs.delete(keyOf(span));
  }

  /** Show everything in an element as the form has it now. */
  paintWithin(root) {
    for (const element of within(root, ".repeat[data-path]")) bound.get(element).paint();
    for (const element of within(root, PLAIN_GROUP)) this.#paintGroup(element.dataset.path);
    for (const question of this.questionsIn(root)) {
      question.paint();
      if (this.known.has(withoutPlaces(question.place))) question.lock();
      else mount(question);
    }
    for (const span of within(root, "[data-out]")) this.#paintOutput(keyOf(span));
  }

  *questionsIn(root) {
    for (const element of within(root, QUESTION)) {
      const question = bound.get(element);
      if (question) yield question;
    }
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
    const following = this.sections.of(question.element)?.questions ?? [];
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
    const element = this.groups.get(place) ?? this.repeats.get(place)?.element;
    if (element) element.hidden = !this.form.isRelevant(place);
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
    if (!places) return this.sections.count();
    const touched = places.map((place) => this.questions.get(place) && this.sections.of(this.questions.get(place).element));
    for (const section of new Set(touched)) section?.count();
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
    if (question && !question.element.contains(relatedTarget)) question.leave();
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
    const isChosen = target.matches("input[type=radio]") && detail > 0; // by a finger, not by arrows
    if (isChosen && question?.appearances.has("quick")) this.advance(question);
    return undefined;
  }
}

/** What was made for an element, for as long as the element lives. */
const bound = new WeakMap();

const keyOf = (span) => `${span.dataset.out}@${span.closest("[data-path]")?.dataset.path ?? ""}`;

/** The element itself where it matches, and all that match in it. */
function within(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  return root.matches(selector) ? [root, ...found] : found;
}
