/** Files: kept on this phone as soon as they are chosen, or else sent at once, with progress, and again where that failed. */

import { button, icon, make } from "../dom.js";
import { csrfToken } from "../server.js";
import { say } from "../words.js";
import { descriptionOf, inPlace, labelOf } from "./frame.js";

const RETRY_MS = 5_000;
const MB = 1_000_000;
const REFUSED = 422;

/**
 * Send one file; resolves to the name under which the server keeps it.
 * @param {string} url
 * @param {{file: Blob, name: string, place: string}} what
 * @param {(share: number) => void} onProgress from 0 to 1
 * @returns {Promise<string>}
 */
function sent(url, { file, name, place }, onProgress) {
  return new Promise((resolve, reject) => {
    const http = new XMLHttpRequest(); // fetch cannot tell how far it is
    const body = new FormData();
    body.append("place", place); // the server looks whether the file is of the question's kind
    body.append("file", file, name);
    http.open("POST", url);
    http.responseType = "json";
    http.setRequestHeader("X-CSRFToken", csrfToken());
    http.setRequestHeader("Accept", "application/json");
    http.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    http.addEventListener("error", () => reject(new Error()));
    http.addEventListener("load", () => {
      if (http.status < 300) resolve(http.response.name);
      else reject(new Error(http.response?.message ?? "", { cause: http.status }));
    });
    http.send(body);
  });
}

export default class Upload {
  constructor(question) {
    this.question = question;
    this.url = question.page.address("files");
    this.input = question.element.querySelector("input[type=file]") ?? make("input", { type: "file" });
    this.input.removeAttribute("name"); // the form holds the file's name, not the file
    this.input.className = "vh";
    this.choose = button([icon("add"), this.word], () => this.input.click(), {
      "aria-labelledby": null,
      "aria-describedby": descriptionOf(question),
    });
    this.remove = button([icon("close"), say("remove_file")], () => this.#clear(), { class: "button quiet slim" });
    this.bar = make("progress", { class: "meter", max: 1, value: 0, hidden: true, "aria-label": say("sending") });
    this.state = make("p", { class: "file-state", role: "status" });
    this.again = button(say("try_again"), () => this.#send(), { class: "button slim", hidden: true });
    this.preview = make("div", { class: "preview" });
    this.box = inPlace(question, this.preview, this.state, this.bar, this.again, this.choose, this.remove);
    this.input.tabIndex = -1;
    this.input.setAttribute("aria-labelledby", labelOf(question));
    this.choose.after(this.input);
    this.input.disabled = false;
    this.input.addEventListener("change", () => this.#chosen());
    this.#chosen(); // before this widget had come
  }

  get word() {
    return say(`choose_${this.question.kind}`);
  }

  /** The file as it is to be sent. */
  async prepared(file) {
    return file;
  }

  read() {
    return this.question.value;
  }

  write(name) {
    if (this.pending) return;
    this.remove.hidden = !name;
    this.choose.lastChild.textContent = name ? say("choose_another") : this.word;
    if (name === this.written) return;
    this.written = name;
    this.state.textContent = name;
    this.#find(name);
  }

  async #find(name) {
    const { phone } = this.question.page;
    const address = name && (await (phone?.files.addressOf(name) ?? `${this.url}${encodeURIComponent(name)}`));
    if (name === this.written) this.show(address, name);
  }

  /** Show the file at an address of ours; blank shows none. */
  show(url, name = "") {
    const tag = { image: "img", audio: "audio", video: "video" }[this.question.kind];
    const attributes = tag === "img" ? { alt: say("preview") } : { controls: true, preload: "none" };
    const link = () => make("a", { href: url, download: name }, say("open_file"));
    this.preview.replaceChildren(...(url ? [tag ? make(tag, { src: url, ...attributes }) : link()] : []));
  }

  async #chosen() {
    const [file] = this.input.files;
    this.input.value = "";
    if (file) await this.take(file, file.name);
  }

  /** Prepare a file, and keep it or send it. */
  async take(file, name) {
    this.state.textContent = say("preparing");
    this.pending = { file: await this.prepared(file), name };
    if (this.question.page.phone) await this.#keep();
    else await this.#send();
  }

  /** On this phone, from where it goes on; a phone that is full leaves it to the server. */
  async #keep() {
    const { pending, question } = this;
    const { phone, uploading } = question.page;
    const fault = phone.files.faultOf(pending.file, question.kind);
    if (fault) return this.#failed({ message: say(fault, { name: pending.name }), cause: REFUSED });
    uploading.add(this);
    try {
      const name = await phone.files.keep(pending.file, pending.name);
      if (this.pending === pending) this.#done(name);
    } catch (error) {
      if (error.reason) return this.#send();
      if (!(error instanceof DOMException)) throw error;
      this.#failed({ message: say("unreadable_file", { name: pending.name }), cause: REFUSED }); // it was moved or changed
    }
  }

  async #send() {
    clearTimeout(this.timer);
    const { pending, question } = this;
    if (!pending) return;
    question.page.uploading.add(this);
    this.#busy(true, say("sending_file", { size: (pending.file.size / MB).toFixed(1) }));
    try {
      const name = await sent(this.url, { ...pending, place: question.place }, (share) => (this.bar.value = share));
      if (this.pending === pending) this.#done(name);
    } catch (error) {
      if (this.pending === pending) this.#failed(error);
    }
  }

  #done(name) {
    this.#settle();
    this.#busy(false, "");
    this.question.set(name);
    this.write(name);
    this.question.leave();
  }

  /** No connection: again in a while. Refused: the person decides. */
  #failed({ message, cause = 0 }) {
    const isRefused = cause >= 400 && cause < 500 && cause !== 401 && cause !== 429;
    this.#busy(false, isRefused ? message || say("file_refused") : say("file_waits"));
    this.again.hidden = isRefused;
    if (isRefused) this.#settle();
    else this.timer = setTimeout(() => this.#send(), RETRY_MS);
  }

  #busy(isBusy, text) {
    this.bar.hidden = !isBusy;
    this.again.hidden = true;
    this.choose.disabled = isBusy;
    this.state.textContent = text;
  }

  /** Nothing is to be sent any more; what is on its way is not taken over. */
  cancel() {
    this.#settle();
  }

  #settle() {
    clearTimeout(this.timer);
    this.pending = null;
    this.question.page.uploading.delete(this);
  }

  /** The server lets go of a file when no saved answer names it. */
  #clear() {
    this.cancel();
    this.question.set("");
    this.write("");
    this.choose.focus();
  }
}
