/** One less and one more beside a whole number. */

import { make } from "../dom.js";
import { say } from "../words.js";

/** Copied for each question, as many forms have many of them. */
function model() {
  const button = (by, sign, key) =>
    make("button", { type: "button", class: "button", "data-by": by, "aria-label": say(key), tabindex: -1 }, sign);
  return make("div", { class: "stepper" }, button(-1, "−", "one_less"), button(1, "+", "one_more"));
}
const made = {};

export default class Stepper {
  constructor(question) {
    this.question = question;
    this.field = question.control;
    const label = say("one_more");
    made[label] ??= model(); // one for each language of the page
    const row = made[label].cloneNode(true);
    question.element.querySelector("input").replaceWith(row);
    row.firstChild.after(this.field.input);
    row.addEventListener("click", ({ target }) => target.dataset.by && this.#step(Number(target.dataset.by)));
  }

  read() {
    return this.field.read();
  }

  write(text) {
    this.field.write(text);
  }

  tidy() {
    this.field.tidy();
  }

  /** From blank, one less is 0 and one more is 1. */
  #step(by) {
    const text = this.read();
    const next = text === "" ? Math.max(by, 0) : Number(text) + by;
    if (!Number.isInteger(next)) return;
    this.write(String(next));
    this.question.read();
    this.question.leave();
  }
}
