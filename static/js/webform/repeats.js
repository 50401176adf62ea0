/** Groups that are asked several times: instances come, go and change their numbers. */

import { ask } from "./dialog.js";
import { say } from "./words.js";

/** Put `place` for `old` in every attribute in and of an element; templates within stay as they are. */
function rename(element, old, place) {
  for (const one of [element, ...element.querySelectorAll("*")]) {
    for (const attribute of one.attributes) {
      if (attribute.value.includes(old)) attribute.value = attribute.value.replaceAll(old, place);
    }
  }
}

export class Repeat {
  /**
   * @param {HTMLElement} element
   * @param {import("./page.js").Page} page
   */
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.template = element.querySelector(":scope > template.instance");
    this.blank = this.template?.content.firstElementChild?.dataset.path ?? ""; // such as /data/a[0]/b[0]
  }

  get place() {
    return this.element.dataset.path ?? "";
  }

  get instances() {
    return [...this.element.children].filter((child) => child.matches(".instance:not(template)"));
  }

  /** As many instances as the form has. */
  paint() {
    const places = this.page.form.instances(this.place);
    for (const instance of this.instances.slice(places.length)) this.#drop(instance);
    for (const place of places.slice(this.instances.length)) this.#append(place);
    this.#number();
    this.element.hidden = !this.page.form.isRelevant(this.place);
  }

  add() {
    const place = this.page.change(() => this.page.form.add(this.place));
    const first = [...this.page.questionsIn(this.instances.at(-1))].find((q) => q.applies && q.target);
    first?.focus();
    this.page.announce(say("added", { number: this.instances.length }));
    return place;
  }

  /** Take an instance out, asking first where it holds answers. */
  async remove(instance) {
    const number = this.instances.indexOf(instance) + 1;
    const hasAnswers = [...this.page.questionsIn(instance)].some((q) => q.takesAnswer && q.value);
    if (hasAnswers && !(await this.#isSure(number))) return;
    this.#drop(instance);
    this.#renumber();
    this.page.change(() => this.page.form.remove(`${this.place}[${number}]`));
    this.page.announce(say("removed", { number }));
    (this.instances[number - 2]?.querySelector("button[name=remove]") ?? this.addButton)?.focus();
  }

  get addButton() {
    return this.element.querySelector(`:scope > button[name=add], :scope > :not(.instance) button[name=add]`);
  }

  async #isSure(number) {
    const answer = await ask({
      title: say("remove_title", { number }),
      text: say("remove_text"),
      choices: [
        { label: say("keep_it"), value: "", style: "primary" },
        { label: say("remove"), value: "remove", style: "danger" },
      ],
    });
    return answer === "remove";
  }

  #append(place) {
    const instance = this.template.content.firstElementChild.cloneNode(true);
    rename(instance, this.blank, place);
    const last = this.instances.at(-1);
    if (last) last.after(instance);
    else this.template.before(instance);
    this.page.bind(instance);
    this.page.paintWithin(instance);
  }

  #drop(instance) {
    this.page.unbind(instance);
    instance.remove();
  }

  /** Instances behind a removed one move up; what the person did there stays. */
  #renumber() {
    this.instances.forEach((instance, at) => {
      const place = `${this.place}[${at + 1}]`;
      if (instance.dataset.path === place) return;
      this.page.unbind(instance);
      rename(instance, instance.dataset.path, place);
      this.page.bind(instance);
    });
  }

  #number() {
    const { instances } = this;
    const isOpen = !this.page.definition.repeats?.[withoutLast(this.place)];
    instances.forEach((instance, at) => {
      const number = instance.querySelector(".number");
      if (number) number.textContent = String(at + 1);
    });
    this.element.classList.toggle("counted", !isOpen);
  }
}

const withoutLast = (place) => place.replace(/\[\d+\]/g, "");
