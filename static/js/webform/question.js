/** One question on the page: its control, whether it applies, and what is wrong with its answer. */

import { controlOf } from "./controls.js";
import { icon, make } from "./dom.js";
import { mount } from "./widgets.js";
import { say } from "./words.js";

const TYPED = ["integer", "decimal", "date", "time", "datetime", "geopoint", "geotrace", "geoshape"];
const FOCUSABLE = "input:not([type=hidden], [type=file]), select, textarea, .widget button, .folded summary";

/** `/data/member/age` of `/data/member[2]/age`. */
export const withoutPlaces = (place) => place.replace(/\[\d+\]/g, "");

export class Question {
  /**
   * @param {HTMLElement} element
   * @param {Page} page
   */
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.place = element.dataset.path; // moves where instances of repeats are taken out
    this.facts = page.definition.questions[withoutPlaces(this.place)] ?? {};
    this.parameters = this.facts.parameters ?? {};
    this.appearances = new Set((this.facts.appearance ?? "").split(/\s+/));
    this.control = controlOf(element, this.facts);
    this.options = this.facts.itemset ? page.parts.Options.in(this) : null;
    this.isLeft = false; // the person was here and went on: what is wrong may be told
    this.isChecked = false; // what is missing may be told as well
    this.shown = null; // the kind of problem that is told
    this.isFixed = false; // it is read, and not changed
  }

  get kind() {
    return this.facts.kind ?? "note";
  }

  get takesAnswer() {
    return this.page.takesAnswer(this.place);
  }

  /** Whether it applies, where it stands included. */
  get applies() {
    return this.page.form.isRelevant(this.place);
  }

  get value() {
    return this.page.form.value(this.place);
  }

  /** Whether it would be a loss if it went: answered, or with a file on its way. */
  get isBegun() {
    return this.takesAnswer && (!!this.value || this.page.uploading.has(this.control));
  }

  /** What it offers. @returns {{name: string, label: string, media?: Record<string, string>}[]} */
  choices() {
    const known = this.page.form.choices(this.place);
    return known.length || this.facts.itemset ? known : this.#written();
  }

  /** The choices that stand in the page. */
  #written() {
    const named = [...this.element.querySelectorAll("li[data-name]")];
    const label = (row) => row.querySelector(".label")?.textContent?.trim() ?? "";
    return named.map((row) => ({ name: row.dataset.name, label: label(row) }));
  }

  /** What it offers depends on other answers, and is another now. */
  paintChoices() {
    if (this.options) this.options.paint();
    else this.paintValue();
  }

  /** Its list is too long to be read: from now on it is searched. */
  searches() {
    this.options = null;
    this.isLong = true;
    mount(this);
  }

  /** The server knows the answer: it is shown and cannot be changed. */
  lock() {
    const chosen = [...this.element.querySelectorAll("input:checked ~ .label, option:checked:not([value=''])")];
    const words = chosen.map((one) => one.textContent.trim()).join(" · ") || this.value;
    for (const part of this.element.querySelectorAll(".control, .options, :scope > input, :scope > select, .hint")) {
      part.remove();
    }
    this.control = null;
    this.element.classList.add("known");
    this.element.append(make("p", { class: "known-answer" }, icon("lock"), words));
  }

  /** Take over what the control holds. */
  read() {
    if (this.control) this.set(this.control.read());
  }

  set(text) {
    if (text !== this.value) this.page.answer(this.place, text);
  }

  /** Show the value, and everything that depends on other answers. */
  paint() {
    this.paintRelevance();
    this.paintValue();
    this.judge();
  }

  /** Whether it applies, and then what it offers and whether it can be changed. */
  paintRelevance() {
    const { form } = this.page;
    const { applies } = this;
    this.element.hidden = !applies;
    if (applies) this.options?.paint();
    const isFixed = form.isReadonly(this.place);
    if (isFixed === this.isFixed) return;
    this.isFixed = isFixed;
    this.element.classList.toggle("readonly", isFixed);
    for (const input of this.element.querySelectorAll("input, select, textarea, button")) {
      if (/^(text|date|time|datetime-local|number)$/.test(input.type) || input.rows) input.readOnly = isFixed;
      else input.disabled = isFixed;
    }
  }

  paintValue() {
    this.control?.write(this.value);
  }

  /** Tell what is wrong where the person has been, and stop telling it as soon as it is right. */
  judge() {
    if (!this.isLeft && !this.shown) return;
    const problem = this.applies && this.page.form.problem(this.place);
    const mayTell = this.isChecked || problem !== "required";
    this.tell(problem && mayTell ? problem : null);
  }

  /** @param {string | null} problem */
  tell(problem) {
    if (problem === this.shown) return;
    this.shown = problem;
    if (problem) this.page.log?.wrong(this.place, problem);
    const place = this.element.querySelector(".error");
    if (!(place instanceof HTMLElement)) return;
    place.hidden = !problem;
    const said = problem && make("p", { class: "error-text" }, icon("warning"), make("span", {}, this.sentence(problem)));
    place.replaceChildren(...(said ? [said] : []));
    this.element.classList.toggle("invalid", !!problem);
    for (const input of this.inputs()) {
      if (problem) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    this.page.sections.at(this.place).count();
  }

  /** What to tell about a problem: the form's own message, else one that fits. */
  sentence(problem) {
    const own = ["required", "constraint"].includes(problem) && this.facts[problem];
    if (own) return this.page.words(own, this.place);
    if (problem === "type" && TYPED.includes(this.kind)) return say(`type_${this.kind}`);
    return say(["required", "constraint", "choice"].includes(problem) ? problem : "type");
  }

  inputs() {
    return this.element.matches("fieldset")
      ? [this.element]
      : this.element.querySelectorAll("input:not([type=hidden]), select, textarea");
  }

  /** One less or one more of a whole number; from blank, 0 or 1. */
  step(by) {
    const text = this.control.read();
    const next = text === "" ? Math.max(by, 0) : Number(text) + by;
    if (!Number.isInteger(next)) return;
    this.control.write(String(next));
    this.read();
    this.leave();
  }

  /** The person goes on to something else. */
  leave() {
    this.isLeft = true;
    this.control?.tidy?.();
    this.judge();
  }

  /** Where the keyboard can go in this question: the chosen one of its radios, or the first. */
  get target() {
    const found = [...this.element.querySelectorAll(FOCUSABLE)].filter(
      (one) => !one.disabled && one.tabIndex >= 0 && one.getClientRects().length,
    );
    return found.find((one) => one.type === "radio" && one.checked) ?? found[0];
  }

  focus() {
    this.element.scrollIntoView({ block: "start" });
    const target = this.target;
    if (!target) this.element.tabIndex = -1;
    (target ?? this.element).focus({ preventScroll: true });
  }
}
