/** Keeps the log of an interview whose form asks for one: sees what happens on the page, sends the rows. */

import { Clock, Log } from "./audit.js";
import { CHECK } from "./sections.js";
import { request } from "./server.js";

const JUMPS = ".step:not([aria-current]), a[href^='#']:not(.skip)";
const SAVES = "[name=go][value=keep]";
const UNSEEN = ["required"]; // a blank is no error of the person before the end
const KEEPALIVE_CHARACTERS = 10_000; // browsers let 64 kB in all outlive their page
const LATER = [401, 403, 408, 429]; // the server may take it another time

/**
 * @param {{columns: string[], parameters: Record<string, string>, url: string, page: string, user: string,
 *   last: number | null}} facts what the definition and the draft say of the log; `page` names this opening
 *   of it, `last` is the latest moment that was noted before
 */
export async function record(facts) {
  const recorder = new Recorder(facts);
  if (facts.columns.includes("latitude")) await recorder.locate(facts.parameters);
  return recorder;
}

class Recorder {
  constructor({ url, page, columns, user, last, keep, headers }) {
    this.url = url;
    this.keep = keep; // on this phone, where it keeps anything
    this.headers = headers;
    this.id = page;
    this.parts = []; // that are not on the server yet
    this.count = 0;
    this.isAway = document.hidden; // nobody looks at it
    this.clock = new Clock({ last });
    this.log = new Log({
      columns,
      user,
      clock: this.clock,
      valueAt: (place) => this.#valueAt(place),
      position: (now) => this.whereabouts?.at(now),
    });
    this.log.note(last === null ? "form start" : "form resume");
    this.#listen();
  }

  async locate(parameters) {
    const { Whereabouts } = await import("./whereabouts.js");
    const geolocation = isSecureContext ? navigator.geolocation : undefined;
    const note = (event) => this.log.note(event);
    this.whereabouts = new Whereabouts(parameters, { geolocation, clock: this.clock, note });
    this.whereabouts.watch();
  }

  /** A section, or the last step, came on the screen. */
  shown(page) {
    this.log.leave();
    this.page = page;
    if (this.isAway) return undefined;
    const { all, current } = page.sections;
    if (current === CHECK) return this.log.showEnd();
    const { element, places } = all[current - 1];
    const asked = places.filter((place) => page.form.isRelevant(place) && page.takesAnswer(place));
    return this.log.show(element.dataset.path || `/${page.definition.root}`, asked);
  }

  /** The person is told that an answer is wrong. */
  wrong(place, problem) {
    if (!UNSEEN.includes(problem)) this.log.note("constraint error", place);
  }

  added(place) {
    this.log.note("add repeat", place);
  }

  /** An instance of a repeat is about to go; those behind it will have other numbers. */
  removing(place) {
    this.log.settle();
    this.log.note("delete repeat", place);
  }

  /** The interview is about to be sent, which no log may hinder: two tries must do. */
  async finish() {
    this.log.leave();
    this.log.note("form finalize");
    this.isAway = true; // what comes now is no part of it
    return (await this.send()) || this.send();
  }

  /** It was not taken, and goes on. */
  refused() {
    this.isAway = false;
    this.log.note("finalize error");
    this.shown(this.page);
  }

  /** Send what was noted; where this phone keeps it, from there. Resolves to whether all of it is where it is to be. */
  async send() {
    const rows = this.log.take();
    const part = rows && { page: this.id, number: this.count++, rows, last: this.clock.last };
    if (part) this.parts.push(part);
    if (part) await this.keep?.(part);
    const posted = Promise.all(this.parts.map((one) => (one.sending ??= this.#post(one))));
    if (this.keep) return true; // the server's is a copy, for which nobody waits
    await posted;
    return !this.parts.length;
  }

  async #post(part) {
    const { sending, ...document } = part;
    const body = JSON.stringify(document);
    const status = await request(this.url, {
      method: "POST",
      body,
      keepalive: body.length < KEEPALIVE_CHARACTERS,
      headers: { "Content-Type": "application/json", ...this.headers },
    }).then((response) => response.status, () => 0);
    part.sending = null;
    const isLater = !status || status >= 500 || LATER.includes(status);
    if (!isLater) this.parts = this.parts.filter((one) => one !== part);
  }

  #valueAt(place) {
    return this.page.questions.has(place) ? this.page.form.value(place) : "";
  }

  #listen() {
    for (const type of ["focusin", "click", "input"]) {
      document.addEventListener(type, ({ target }) => this.#touched(target), { capture: true }); // before answers change
    }
    document.addEventListener("click", ({ target }) => this.#clicked(target), { capture: true });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#away() : this.#back()));
    addEventListener("pagehide", () => this.#away());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#back());
  }

  #touched(target) {
    const question = this.page?.questionAt(target);
    if (question?.takesAnswer) this.log.touch(question.place);
  }

  #clicked(target) {
    if (target.closest(SAVES)) this.log.note("form save");
    if (!target.closest(JUMPS)) return;
    this.log.leave();
    this.log.note("jump");
  }

  #away() {
    if (this.isAway) return;
    this.isAway = true;
    this.log.leave();
    this.log.note("form exit");
    this.send();
  }

  #back() {
    if (!this.isAway) return;
    this.isAway = false;
    this.clock.anchor();
    this.log.note("form resume");
    if (this.page) this.shown(this.page);
  }
}
