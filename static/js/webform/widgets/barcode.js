/** Codes read by the camera where the browser can, typed elsewhere. */

import { button, make } from "../dom.js";
import { say } from "../words.js";

const EVERY_MS = 200;

export default class Barcode {
  constructor(question) {
    this.question = question;
    this.field = question.control;
    if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
    const scan = button(say("scan"), () => this.#scan(), { class: "button" });
    question.element.querySelector("input[name]").after(scan);
    this.scan = scan;
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

  async #scan() {
    const video = make("video", { playsinline: true, muted: true });
    const close = button(say("cancel"), () => dialog.close());
    const state = make("p", { role: "status" }, say("hold_code"));
    const dialog = make("dialog", { class: "ask scan", "aria-label": say("scan") }, video, state, close);
    document.body.append(dialog);
    dialog.showModal();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      dialog.addEventListener("close", () => stream.getTracks().forEach((track) => track.stop()));
      video.srcObject = stream;
      await video.play();
      await this.#read(video, dialog);
    } catch {
      state.textContent = say("no_camera");
    }
    if (dialog.open) await new Promise((resolve) => dialog.addEventListener("close", resolve));
    dialog.remove();
    this.scan.focus();
  }

  async #read(video, dialog) {
    const detector = new window.BarcodeDetector();
    while (dialog.open) {
      const [code] = await detector.detect(video);
      if (code) {
        this.field.write(code.rawValue);
        this.question.read();
        this.question.leave();
        return dialog.close();
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    return undefined;
  }
}
