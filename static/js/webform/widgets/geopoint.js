/** A place, by GPS that waits until it is good enough, or typed. */

import { button, make } from "../dom.js";
import { say } from "../words.js";
import { descriptionOf, inPlace, labelOf } from "./frame.js";
import { pointOf, textOf, tidied, watch } from "./position.js";

const GOOD_ENOUGH_M = 5;
const DOUBTFUL_M = 100;

export default class Geopoint {
  constructor(question) {
    this.question = question;
    this.goodEnough = Number(question.parameters["capture-accuracy"] ?? GOOD_ENOUGH_M);
    this.doubtful = Number(question.parameters["warning-accuracy"] ?? DOUBTFUL_M);
    this.record = button(say("record_place"), () => this.#start(), { class: "button primary" });
    this.use = button(say("use_reading"), () => this.#take(this.best), { hidden: true });
    this.cancel = button(say("cancel"), () => this.#giveUp(), { class: "button quiet", hidden: true });
    this.clear = button(say("clear"), () => this.#set(""), { class: "button quiet slim" });
    this.state = make("p", { class: "reading", role: "status" });
    this.input = make("input", {
      class: "form-control",
      type: "text",
      autocomplete: "off",
      placeholder: "31.2304 121.4737",
      "aria-labelledby": labelOf(question),
      "aria-describedby": descriptionOf(question),
    });
    this.input.addEventListener("input", (event) => this.#typed(event));
    const typing = make("details", { class: "typing" }, make("summary", {}, say("type_place")), this.input);
    const buttons = make("div", { class: "row" }, this.record, this.use, this.cancel, this.clear);
    inPlace(question, this.state, buttons, typing);
  }

  read() {
    return this.question.value;
  }

  write(text) {
    const point = pointOf(text);
    this.clear.hidden = !text;
    this.record.textContent = say(text ? "record_again" : "record_place");
    if (this.input !== document.activeElement) this.input.value = text;
    if (!this.stop) this.#tell(point ? this.#sentence(point) : text, point);
  }

  #start() {
    this.before = this.question.value;
    this.best = null;
    this.#tell(say("searching_gps"));
    this.record.hidden = true;
    this.cancel.hidden = false;
    this.cancel.focus();
    this.stop = watch(
      (reading) => this.#reading(reading),
      (sentence, isFinal) => (isFinal ? this.#stop(sentence) : this.#tell(sentence)),
    );
  }

  #reading(reading) {
    if (this.best && this.best.accuracy <= reading.accuracy) return;
    this.best = reading;
    if (reading.accuracy <= this.goodEnough) return this.#take(reading);
    this.question.set(textOf(reading)); // whoever goes on now has the best there was
    this.use.hidden = false;
    this.use.textContent = say("use_reading", { metres: Math.round(reading.accuracy) });
    this.#tell(say("improving", { metres: Math.round(reading.accuracy), wanted: this.goodEnough }), reading);
  }

  #giveUp() {
    this.#stop("");
    this.#set(this.before);
  }

  #take(reading) {
    this.#stop("");
    this.#set(textOf(reading));
    this.record.focus();
  }

  #stop(sentence) {
    this.stop?.();
    this.stop = null;
    this.record.hidden = false;
    this.use.hidden = this.cancel.hidden = true;
    if (sentence) this.#tell(sentence);
    else this.write(this.question.value);
  }

  #typed(event) {
    this.question.set(tidied(this.input.value));
  }

  #set(text) {
    this.question.set(text);
    this.write(text);
    this.question.leave();
  }

  #sentence({ latitude, longitude, accuracy }) {
    const metres = accuracy ? ` ${say("accurate_to", { metres: Math.round(accuracy) })}` : "";
    return `${latitude}, ${longitude}${metres}`;
  }

  #tell(text, point = null) {
    this.state.textContent = text;
    this.state.classList.toggle("doubtful", !!point && point.accuracy > this.doubtful);
  }
}
