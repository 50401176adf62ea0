/** Sends what waits on this phone: one tab at a time, when there is a network, and again until it is through. */

import { csrfToken } from "../webform/server.js";
import { accountHere } from "./account.js";
import { allOf } from "./database.js";
import { needsCopy } from "./drafts.js";
import { answered, isDue, nextDue, parcels, receiptOnly } from "./outbox.js";

const ACCEPTED = "X-OpenRosa-Accept-Content-Length";
const ACCEPTED_BYTES = 10_000_000; // until the server says so
const RECEIVED = "/offline/received";
const MOST_IDS = 500; // that it is asked about at once
const PATIENCE_MS = 60_000;
const SLOWEST = 4; // bytes a millisecond
const LONGEST_SLEEP_MS = 60_000;
const STOPS = { no_answer: 0, signed_out: 401 }; // in which the next interview would fare no better
export const SYNC = "outbox"; // by which the browser wakes us: see worker.js

export class Sender {
  /** @param {{database: import("./database.js").Database, onChange?: (id: string, isSending: boolean) => void,
   *   onCopied?: () => void}} options `onChange` is told of each interview that is being sent, and after its answer,
   *   `onCopied` when copies of drafts were made */
  constructor({ database, onChange = () => {}, onCopied = () => {} }) {
    Object.assign(this, { database, onChange, onCopied });
    this.accepted = ACCEPTED_BYTES;
    this.timer = 0;
  }

  /** From now on by itself: at once, when the network or the person comes back, and when a pause is over. */
  start() {
    addEventListener("online", () => this.flush({ isUrged: true }));
    document.addEventListener("visibilitychange", () => document.hidden || this.flush());
    navigator.serviceWorker?.addEventListener("message", ({ data }) => data === SYNC && this.flush({ isUrged: true }));
    return this.flush({ isUrged: true });
  }

  /**
   * Send what is due; where it is urged, without waiting for the end of a pause, and after another tab that is at it.
   * Resolves when all of it was tried.
   */
  async flush({ isUrged = false } = {}) {
    const lock = { ifAvailable: !isUrged };
    await navigator.locks.request(`outbox-${this.database.account}`, lock, async (held) => {
      if (held) await this.#sendAll(isUrged);
    });
    await this.#sleep();
  }

  async #sendAll(isUrged) {
    const [waiting, kept] = await Promise.all([this.database.all("outbox"), this.database.all("drafts")]);
    const due = waiting.filter((entry) => isDue(entry, isUrged ? Infinity : Date.now()));
    const drafts = kept.filter((draft) => isUrged || mayBeCopied(draft));
    if (!due.length && !drafts.length) return;
    due.sort((one, other) => one.finishedAt - other.finishedAt);
    const asked = await this.received([...drafts.map(({ id }) => `uuid:${id}`), ...due.map(({ instanceID }) => instanceID)]);
    let status = [200, 401, 403].includes(asked.status) ? asked.status : 0; // only the door refuses interviews
    for (const entry of due) {
      if (status !== 200) await this.#note(entry, { status });
      else status = STOPS[await this.#send(reminded(entry, asked))] ?? status;
    }
    if (status !== 200 || !drafts.length || !asked.drafts) return;
    const { copyAll } = await import("./copying.js"); // what waits comes first
    await copyAll(this.database, drafts, asked.drafts);
    this.onCopied();
  }

  /** What the server has of interviews: `{status, interviews}`, each with its checksum, time and files, or null. */
  async received(ids) {
    const body = JSON.stringify({ ids: ids.slice(-MOST_IDS) });
    const response = await this.#request(RECEIVED, body, PATIENCE_MS, { "Content-Type": "application/json" });
    const said = response?.ok ? await response.json().catch(() => null) : null;
    if (response?.ok && !said?.interviews) return { status: 0 };
    return { status: response?.status ?? 0, ...said };
  }

  /** All parcels of an interview in turn, as long as they are taken. Resolves to what is in the way then. */
  async #send(entry) {
    this.onChange(entry.id, true);
    let after = entry;
    for (const parcel of parcels(entry, this.accepted)) {
      after = await this.#note(after, await this.#post(entry, parcel));
      if (after.trouble !== "files") break;
    }
    this.onChange(entry.id, false);
    return after.trouble;
  }

  async #note(entry, answer) {
    const after = answered(entry, answer, Date.now());
    const isSent = after.state === "sent";
    const gone = { store: "files", remove: allOf(entry.id) };
    await this.database.keep([{ store: "outbox", put: isSent ? receiptOnly(after) : after }, ...(isSent ? [gone] : [])]);
    return after;
  }

  async #post(entry, parcel) {
    const body = await this.#body(entry, parcel);
    const size = entry.xml.length + parcel.files.reduce((sum, file) => sum + file.size, 0);
    const response = await this.#request(entry.door, body, PATIENCE_MS + size / SLOWEST);
    const text = await response?.text().catch(() => null);
    if (text == null) return { status: 0 };
    this.accepted = Number(response.headers.get(ACCEPTED)) || this.accepted;
    return { status: response.status, ...read(text) };
  }

  async #body(entry, { files, isLast }) {
    const body = new FormData();
    body.append("xml_submission_file", new Blob([entry.xml], { type: "text/xml" }), "submission.xml");
    for (const { name } of files) {
      const kept = await this.database.get("files", [entry.id, name]);
      if (kept) body.append(name, kept.blob, name);
    }
    const copied = entry.files.filter(({ name }) => entry.copied.includes(name)).map(({ name, sha256 }) => [name, sha256]);
    if (isLast && copied.length) body.append("*copied*", JSON.stringify(Object.fromEntries(copied)));
    if (!isLast) body.append("*isIncomplete*", "yes");
    return body;
  }

  /** The answer to a POST, or null where none came. Never in a colleague's name, who may have signed in meanwhile. */
  async #request(url, body, patience_ms, headers = {}) {
    const { account } = this.database;
    if (accountHere() !== account) return new Response(null, { status: 401 });
    return fetch(url, {
      method: "POST",
      body,
      redirect: "manual", // what leads elsewhere is not our server
      headers: {
        Accept: "application/json, text/xml",
        "X-CSRFToken": csrfToken(), // as it is now: it changes with every sign-in
        "X-Account": account,
        "X-Device-Time": new Date().toISOString(),
        "X-Device-Zone": Intl.DateTimeFormat().resolvedOptions().timeZone,
        ...headers,
      },
      signal: AbortSignal.timeout(patience_ms),
    }).catch(() => null);
  }

  async #sleep() {
    clearTimeout(this.timer);
    const [entries, drafts] = await Promise.all([this.database.all("outbox"), this.database.all("drafts")]);
    const due = drafts.some(mayBeCopied) ? Math.min(nextDue(entries), Date.now() + LONGEST_SLEEP_MS) : nextDue(entries);
    navigator.setAppBadge?.(entries.filter(({ state }) => state !== "sent").length).catch(() => {}); // once it is installed
    if (due === Infinity) return;
    const pause = Math.min(Math.max(due - Date.now(), 0), LONGEST_SLEEP_MS);
    this.timer = setTimeout(() => this.flush(), pause);
    this.#askToBeWoken();
  }

  /** Only some browsers do it: nothing depends on it. Where there is a network they would wake us at once, again and again. */
  async #askToBeWoken() {
    if (navigator.onLine) return;
    const registration = await navigator.serviceWorker?.getRegistration();
    registration?.sync?.register(SYNC).catch(() => {});
  }
}

/** The entry with the files that the server has of it, whatever answers were lost, and at first those that are in its copy
 * of the draft. */
function reminded(entry, { interviews, drafts }) {
  const namesIn = (found) => entry.files.filter(({ name, sha256 }) => found?.files?.[name] === sha256).map(({ name }) => name);
  const copied = entry.tries ? [] : namesIn(drafts?.[entry.instanceID]);
  return { ...entry, there: namesIn(interviews[entry.instanceID]), copied };
}

/** Whether the server may take what it has not of a draft. */
const mayBeCopied = (draft) => needsCopy(draft) && draft.saidOf !== draft.edition;

/** The sentence and the receipt in an answer of the door. */
function read(text) {
  const answer = new DOMParser().parseFromString(text, "text/xml");
  const element = (name) => answer.getElementsByTagNameNS("*", name)[0];
  const receipt = element("receipt");
  const files = [...(receipt?.getElementsByTagNameNS("*", "file") ?? [])];
  return {
    said: element("message")?.textContent ?? "",
    receipt: receipt && {
      instanceID: receipt.getAttribute("instanceID") ?? "",
      sha256: receipt.getAttribute("sha256") ?? "",
      received: receipt.getAttribute("received") ?? "",
      files: Object.fromEntries(files.map((file) => [file.getAttribute("name"), file.getAttribute("sha256") ?? ""])),
    },
  };
}
