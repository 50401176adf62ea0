/** Groups that are asked several times: instances come, go and change their numbers. */

import { say } from "./words.js";

/** The element and all in it; templates within stay as they are. */
const all = (element) => [element, ...element.querySelectorAll("*")];

/** The attributes in which a text is: number of the element, name, value. */
function attributesWith(text, element) {
  return all(element).flatMap((one, at) =>
    [...one.attributes].filter(({ value }) => value.includes(text)).map(({ name, value }) => [at, name, value]),
  );
}

export class Repeat {
  /**
   * @param {HTMLElement} element
   * @param {Page} page
   */
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.template = element.querySelector(":scope > template.instance");
    const model = this.template.content.firstElementChild;
    this.blank = model.dataset.path; // such as /data/a[0]/b[0]
    this.slots = attributesWith(this.blank, model);
  }

  get instances() {
    return [...this.element.children].filter((child) => child.tagName === "FIELDSET");
  }

  /** Whether it applies, also where there is no instance yet. */
  get applies() {
    return this.page.form.isRelevant(this.place);
  }

  /** As many instances as the form has. */
  paint() {
    for (const instance of this.grow()) this.page.paintWithin(instance);
    this.paintRelevance();
  }

  paintRelevance() {
    this.element.hidden = !this.applies;
  }

  /** Make or drop instances until they are right; those that are new are not painted yet. */
  grow() {
    const places = this.page.form.instances(this.place);
    const { instances } = this;
    for (const instance of instances.splice(places.length)) this.#drop(instance);
    const added = places.slice(instances.length).map((place, at) => this.#copy(place, instances.length + at + 1));
    this.template.before(...added);
    for (const instance of added) this.page.bind(instance);
    return added;
  }

  add() {
    const { place } = this.page.change(() => this.page.form.add(this.place));
    this.page.log?.added(place);
    const first = this.page.questionsIn(this.instances.at(-1)).find((one) => one.applies && one.target);
    first?.focus();
    this.page.announce(say("added", { number: this.instances.length }));
  }

  /** Take an instance out, asking first where it holds answers. */
  async remove(instance) {
    const number = this.instances.indexOf(instance) + 1;
    const hasAnswers = this.page.questionsIn(instance).some((one) => one.isBegun);
    if (hasAnswers && !(await isSure(number))) return;
    this.page.log?.removing(instance.dataset.path);
    const change = this.page.form.remove(instance.dataset.path);
    this.#drop(instance);
    this.#renumber();
    this.page.change(() => change);
    this.page.announce(say("removed", { number }));
    const before = this.instances[Math.max(number - 2, 0)];
    (before ?? this.element).querySelector(before ? "[name=remove]" : "[name=add]")?.focus();
  }

  #copy(place, number) {
    const instance = this.template.content.firstElementChild.cloneNode(true);
    const elements = all(instance);
    for (const [at, name, value] of this.slots) elements[at].setAttribute(name, value.replaceAll(this.blank, place));
    tellNumber(instance, number);
    return instance;
  }

  #drop(instance) {
    for (const question of this.page.questionsIn(instance)) question.control?.cancel?.();
    this.page.unbind(instance);
    instance.remove();
  }

  /** Instances behind a removed one move up; what the person did there stays. */
  #renumber() {
    this.instances.forEach((instance, at) => {
      const old = instance.dataset.path;
      const place = `${this.place}[${at + 1}]`;
      if (place === old) return;
      this.page.unbind(instance);
      const elements = all(instance);
      for (const [number, name, value] of attributesWith(old, instance)) {
        elements[number].setAttribute(name, value.replaceAll(old, place));
      }
      tellNumber(instance, at + 1);
      this.page.bind(instance);
    });
  }
}

function tellNumber(instance, number) {
  const own = (element) => element.closest(".instance") === instance;
  for (const place of [...instance.querySelectorAll(".number")].filter(own)) place.textContent = String(number);
}

async function isSure(number) {
  const { mayRemove } = await import("./dialog.js");
  return mayRemove(number);
}
