/** What a select offers where that depends on answers, files or repeats. */

import { make } from "./dom.js";
import { say } from "./words.js";

const LONG = 100; // rows, of which nobody reads all

/** Rows of radios or checkboxes, made from the template beside them. */
class Rows {
  constructor(element) {
    this.element = element;
    this.template = element.querySelector("template");
    this.shown = new Map(); // rows by what they say
  }

  /** What is said in the place of rows. */
  tell(words) {
    this.element.dataset.empty = words;
  }

  /** Rows that stay as they are keep their elements, and so the focus. */
  render(choices, place) {
    const old = this.shown;
    const rows = choices.map((choice, at) => old.get(keyOf(choice)) ?? this.#row(choice, place, at));
    this.shown = new Map(rows.map((row, at) => [keyOf(choices[at]), row]));
    for (const row of old.values()) if (!rows.includes(row)) row.remove();
    rows.forEach((row, at) => {
      if (this.element.children[at] !== row) this.element.insertBefore(row, this.element.children[at] ?? null);
    });
  }

  #row({ name, label, media = {} }, place, at) {
    const row = this.template.content.firstElementChild.cloneNode(true);
    const input = row.querySelector("input");
    input.name = place;
    input.value = name;
    input.id = `${place}-${at}-${name}`;
    if (row.htmlFor !== undefined) row.htmlFor = input.id;
    (row.querySelector(".label") ?? row.querySelector("span")).textContent = label;
    for (const part of row.querySelectorAll("[data-media]")) {
      const url = media[part.dataset.media];
      if (url) part[part.matches("a") ? "href" : "src"] = url;
      else part.remove();
    }
    return row;
  }
}

/** The entries of a <select>; a blank first one stays. */
class Entries {
  constructor(select) {
    this.element = select;
  }

  /** What the blank entry says instead of "Choose one". */
  tell(words) {
    const blank = this.element.querySelector("option[value='']");
    if (!blank) return;
    this.usual ??= blank.textContent;
    blank.textContent = words || this.usual;
  }

  render(choices) {
    const blank = this.element.querySelector("option[value='']");
    const entries = choices.map(({ name, label }) => make("option", { value: name }, label));
    this.element.replaceChildren(...(blank ? [blank] : []), ...entries);
  }
}

const keyOf = ({ name, label, media = {} }) => [name, label, ...Object.values(media)].join("\n");

export class Options {
  /** The options of a question; null where the page shows them in another way. */
  static in(question) {
    const element = question.element.querySelector("[data-itemset]");
    if (!element) return null;
    return new Options(question, element.matches("select") ? new Entries(element) : new Rows(element));
  }

  constructor(question, list) {
    this.question = question;
    this.list = list;
    this.shown = null; // nothing yet, which is not the same as no choices
  }

  paint() {
    if (!this.question.applies) return undefined;
    const choices = this.question.choices();
    const now = choices.map(keyOf).join("\n");
    if (now === this.shown) return undefined;
    this.shown = now;
    if (choices.length > LONG) return this.question.searches();
    this.list.render(choices, this.question.place);
    this.list.tell(choices.length ? "" : say("no_choices"));
    return this.question.paintValue();
  }
}
