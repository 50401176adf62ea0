/** Keeps the draft on the server in step with the page: one request at a time, again until it is through.

All that the page knows of saving is here, so that a copy on the device can come in between. */

const PAUSE_MS = 400;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;
const KEEPALIVE_BYTES = 60_000; // browsers refuse more in requests that outlive their page

/** What Django wants to see in requests that change something; it may change with every sign-in. */
export function csrfToken() {
  return /(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}

/** fetch for our own JSON addresses. */
export function request(url, { method = "GET", body, keepalive = false, headers = {} } = {}) {
  return fetch(url, {
    method,
    body,
    keepalive,
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken(), ...headers },
    credentials: "same-origin",
  });
}

export class Store {
  /**
   * @param {{url: string, revision: number, savedAt: Date, tree: () => unknown,
   *   onState: (state: string, details?: {message?: string}) => void,
   *   onConflict: () => Promise<"mine" | "other" | "">}} options `onConflict` says whose answers
   *   count where another page or device saved; blank for neither yet: it is asked again
   */
  constructor(options) {
    Object.assign(this, options);
    this.state = "saved";
    this.changes = 0;
    this.saved = 0;
    this.retry = FIRST_RETRY_MS;
    this.timer = 0;
    this.sending = null;
    this.lastSent = "";
    this.isStopped = false;
  }

  get isSaved() {
    return this.saved === this.changes;
  }

  /** Something was answered: it is sent when the person pauses. */
  changed() {
    this.changes += 1;
    if (this.isStopped) return;
    if (!this.sending && this.retry === FIRST_RETRY_MS) this.#tell("saving");
    this.#later(PAUSE_MS);
  }

  /** Send what is not sent yet, now. Resolves to whether everything is on the server. */
  async flush() {
    clearTimeout(this.timer);
    if (this.sending) await this.sending;
    if (this.isSaved || this.isStopped) return this.isSaved;
    this.sending = this.#send().finally(() => (this.sending = null));
    await this.sending;
    return this.isSaved;
  }

  /** What is the same as before needs no telling, but for the time of what was saved. */
  #tell(state, details) {
    if (state !== this.state || state === "saved") this.onState(state, details);
    this.state = state;
  }

  #later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), pause);
  }

  async #send() {
    const changes = this.changes;
    this.lastSent = JSON.stringify(this.tree());
    this.#tell("saving");
    let response;
    try {
      response = await this.#put();
    } catch {
      return this.#failed("offline");
    }
    if (response.ok) return this.#done(changes, (await response.json()).revision);
    if (response.status === 409) return this.#conflict(changes);
    if ([401, 403].includes(response.status)) return this.#failed("signed_out");
    if (response.status >= 500 || [408, 429].includes(response.status)) return this.#failed("offline");
    return this.#stop(response);
  }

  #put() {
    const body = `{"tree":${this.lastSent},"revision":${this.revision}}`;
    const keepalive = body.length < KEEPALIVE_BYTES / 3; // a character is at most three bytes
    return request(this.url, {
      method: "PUT",
      body,
      keepalive,
      headers: { "Content-Type": "application/json" },
    });
  }

  #done(changes, revision) {
    this.revision = revision;
    this.saved = changes;
    this.savedAt = new Date();
    this.retry = FIRST_RETRY_MS;
    if (this.isSaved) this.#tell("saved");
    else this.#later(PAUSE_MS);
  }

  /** Somebody else saved, or our own answer was lost on its way back. */
  async #conflict(changes) {
    const response = await request(this.url).catch(() => null);
    if (!response?.ok) return this.#failed("offline");
    const { tree, revision } = await response.json();
    if (JSON.stringify(tree) === this.lastSent) return this.#done(changes, revision);
    this.#tell("conflict");
    const whose = await this.onConflict();
    this.isStopped = whose === "other";
    if (whose !== "mine") return undefined;
    this.revision = revision;
    return this.#send();
  }

  #failed(state) {
    this.#tell(state);
    this.#later(this.retry);
    this.retry = Math.min(this.retry * 2, LONGEST_RETRY_MS);
  }

  async #stop(response) {
    this.isStopped = true;
    const { message = "" } = await response.json().catch(() => ({}));
    this.#tell("refused", { message });
  }
}
