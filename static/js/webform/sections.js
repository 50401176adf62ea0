/** One section at a time: steps, progress, the way forward and back, and the address of each. */

import { icon } from "./dom.js";
import { withoutPlaces } from "./question.js";
import { say } from "./words.js";

export const CHECK = "check";

class Section {
  constructor(element, number, page) {
    this.element = element;
    this.number = number;
    this.page = page;
    this.paths = page.definition.sections[number - 1].questions;
    this.heading = element.querySelector("h1");
    this.progress = element.querySelector("[data-progress]");
    this.repeats = [...element.querySelectorAll(".repeat:has(button[name=add])")];
    this.steps = [...document.querySelectorAll(`.step[value="${number}"]`)];
    this.isBound = false;
  }

  get title() {
    return this.heading.textContent.trim();
  }

  /** Take it in and paint it; before that, only how far it is is known. */
  bind() {
    if (this.isBound) return;
    this.isBound = true;
    this.page.bind(this.element);
    this.page.paintWithin(this.element);
    this.count();
  }

  /** Those in it now; the list is made anew when instances of repeats come or go. */
  get questions() {
    if (this.version !== this.page.version) this.known = this.page.questionsIn(this.element);
    this.version = this.page.version;
    return this.known;
  }

  /** The places of its questions in the interview as it is now. */
  get places() {
    this.found ??= this.paths.flatMap((path) => this.page.placesOf(path));
    return this.found;
  }

  /** How far it is: counted when it is first asked for, and again after changes. */
  get tally() {
    this.counted ??= this.#count();
    return this.counted;
  }

  #count() {
    const { form } = this.page;
    const shown = this.places.filter((place) => form.isRelevant(place));
    const asked = shown.filter((place) => this.page.takesAnswer(place));
    const answered = asked.filter((place) => form.value(place));
    const open = this.repeats.filter(({ dataset }) => form.isRelevant(dataset.path));
    return { shown: shown.length + open.length, asked: asked.length, answered: answered.length };
  }

  get applies() {
    return this.tally.shown > 0;
  }

  /** Count again and show it in the steps; `hasGrown` where there are other instances. */
  count(hasGrown = false) {
    if (hasGrown) this.found = null;
    this.counted = null;
    this.isWrong = this.isBound && this.questions.some((question) => question.shown);
    const now = `${Object.values(this.tally)} ${this.isWrong}`;
    if (now !== this.painted) this.#paint();
    this.painted = now;
  }

  get isComplete() {
    return this.applies && this.tally.answered === this.tally.asked;
  }

  #paint() {
    this.progress.textContent = say("answered", this.tally);
    for (const step of this.steps) this.#paintStep(step);
  }

  #paintStep(step) {
    step.disabled = !this.applies;
    step.classList.toggle("done", this.isComplete);
    step.classList.toggle("wrong", this.isWrong);
    const meter = step.querySelector("progress");
    const { asked, answered } = this.tally;
    if (meter) Object.assign(meter, { max: asked || 1, value: answered });
    const count = step.querySelector("small");
    if (count) count.textContent = this.applies ? `${answered}/${asked}` : "";
    const mark = step.querySelector("b");
    if (mark) {
      mark.dataset.mark ??= mark.textContent ?? "";
      mark.replaceChildren(this.isComplete ? icon("check") : mark.dataset.mark);
    }
  }
}

export class Sections {
  /**
   * @param {Page} page
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
  }

  count(hasGrown) {
    for (const section of this.all) section.count(hasGrown);
  }

  /** The section of a place, whether it is bound or not. */
  at(place) {
    const path = withoutPlaces(place);
    return this.all.find(({ paths }) => paths.includes(path));
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
  open(hash, isFirst = false) {
    const name = decodeURIComponent(hash.slice(1));
    if (name[0] === "q" && this.at(name.slice(1))) return this.goTo(name.slice(1));
    const number = /^s\d+$/.test(name) ? Number(name.slice(1)) : 0;
    const exists = name === CHECK || this.all[number - 1]?.applies;
    return this.show(exists ? number || CHECK : this.firstUnfinished, { isNew: false, isFirst });
  }

  goTo(place) {
    this.show(this.at(place).number, { isNew: false });
    this.page.questions.get(place)?.focus();
  }

  /** @param {number | "check"} number */
  show(number, { isNew = true, isFirst = false } = {}) {
    const hash = `#${number === CHECK ? CHECK : `s${number}`}`;
    if (number === CHECK) this.onCheck();
    else this.all[number - 1].bind();
    if (isNew && number !== this.current) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
    this.current = number;
    for (const section of this.all) section.element.hidden = section.number !== number;
    if (this.check) this.check.hidden = number !== CHECK;
    this.#paint();
    this.page.log?.shown(this.page);
    if (isFirst) return; // the page begins at its top
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
