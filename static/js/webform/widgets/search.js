/** Choosing from long lists by typing: an ARIA combobox that shows at most fifty at a time. */

import { search } from "../../formlogic/search.js";
import { button, icon, make } from "../dom.js";
import { say } from "../words.js";
import { descriptionOf, inPlace, labelOf } from "./frame.js";

const MOST = 50;

export default class Search {
  constructor(question) {
    this.question = question;
    this.isMany = question.kind === "select_multiple";
    this.matches = [];
    this.active = -1;
    this.#build();
    this.#listen();
  }

  #build() {
    const { question } = this;
    const id = `list-${question.place}`;
    this.input = make("input", {
      class: "form-control",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: say("type_to_search"),
      "aria-labelledby": labelOf(question),
      "aria-describedby": descriptionOf(question),
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": id,
    });
    this.list = make("ul", { id, role: "listbox", class: "matches", "aria-labelledby": labelOf(question), hidden: true });
    this.status = make("p", { class: "vh", role: "status" });
    this.chips = make("ul", { class: "chips" });
    this.clear = button([icon("close")], () => this.#clear(), { class: "icon-button", "aria-label": say("clear") });
    const row = make("div", { class: "search" }, icon("search"), this.input, !this.isMany && this.clear, this.list);
    inPlace(question, this.isMany && this.chips, row, this.status);
  }

  read() {
    return this.question.value;
  }

  write(text) {
    const chosen = this.isMany ? text.split(" ").filter(Boolean) : [text].filter(Boolean);
    if (this.isMany) this.chips.replaceChildren(...chosen.map((name) => this.#chip(name)));
    else if (!this.isTyping) this.input.value = chosen.length ? this.#label(chosen[0]) : "";
    this.clear.hidden = !chosen.length;
  }

  #label(name) {
    const choices = this.question.choices();
    if (choices !== this.choices) this.byName = new Map(choices.map((choice) => [choice.name, choice.label]));
    this.choices = choices;
    return this.byName.get(name) ?? name;
  }

  #listen() {
    const { input, list } = this;
    input.addEventListener("input", (event) => this.#typed(event));
    input.addEventListener("focus", () => input.select());
    input.addEventListener("click", () => this.#show());
    input.addEventListener("keydown", (event) => this.#pressed(event));
    input.addEventListener("blur", () => this.#left());
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the field
    list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) this.#choose(this.matches[[...list.children].indexOf(option)]);
    });
  }

  #typed(event) {
    this.isTyping = true;
    this.#show();
  }

  #show() {
    const { page, place } = this.question;
    const text = this.isTyping ? this.input.value : "";
    this.matches = search(page.form.choices(place), text, MOST);
    this.active = text && this.matches.length ? 0 : -1;
    this.list.replaceChildren(...this.matches.map((choice, row) => this.#option(choice, row)));
    this.list.hidden = !this.matches.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    const isMore = this.matches.length === MOST;
    this.status.textContent = say(isMore ? "many_matches" : "matches", { count: this.matches.length });
    this.list.classList.toggle("more", isMore);
    this.#mark();
  }

  #option({ name, label }, row) {
    const isChosen = this.question.value.split(" ").includes(name);
    return make("li", { role: "option", id: `${this.list.id}-${row}`, "aria-selected": String(isChosen) }, label);
  }

  #mark() {
    [...this.list.children].forEach((option, row) => option.classList.toggle("active", row === this.active));
    const option = this.list.children[this.active];
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  #pressed(event) {
    const { key } = event;
    const isOpen = !this.list.hidden;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) return this.#show();
      const last = this.matches.length - 1;
      this.active = key === "ArrowDown" ? Math.min(this.active + 1, last) : Math.max(this.active - 1, 0);
      return this.#mark();
    }
    if (key === "Enter" && isOpen && this.active >= 0) {
      event.preventDefault(); // chosen first; the next Enter goes on
      return this.#choose(this.matches[this.active]);
    }
    if (key === "Escape" && isOpen) {
      event.preventDefault();
      this.#close();
    }
    return undefined;
  }

  #choose({ name }) {
    this.isTyping = false;
    this.question.set(this.isMany ? this.#toggled(name) : name);
    this.#close();
    if (this.isMany) this.input.value = "";
    this.write(this.question.value);
    if (!this.isMany) this.question.leave();
  }

  /** Names in the order of the list, as checkboxes would give them. */
  #toggled(name) {
    const chosen = new Set(this.question.value.split(" ").filter(Boolean));
    if (!chosen.delete(name)) chosen.add(name);
    return this.question.choices().filter((choice) => chosen.has(choice.name)).map((choice) => choice.name).join(" ");
  }

  #chip(name) {
    const label = this.#label(name);
    const remove = () => {
      this.question.set(this.#toggled(name));
      this.write(this.question.value);
      this.input.focus();
    };
    const attributes = { class: "icon-button", "aria-label": say("remove_choice", { label }) };
    return make("li", { class: "chip" }, label, button([icon("close")], remove, attributes));
  }

  #clear() {
    this.isTyping = false;
    this.question.set("");
    this.write("");
    this.input.focus();
  }

  #close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** What was typed and not chosen is no answer: the chosen label comes back. */
  #left() {
    this.isTyping = false;
    this.#close();
    this.write(this.question.value);
  }
}
