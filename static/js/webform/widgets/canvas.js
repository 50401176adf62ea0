/** Signatures, drawings and notes on pictures; who cannot draw sends a picture instead. */

import { button, make } from "../dom.js";
import { say } from "../words.js";
import { resized } from "./image.js";
import Upload from "./upload.js";

const SEND_AFTER_MS = 1_500;
const SCALE = 2; // pixels a CSS pixel, in what is sent
const LINE_PX = 2.5;
const INK = "#14202b";
const PAPER = "#ffffff";

export default class Drawing extends Upload {
  constructor(question) {
    super(question);
    const kind = ["signature", "annotate", "draw"].find((name) => question.appearances.has(name));
    this.isAnnotation = kind === "annotate";
    this.strokes = [];
    this.canvas = make("canvas", { class: `pad ${kind}`, role: "img", "aria-label": say(`${kind}_pad`) });
    this.undo = button(say("undo"), () => this.#undo(), { class: "button slim" });
    this.empty = button(say("clear_drawing"), () => this.#empty(), { class: "button slim" });
    this.choose.lastChild.textContent = this.word;
    this.box.prepend(this.canvas, make("div", { class: "row" }, this.undo, this.empty));
    this.#listen();
  }

  get word() {
    return say(this.isAnnotation ? "choose_image" : "picture_instead");
  }

  async prepared(file) {
    const longest = Number(this.question.parameters["max-pixels"]);
    return longest ? resized(file, longest).catch(() => file) : file;
  }

  /** A picture to draw on stays on the pad; any other picture takes the drawing's place. */
  async take(file, name) {
    if (this.isAnnotation && !this.isOwn) {
      this.background = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
      this.strokes = [];
      this.#paint();
    }
    this.isOwn = false;
    await super.take(file, name);
  }

  write(name) {
    super.write(name);
    this.canvas.classList.toggle("filled", !!name);
  }

  #listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.#start(event));
    canvas.addEventListener("pointermove", (event) => this.#draw(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => this.#end());
    new ResizeObserver(() => this.#paint()).observe(canvas);
  }

  /** Where on the pad, as shares of its width, so that a turned phone keeps the drawing. */
  #at({ offsetX, offsetY }) {
    return [offsetX / this.canvas.clientWidth, offsetY / this.canvas.clientWidth];
  }

  #start(event) {
    if (this.question.isFixed) return;
    event.preventDefault();
    clearTimeout(this.waiting);
    this.canvas.setPointerCapture(event.pointerId);
    this.stroke = [this.#at(event)];
    this.strokes.push(this.stroke);
    this.#paint();
  }

  #draw(event) {
    if (!this.stroke) return;
    this.stroke.push(...(event.getCoalescedEvents?.() ?? [event]).map((one) => this.#at(one)));
    this.#paint();
  }

  #end() {
    if (!this.stroke) return;
    this.stroke = null;
    this.#sendSoon();
  }

  #sendSoon() {
    clearTimeout(this.waiting);
    this.question.page.uploading.add(this);
    this.waiting = setTimeout(() => this.#sendDrawing(), SEND_AFTER_MS);
  }

  async #sendDrawing() {
    if (!this.strokes.length) return;
    const file = await new Promise((resolve) => this.canvas.toBlob(resolve, "image/png"));
    this.isOwn = true;
    await this.take(file, `${this.question.place.split("/").at(-1)}.png`);
  }

  cancel() {
    clearTimeout(this.waiting);
    super.cancel();
  }

  #undo() {
    this.strokes.pop();
    this.#paint();
    if (this.strokes.length) this.#sendSoon();
    else this.#empty();
  }

  #empty() {
    this.cancel();
    this.strokes = [];
    this.#paint();
    if (this.question.value) this.remove.click();
    this.empty.focus();
  }

  #paint() {
    const { canvas } = this;
    const [width, height] = [canvas.clientWidth * SCALE, canvas.clientHeight * SCALE];
    if (!width) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    pen.fillStyle = PAPER;
    pen.fillRect(0, 0, width, height);
    if (this.background) this.#paintBackground(pen, width, height);
    Object.assign(pen, { strokeStyle: INK, lineWidth: LINE_PX * SCALE, lineCap: "round", lineJoin: "round" });
    for (const stroke of this.strokes) paintStroke(pen, stroke, width);
  }

  #paintBackground(pen, width, height) {
    const { width: w, height: h } = this.background;
    const scale = Math.min(width / w, height / h);
    pen.drawImage(this.background, (width - w * scale) / 2, (height - h * scale) / 2, w * scale, h * scale);
  }
}

function paintStroke(pen, stroke, width) {
  const [[x, y], ...rest] = stroke;
  pen.beginPath();
  pen.moveTo(x * width, y * width);
  pen.lineTo(x * width, y * width); // a dot, where nothing follows
  for (const [toX, toY] of rest) pen.lineTo(toX * width, toY * width);
  pen.stroke();
}
