/** The draft that is open, kept on this phone first: answers and log; the server's copy follows. */

import { setMeta } from "../formlogic/instance.js";
import { request } from "../webform/server.js";
import { say } from "../webform/words.js";
import { accountHere } from "./account.js";
import { treeSum } from "./checksum.js";
import { allOf } from "./database.js";
import { Files } from "./files.js";

const MOST_OFFERED = 8; // trees of which no answer came

/** What is in the way of keeping something, in words. */
export const sentenceOf = ({ reason = "broken" }) => say(`storage_${reason}`);

export class Keeper {
  /** @param {import("./database.js").Database} database @param {import("./drafts.js").Draft} draft */
  constructor(database, draft) {
    this.database = database;
    this.draft = draft;
    this.files = new Files(database, draft.id);
    this.isDone = false; // nothing more is to be kept
    this.ending = null; // a promise, once it is being finished
    database.onClose = () => this.isDone || said(this.#put({})); // where its data was cleared, this is the last copy
  }

  /** With requests that change something: a colleague may have signed in in another tab. */
  get headers() {
    return { "X-Account": this.database.account };
  }

  /** Whether nobody signed out on this phone meanwhile, nor anybody else in. */
  get #isMine() {
    return accountHere() === this.database.account;
  }

  /** What the server needs beside a tree, to take in what was begun here. */
  get beginning() {
    const { revision, begin } = this.draft;
    return revision ? {} : { begin };
  }

  begin() {
    return this.#put({});
  }

  /** What the page needs to know, as the server would say it. */
  async instance() {
    const { draft } = this;
    await this.#keepLast();
    const parts = await this.database.all("logs", allOf(draft.id));
    const last = parts.length ? Math.max(...parts.map((part) => part.last)) : (draft.log?.last ?? null);
    const log = draft.log && { ...draft.log, page: crypto.randomUUID(), last, headers: this.headers, keep: (part) => this.#keepLog(part) };
    return { ...draft, updated: draft.savedAt, log };
  }

  /**
   * Keep the answers. Resolves to what is in the way, in words; blank where they are kept.
   * @param {number} edition counts the changes
   */
  async keep(tree, edition) {
    const { pathname, hash: place } = location;
    const language = pathname.split("/").at(-2); // as the page is now
    const hash = await treeSum(tree);
    if (this.isDone || edition < this.draft.edition) return ""; // a later one was quicker
    const offered = [...this.draft.offered, hash].slice(-MOST_OFFERED);
    return said(this.#put({ tree, edition, language, offered, place, savedAt: Date.now() }));
  }

  /** The server has an edition; files follow. */
  async saved(edition, revision) {
    if (this.isDone) return;
    await said(this.#put({ savedEdition: edition, revision, offered: this.draft.offered.slice(-1) }));
    await said(this.files.copy());
  }

  /** Whether a tree on the server is one of ours, of which the answer was lost. */
  async isOurs(tree) {
    return this.draft.offered.includes(await treeSum(tree));
  }

  /** Answers that were not chosen stay as a draft of their own, with `files` of the server. @throws {StorageError} */
  async fork(tree, files = []) {
    await this.files.fetch(files);
    const id = crypto.randomUUID();
    const own = structuredClone(tree);
    setMeta(own, "instanceID", `uuid:${id}`);
    const named = JSON.stringify(tree);
    const copies = (await this.files.all()).filter(({ name }) => named.includes(JSON.stringify(name)));
    const facts = { id, tree: own, revision: 0, edition: 1, savedEdition: -1, savedAt: Date.now(), offered: [] };
    await this.database.keep([
      { store: "drafts", put: { ...this.draft, ...facts } },
      ...copies.map((file) => ({ store: "files", put: { ...file, draft: id, isCopied: false } })),
    ]);
  }

  /** The answers on the server take the place of ours. @throws {StorageError} */
  async giveWay({ tree, revision }) {
    await this.#put({ tree, revision, savedEdition: this.draft.edition, offered: [] });
    this.isDone = true;
  }

  /** What can wait until the page is there: it opens without a network from now on, and the server has what is here. */
  async follow(store, { files }) {
    const modules = [import("./shell.js"), import("./kit.js"), import("./sending.js")];
    const [{ register }, { keepForm }, { Sender }] = await Promise.all(modules);
    await register();
    document.addEventListener("visibilitychange", () => this.#isMine || location.replace("/offline/"));
    const { definition } = document.getElementById("interview").dataset;
    const form = { version: this.draft.version, languages: [{ page: location.pathname, definition }], files: Object.values(files) };
    keepForm(this.database, form).catch(() => {}); // it is tried again with the next page
    new Sender({ database: this.database }).start().catch(() => {});
    if (!store.isSaved) return store.flush();
    said(this.files.copy());
    return this.#compare(store);
  }

  /** Another phone may have gone on with this draft while nothing was changed here. */
  async #compare(store) {
    const response = await request(store.url).catch(() => null);
    const theirs = await response?.json().catch(() => null);
    if (!response?.ok || !theirs || theirs.revision <= store.revision || !store.isSaved) return;
    await this.giveWay(theirs);
    location.reload();
  }

  async #put(facts) {
    this.draft = { ...this.draft, ...facts };
    if (this.ending) await this.ending.catch(() => {}); // what is finished is no draft any more
    if (!this.isDone) await this.database.keep([{ store: "drafts", put: this.draft }]);
  }

  /** At once, as the page may be going; from there into the database. */
  async #keepLog(part) {
    const put = { draft: this.draft.id, ...part, keptAt: Date.now() };
    const key = `${this.#journal}${part.page}-${part.number}`;
    noted(() => localStorage.setItem(key, JSON.stringify(put)));
    await said(this.database.keep([{ store: "logs", put }]).then(() => noted(() => localStorage.removeItem(key))));
  }

  /** What a page noted last, before it went. */
  async #keepLast() {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.#journal));
    const writes = keys.map((key) => ({ store: "logs", put: JSON.parse(localStorage.getItem(key)) }));
    if (keys.length) await this.database.keep(writes);
    for (const key of keys) localStorage.removeItem(key);
  }

  get #journal() {
    return `log-${this.draft.id}-`;
  }
}

/** Resolves to what was in the way, in words; blank where nothing was. */
async function said(work) {
  try {
    await work;
    return "";
  } catch (error) {
    return sentenceOf(error);
  }
}

/** Where the browser allows it: a log is no reason to stop. */
function noted(work) {
  try {
    work();
  } catch {
    // it is full, or switched off
  }
}
