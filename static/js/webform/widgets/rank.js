/** Things put in order with buttons, so that keyboards and thumbs can do it alike. */

import { button, icon, make } from "../dom.js";
import { say } from "../words.js";
import { inPlace } from "./frame.js";

export default class Rank {
  constructor(question) {
    this.question = question;
    this.labels = new Map(question.choices().map(({ name, label }) => [name, label]));
    this.order = [...this.labels.keys()];
    this.list = make("ol", { class: "rank" });
    this.state = make("p", { class: "hint", role: "status" });
    this.accept = button(say("this_order"), () => this.#set(), { class: "button" });
    inPlace(question, this.list, this.state, this.accept);
  }

  read() {
    return this.question.value;
  }

  /** Choices that are not in the answer come behind it. */
  write(text) {
    this.labels = new Map(this.question.choices().map(({ name, label }) => [name, label]));
    const ranked = text.split(" ").filter((name) => this.labels.has(name));
    const rest = [...this.labels.keys()].filter((name) => !ranked.includes(name));
    const isBlank = !ranked.length;
    this.order = isBlank ? rest : [...ranked, ...rest];
    this.list.classList.toggle("blank", isBlank);
    this.accept.hidden = !isBlank;
    this.state.textContent = say(isBlank ? "not_ranked" : "ranked");
    this.list.replaceChildren(...this.order.map((name, at) => this.#row(name, at)));
  }

  #row(name, at) {
    const label = this.labels.get(name) ?? name;
    const last = this.order.length - 1;
    return make(
      "li",
      { "data-name": name },
      make("span", { class: "grow" }, label),
      this.#mover(name, at, -1, "move_up", { label, disabled: at === 0 }),
      this.#mover(name, at, 1, "move_down", { label, disabled: at === last }),
    );
  }

  #mover(name, at, by, key, { label, disabled }) {
    const attributes = { class: `button mover ${key}`, "aria-label": say(key, { label }), disabled };
    return button([icon("more")], () => this.#move(name, at, by, key), attributes);
  }

  /** The focus goes along, so that the same key moves it again. */
  #move(name, at, by, key) {
    this.order.splice(at, 1);
    this.order.splice(at + by, 0, name);
    this.#set();
    const row = this.list.children[at + by];
    const same = row.querySelector(`.${key}`);
    (same.disabled ? row.querySelector(".mover:not(:disabled)") : same).focus();
    this.state.textContent = say("ranked_at", { label: this.labels.get(name), number: at + by + 1 });
  }

  #set() {
    const text = this.order.join(" ");
    this.question.set(text);
    this.write(text);
  }
}
