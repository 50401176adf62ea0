/** One section at a time: steps, progress, the way forward and back, and the address of each. */

import { icon } from "./dom.js";
import { say } from "./words.js";

export const CHECK = "check";

class Section {
  constructor(element, number, page) {
    this.element = element;
    this.number = number;
    this.page = page;
    this.heading = element.querySelector("h1");
    this.progress = element.querySelector("[data-progress]");
    this.steps = [...document.querySelectorAll(`.step[value="${number}"]`)];
  }

  get title() {
    return this.heading?.textContent?.trim() ?? "";
  }

  /** Those in it now; the list is made anew when instances of repeats come or go. */
  get questions() {
    if (this.version !== this.page.version) this.known = this.page.questionsIn(this.element);
    this.version = this.page.version;
    return this.known;
  }

  /** How far it is; kept in the steps as well. */
  count() {
    const shown = this.questions.filter((question) => question.applies);
    const asked = shown.filter((question) => question.takesAnswer);
    this.applies = shown.length > 0;
    this.asked = asked.length;
    this.answered = asked.filter((question) => question.value).length;
    this.isWrong = shown.some((question) => question.shown);
    if (this.progress) this.progress.textContent = say("answered", this);
    for (const step of this.steps) this.#paint(step);
  }

  get isComplete() {
    return this.applies && this.answered === this.asked;
  }

  #paint(step) {
    step.disabled = !this.applies;
    step.classList.toggle("done", this.isComplete);
    step.classList.toggle("wrong", this.isWrong);
    const meter = step.querySelector("progress");
    if (meter) Object.assign(meter, { max: this.asked || 1, value: this.answered });
    const count = step.querySelector("small");
    if (count) count.textContent = this.applies ? `${this.answered}/${this.asked}` : "";
    const mark = step.querySelector("b");
    if (mark) {
      mark.dataset.mark ??= mark.textContent ?? "";
      mark.replaceChildren(this.isComplete ? icon("check") : mark.dataset.mark);
    }
  }
}

export class Sections {
  /**
   * @param {import("./page.js").Page} page
   * @param {{onCheck: () => void}} options
   */
  constructor(page, { onCheck }) {
    this.page = page;
    this.onCheck = onCheck;
    this.all = [...page.root.querySelectorAll("section[data-path]")].map(
      (element, at) => new Section(element, at + 1, page),
    );
    this.check = document.getElementById(CHECK);
    this.current = 0; // a number, or CHECK
    addEventListener("popstate", () => this.open(location.hash));
  }

  count() {
    for (const section of this.all) section.count();
  }

  /** The section that holds an element, if any does. */
  of(element) {
    return this.all.find((section) => section.element.contains(element));
  }

  next(from = this.current) {
    return this.all.find((section) => section.number > from && section.applies)?.number ?? CHECK;
  }

  previous(from = this.current) {
    const before = from === CHECK ? Infinity : from;
    return this.all.findLast((section) => section.number < before && section.applies)?.number;
  }

  get firstUnfinished() {
    return this.all.find((section) => section.applies && !section.isComplete)?.number ?? CHECK;
  }

  /** Go to where an address points: `#s3`, `#check`, `#q/data/age`; else where there is work left. */
  open(hash) {
    const name = decodeURIComponent(hash.slice(1));
    const question = name[0] === "q" && this.page.questions.get(name.slice(1));
    if (question) return this.goTo(question, { isNew: false });
    const number = /^s\d+$/.test(name) ? Number(name.slice(1)) : 0;
    const exists = name === CHECK || this.all[number - 1]?.applies;
    return this.show(exists ? number || CHECK : this.firstUnfinished, { isNew: false });
  }

  goTo(question, options) {
    this.show(this.of(question.element)?.number ?? 1, options);
    question.focus();
  }

  /** @param {number | "check"} number */
  show(number, { isNew = true } = {}) {
    const hash = `#${number === CHECK ? CHECK : `s${number}`}`;
    if (number === CHECK) this.onCheck();
    if (isNew && number !== this.current) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
    this.current = number;
    for (const section of this.all) section.element.hidden = section.number !== number;
    if (this.check) this.check.hidden = number !== CHECK;
    this.#paint();
    scrollTo(0, 0);
    this.heading?.focus({ preventScroll: true });
  }

  get heading() {
    const place = this.current === CHECK ? this.check : this.all[this.current - 1]?.element;
    return place?.querySelector("h1");
  }

  #paint() {
    const { current } = this;
    for (const step of document.querySelectorAll(".step")) {
      if (step.value === String(current)) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    }
    const isLast = current === CHECK;
    document.querySelector(".bar [value=back]").hidden = this.previous() === undefined;
    document.querySelector(".bar [value=next]").hidden = isLast;
    document.querySelector(".bar [value=send]").hidden = !isLast;
    document.querySelector("form [value=stop]").hidden = isLast || this.previous() === undefined;
    this.heading && (document.title = `${this.heading.textContent.trim()} · ${this.page.title}`);
    this.paintNext();
  }

  /** The name of what comes next, beside the button's word. */
  paintNext() {
    const next = this.next();
    const place = document.querySelector(".bar .next-name");
    if (place) place.textContent = ` · ${next === CHECK ? say("check") : this.all[next - 1].title}`;
  }
}
