/** Lines and areas, point by point: by GPS, while walking, or typed; with a sketch of them. */

import { button, make } from "../dom.js";
import { say } from "../words.js";
import { descriptionOf, inPlace, labelOf } from "./frame.js";
import { between, pointOf, textOf, tidied, watch } from "./position.js";

const SVG = "http://www.w3.org/2000/svg";
const WALKED_M = 5;
const GOOD_ENOUGH_M = 20;
const SIDE = 100;

export default class Shape {
  constructor(question) {
    this.question = question;
    this.isArea = question.kind === "geoshape";
    this.fewest = this.isArea ? 3 : 2;
    this.goodEnough = Number(question.parameters["capture-accuracy"] ?? GOOD_ENOUGH_M);
    this.points = []; // texts, as instances hold them
    this.sketch = document.createElementNS(SVG, "svg");
    this.state = make("p", { class: "reading", role: "status" });
    this.#build();
  }

  #build() {
    const { question } = this;
    this.sketch.setAttribute("class", "sketch");
    this.sketch.setAttribute("viewBox", `-6 -6 ${SIDE + 12} ${SIDE + 12}`);
    this.sketch.setAttribute("aria-hidden", "true");
    this.here = button(say("add_here"), () => this.#addHere(), { class: "button primary" });
    this.walk = button(say("walk"), () => this.#walk(), { "aria-pressed": "false" });
    this.back = button(say("remove_last"), () => this.#change(this.points.slice(0, -1)), { class: "button slim" });
    this.clear = button(say("clear"), () => this.#change([]), { class: "button quiet slim" });
    this.input = make("input", {
      class: "form-control",
      type: "text",
      autocomplete: "off",
      placeholder: "31.2304 121.4737",
      "aria-labelledby": labelOf(question),
      "aria-describedby": descriptionOf(question),
    });
    this.input.addEventListener("keydown", (event) => event.key === "Enter" && this.#addTyped(event));
    const add = button(say("add_point"), () => this.#addTyped());
    const typing = make("details", { class: "typing" }, make("summary", {}, say("type_place")), this.input, add);
    const buttons = make("div", { class: "row" }, this.here, this.walk, this.back, this.clear);
    inPlace(question, this.sketch, this.state, buttons, typing);
  }

  read() {
    return this.question.value;
  }

  write(text) {
    if (text !== this.#text()) {
      this.points = text.split(";").filter(pointOf).map(tidied);
      if (this.isArea && this.points.length > 1) this.points.pop(); // the first point again
    }
    this.back.disabled = this.clear.disabled = !this.points.length;
    this.state.textContent = this.#sentence();
    this.#paint();
  }

  #sentence() {
    const missing = this.fewest - this.points.length;
    const count = say("points", { count: this.points.length });
    return missing > 0 ? `${count} ${say("more_points", { count: missing })}` : count;
  }

  /** Blank until there are enough points; an area ends where it began. */
  #text() {
    if (this.points.length < this.fewest) return "";
    return (this.isArea ? [...this.points, this.points[0]] : this.points).join(";");
  }

  #change(points) {
    this.points = points;
    const text = this.#text();
    this.question.set(text);
    this.write(text);
  }

  #addTyped(event) {
    event?.preventDefault();
    const text = tidied(this.input.value);
    if (!pointOf(text)) return (this.state.textContent = say("type_geopoint"));
    this.input.value = "";
    return this.#change([...this.points, text]);
  }

  #addHere() {
    this.state.textContent = say("searching_gps");
    this.stop?.();
    this.stop = watch(
      (reading) => {
        if (reading.accuracy > this.goodEnough) return this.#improving(reading);
        this.stop();
        return this.#change([...this.points, textOf(reading)]);
      },
      (sentence) => (this.state.textContent = sentence),
    );
  }

  #improving({ accuracy }) {
    this.state.textContent = say("improving", { metres: Math.round(accuracy), wanted: this.goodEnough });
  }

  /** A point wherever the person got some metres further. */
  #walk() {
    const isOn = this.walk.getAttribute("aria-pressed") === "true";
    this.walk.setAttribute("aria-pressed", String(!isOn));
    this.walk.textContent = say(isOn ? "walk" : "stop_walk");
    this.stop?.();
    this.stop = isOn
      ? null
      : watch((reading) => this.#walked(reading), (sentence) => (this.state.textContent = sentence));
  }

  #walked(reading) {
    if (reading.accuracy > this.goodEnough) return this.#improving(reading);
    const last = this.points.length && pointOf(this.points.at(-1));
    if (!last || between(last, reading) >= WALKED_M) this.#change([...this.points, textOf(reading)]);
    return undefined;
  }

  #paint() {
    this.sketch.toggleAttribute("hidden", !this.points.length);
    const places = onPaper(this.points.map(pointOf));
    const line = document.createElementNS(SVG, this.isArea ? "polygon" : "polyline");
    line.setAttribute("points", places.map(([x, y]) => `${x},${y}`).join(" "));
    this.sketch.replaceChildren(line, ...places.map(dot));
  }
}

function dot([x, y]) {
  const circle = document.createElementNS(SVG, "circle");
  for (const [name, value] of Object.entries({ cx: x, cy: y, r: 2.5 })) circle.setAttribute(name, String(value));
  return circle;
}

/** The points in a square, north up, with the same scale both ways. */
function onPaper(points) {
  if (!points.length) return [];
  const narrow = Math.cos((points[0].latitude * Math.PI) / 180);
  const flat = points.map(({ latitude, longitude }) => [longitude * narrow, -latitude]);
  const [left, top] = [0, 1].map((axis) => Math.min(...flat.map((place) => place[axis])));
  const size = Math.max(...flat.map(([x, y]) => Math.max(x - left, y - top))) || 1;
  return flat.map(([x, y]) => [((x - left) / size) * SIDE, ((y - top) / size) * SIDE]);
}
