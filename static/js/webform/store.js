/** Keeps the draft: on this phone first, where the browser keeps anything, then in step with its copy on the server.

One request at a time, again until it is through. */

import { request } from "./server.js";

const PAUSE_MS = 400;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;
const KEEPALIVE_CHARACTERS = 20_000; // of three bytes at most; browsers refuse more in requests that outlive their page

export class Store {
  /**
   * @param {{url: string, revision: number, savedAt: Date, tree: () => unknown, phone?: object,
   *   state?: string, changes?: number, kept?: number, saved?: number, trouble?: string,
   *   onState: (state: string, details?: {message?: string}) => void}} options `phone` is a Keeper; `changes` counts
   *   them, `kept` and `saved` say up to which they are on this phone and on the server; `trouble` in words why the
   *   phone keeps nothing
   */
  constructor(options) {
    Object.assign(this, { state: "saved", changes: 0, kept: 0, saved: 0 }, options);
    this.retry = FIRST_RETRY_MS;
    this.timer = 0;
    this.sending = null;
    this.lastSent = "";
    this.isStopped = false;
  }

  get isSaved() {
    return this.saved === this.changes;
  }

  /** Whether nothing would be lost if the page went now. */
  get isSafe() {
    return this.isSaved || (!!this.phone && this.kept === this.changes);
  }

  /** Something was answered: it is kept when the person pauses. */
  changed() {
    this.changes += 1;
    if (this.isStopped && !this.phone) return;
    if (this.phone || (!this.sending && this.retry === FIRST_RETRY_MS)) this.#tell("saving");
    this.#later(PAUSE_MS);
  }

  /** Keep and send what is not there yet, now. Resolves to whether everything is safe. */
  async flush() {
    clearTimeout(this.timer);
    await this.#keep();
    if (this.sending) await this.sending;
    if (this.isSaved || this.isStopped) return this.isSafe;
    this.sending = this.#send().finally(() => (this.sending = null));
    await this.sending;
    return this.isSafe;
  }

  /** On this phone: what is not there yet is there before any request. */
  async #keep() {
    const { changes, phone } = this;
    if (!phone || this.kept === changes) return;
    this.trouble = await phone.keep(this.tree(), changes);
    if (this.trouble) return;
    this.kept = changes;
    this.savedAt = new Date();
    if (this.isSafe) this.#tell("kept"); // else more was answered meanwhile
  }

  /** What is the same as before needs no telling, but for the time of what was saved. */
  #tell(state, details) {
    if (state !== this.state || /^(saved|kept)$/.test(state)) this.onState(state, details);
    this.state = state;
  }

  #later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), pause);
  }

  async #send() {
    const changes = this.changes;
    this.lastSent = JSON.stringify(this.tree());
    if (!this.isSafe) this.#tell("saving");
    const response = await this.#put().catch(() => null);
    const status = response?.status ?? 503; // none came
    if (response?.ok) return this.#done(changes, (await response.json()).revision);
    if (status === 409) return this.#conflict(changes);
    if ([401, 403].includes(status)) return this.#failed("signed_out");
    if (status >= 500 || [408, 429].includes(status)) return this.#failed("offline");
    return this.#stop(response);
  }

  #put() {
    const { phone, revision } = this;
    const body = JSON.stringify({ tree: 0, revision, ...phone?.beginning }).replace("0", () => this.lastSent);
    return request(this.url, {
      method: "PUT",
      body,
      keepalive: body.length < KEEPALIVE_CHARACTERS,
      headers: { "Content-Type": "application/json", ...phone?.headers },
    });
  }

  #done(changes, revision) {
    this.revision = revision;
    this.saved = changes;
    this.savedAt = new Date();
    this.retry = FIRST_RETRY_MS;
    this.phone?.saved(changes, revision);
    if (!this.isSaved) this.#later(PAUSE_MS);
    else this.#tell(this.trouble ? "only_server" : "saved", { message: this.trouble });
  }

  /** Somebody else saved, or our own answer was lost on its way back. */
  async #conflict(changes) {
    const { settle } = await import("./conflict.js");
    const { whose, revision } = await settle(this, (state) => this.#tell(state));
    if (whose === "nobody") return this.#failed("offline");
    if (whose === "ours") return this.#done(changes, revision);
    this.isStopped = whose === "other";
    if (whose !== "mine") return undefined;
    this.revision = revision;
    return this.#send();
  }

  #failed(state) {
    if (this.isSafe) this.#tell(state === "offline" ? "kept" : "kept_signed_out");
    else this.#tell(this.trouble ? "refused" : state, { message: this.trouble });
    this.#later(this.retry);
    this.retry = Math.min(this.retry * 2, LONGEST_RETRY_MS);
  }

  async #stop(response) {
    this.isStopped = true;
    const { message = "" } = await response.json().catch(() => ({}));
    this.#tell(this.isSafe ? "only_phone" : "refused", { message });
  }
}
