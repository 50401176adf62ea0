/** A number on a scale; it is blank until somebody touches it. */

import { button, make } from "../dom.js";
import { say } from "../words.js";
import { descriptionOf, inPlace, labelOf } from "./frame.js";

export default class Range {
  constructor(question) {
    this.question = question;
    const { start = "1", end = "10", step = "1" } = question.parameters;
    const [least, most] = [Number(start), Number(end)].sort((a, b) => a - b);
    this.slider = make("input", {
      type: "range",
      min: least,
      max: most,
      step: Math.abs(Number(step)) || 1,
      value: (least + most) / 2,
      "aria-labelledby": labelOf(question),
      "aria-describedby": descriptionOf(question),
    });
    this.output = make("output", {});
    this.clear = button(say("clear"), () => this.#set(""), { class: "button quiet slim" });
    const ends = make("div", { class: "range-ends", "aria-hidden": "true" }, make("span", {}, start), make("span", {}, end));
    const classes = `range${question.appearances.has("vertical") ? " vertical" : ""}`;
    inPlace(question, make("div", { class: classes }, this.output, this.slider, ends), this.clear);
    // A touch at the place where the thumb already stands moves nothing, and still is an answer.
    for (const event of ["pointerup", "keydown"]) this.slider.addEventListener(event, (e) => this.#touched(e));
  }

  read() {
    return this.slider.value;
  }

  write(text) {
    const isBlank = text === "";
    if (!isBlank) this.slider.value = text;
    this.output.textContent = isBlank ? say("not_answered") : text;
    this.slider.classList.toggle("blank", isBlank);
    this.slider.setAttribute("aria-valuetext", this.output.textContent);
    this.clear.hidden = isBlank;
  }

  #touched(event) {
    if (event.type === "keydown" && event.key !== " ") return;
    event.preventDefault();
    this.#set(this.slider.value);
  }

  #set(text) {
    this.question.set(text);
    this.write(text);
    if (text === "") this.slider.focus();
  }
}
