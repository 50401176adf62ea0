/** One less and one more beside a whole number. */

import { button, make } from "../dom.js";
import { say } from "../words.js";

export default class Stepper {
  constructor(question) {
    this.question = question;
    this.field = question.control;
    const input = question.element.querySelector("input");
    const row = make("div", { class: "stepper" });
    input.replaceWith(row);
    row.append(this.#button(-1, "−", "one_less"), input, this.#button(1, "+", "one_more"));
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

  #button(change, sign, key) {
    return button(sign, () => this.#step(change), { class: "button", "aria-label": say(key), tabindex: -1 });
  }

  /** From blank, one less is 0 and one more is 1. */
  #step(change) {
    const text = this.read();
    const next = text === "" ? Math.max(change, 0) : Number(text) + change;
    if (!Number.isInteger(next)) return;
    this.write(String(next));
    this.question.read();
    this.question.leave();
  }
}
