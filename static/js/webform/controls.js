/** Native controls read and written as the texts that an instance holds. */

const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;
const TO_THE_MINUTE = "2026-11-30T14:30".length;
const CHOICES = "input[type=radio], input[type=checkbox]";

const SEPARATORS = /[\s,，'’_]/g;

const plain = (text) => text.replace(NOT_IN_XML, "").replace(/\r\n?/g, "\n").trim();
const digits = (text) => plain(text).normalize("NFKC");
const same = (text) => text;
const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text);
const start = (length) => (text) => (isDay(text) ? text.slice(0, length) : text);
const grouped = (text) => text.replace(/^([-+]?\d+)(?=(\.\d*)?$)/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
const completed = (pattern, rest) => (text) => (pattern.test(plain(text)) ? plain(text) + rest : plain(text));

/** How a kind is typed: `read` makes a stored text of what is typed, `show` undoes it. */
const KINDS = {
  integer: { read: digits, show: same },
  decimal: { read: digits, show: same },
  range: { read: digits, show: same },
  "month-year": { read: completed(/^\d{4}-\d\d$/, "-01"), show: start("2026-11".length) },
  year: { read: completed(/^\d{4}$/, "-01-01"), show: start("2026".length) },
  "thousands-sep": { read: (text) => digits(text).replace(SEPARATORS, ""), show: grouped },
  time: { read: completed(/^\d\d:\d\d$/, ":00.000"), show: (text) => text.slice(0, "14:30".length) },
  datetime: { read: (text) => moment(plain(text)), show: (text) => text.slice(0, TO_THE_MINUTE) },
};

/** How the answers to a question are typed. @param {{kind?: string, appearance?: string}} facts */
export function typingOf({ kind = "", appearance = "" }) {
  const names = appearance.split(/\s+/);
  const special = ["month-year", "year", "thousands-sep"].find((name) => names.includes(name));
  return KINDS[special] ?? KINDS[kind] ?? { read: plain, show: same };
}

/** A date with a time as typed, kept with the offset that this place has then. */
const moment = (text) => {
  const at = new Date(text);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && !Number.isNaN(at.getTime()) ? isoOf(at) : text;
};

/** A moment as this place's clocks have it, with their offset. @param {Date} at */
export function isoOf(at) {
  const minutes = -at.getTimezoneOffset();
  const local = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, -1);
  const pad = (number) => String(Math.floor(number)).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${local}${minutes < 0 ? "-" : "+"}${pad(size / 60)}:${pad(size % 60)}`;
}

/** Radios or checkboxes. */
class Choices {
  constructor(element) {
    this.element = element;
  }

  read() {
    return [...this.element.querySelectorAll("input:checked")]
      .map((input) => input.value)
      .join(" ")
      .trim();
  }

  write(text) {
    const isOne = this.element.querySelector("input[type=radio]");
    const chosen = isOne ? [text] : text.split(" ");
    for (const input of this.element.querySelectorAll(CHOICES)) {
      if (input.value) input.checked = chosen.includes(input.value); // to leave it blank is for people to say
      else if (text) input.checked = false;
    }
  }
}

/** A value that is only shown. */
class Shown {
  constructor(output) {
    this.output = output;
  }

  read() {
    return this.output.value;
  }

  write(text) {
    this.output.value = text || "–";
  }
}

/** One text field, list or area. */
class Field {
  constructor(input, typing) {
    this.input = input;
    this.typing = typing;
  }

  read() {
    return this.typing.read(this.input.value);
  }

  write(text) {
    if (this.read() !== text) this.input.value = this.typing.show(text);
  }

  /** As it is kept, once the person is done with it. */
  tidy() {
    const shown = this.typing.show(this.read());
    if (this.input.value !== shown) this.input.value = shown;
  }
}

/**
 * The control of a question, or null where there is none to type into or choose from.
 * @param {Element} element
 * @param {{kind?: string, appearance?: string}} facts
 */
export function controlOf(element, { kind = "", appearance = "" }) {
  if (element.querySelector(`${CHOICES}, .options`)) return new Choices(element);
  const input = element.querySelector("input[name], select[name], textarea[name]");
  const output = element.querySelector("output");
  if (!input && output) return new Shown(output);
  if (!input || input.type === "file") return null;
  return new Field(input, typingOf({ kind, appearance }));
}
