/** The log of an interview, audit.csv as ODK Collect writes it: what happens becomes rows of text.

Nothing here knows of pages or servers: see `recorder.js`. The names of the columns, with which the file begins, are put
before the rows where the file is made. */

/** Milliseconds since 1970: the device's clock is asked once, what passes is measured, nothing goes back. */
export class Clock {
  /** @param {{wall?: () => number, ticks?: () => number, last?: number | null}} options `last` was told before */
  constructor({ wall = () => Date.now(), ticks = () => performance.now(), last = 0 } = {}) {
    Object.assign(this, { wall, ticks, last: last ?? 0 });
    this.anchor();
  }

  /** Ask the device's clock again, after a time that was not measured. */
  anchor() {
    this.began = Math.max(this.wall(), this.last) - this.ticks();
  }

  now() {
    this.last = Math.max(this.last, Math.round(this.began + this.ticks()));
    return this.last;
  }
}

export class Log {
  /**
   * @param {{columns: string[], clock: Clock, user?: string, valueAt?: (place: string) => string,
   *   position?: (now: number) => object | null}} options `columns` say what is told of an event
   */
  constructor({ valueAt = () => "", position = () => null, user = "", ...options }) {
    Object.assign(this, { valueAt, position, user, ...options });
    this.rows = [];
    this.screen = null; // what is shown: a group, or the last step; whether it is more than one question
    this.question = null; // the one that the person is at
    this.reached = 0; // up to when time is somebody's
  }

  /** Something that happens at a moment. */
  note(event, node = "") {
    this.#write(event, node, this.clock.now());
  }

  /** Questions come on the screen: one alone is the one that the person is at. */
  show(group, places) {
    this.leave();
    this.reached = this.clock.now();
    this.screen = { event: "group questions", node: group, start: this.reached, isMore: places.length !== 1 };
    if (!this.screen.isMore) this.touch(places[0]);
  }

  /** The last step comes on the screen. */
  showEnd() {
    this.leave();
    this.screen = { event: "end screen", node: "", start: this.clock.now(), isMore: true };
  }

  /** The person does something at a question. To have read it before is part of its time. */
  touch(place) {
    const now = this.clock.now();
    if (!this.screen) return;
    if (place !== this.question?.place) {
      this.settle();
      this.question = { place, start: this.reached, old: this.valueAt(place) };
    }
    this.question.touched = now;
  }

  /** The time of the question ends where it was touched last; the screen stays for others. */
  settle() {
    if (!this.question) return;
    this.#close(this.question.touched);
    this.screen.isMore = true;
  }

  #close(end) {
    const { place, start, old } = this.question;
    const value = this.valueAt(place);
    const change = value === old ? {} : { "old-value": old, "new-value": value };
    this.#write("question", place, start, end, change);
    this.question = null;
    this.reached = end;
  }

  /** Nothing is on the screen any more. */
  leave() {
    const now = this.clock.now();
    if (this.question) this.#close(now);
    if (this.screen?.isMore) this.#write(this.screen.event, this.screen.node, this.screen.start, now);
    this.screen = null;
  }

  /** The rows since the last time, as text; blank where there are none. */
  take() {
    return this.rows.splice(0).join("");
  }

  #write(event, node, start, end = "", further = {}) {
    const cells = { event, node, start, end, user: this.user, ...this.position(this.clock.now()), ...further };
    this.rows.push(`${this.columns.map((name) => cell(cells[name])).join(",")}\n`);
  }
}

/** A value with what would break a row in quotes. */
function cell(value) {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
