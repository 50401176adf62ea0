/** The draft that is open, kept on this phone first: answers, files, log. The server's copy follows. */

import { setMeta } from "../formlogic/instance.js";
import { request } from "../webform/server.js";
import { say } from "../webform/words.js";
import { accountHere } from "./account.js";
import { sha256 } from "./checksum.js";
import { allOf, canKeep, Database } from "./database.js";
import { DEVICE, doorOf } from "./drafts.js";

const PATIENCE_MS = 2_000;
const MOST_OFFERED = 8; // trees of which no answer came
const LARGEST_FILE = 50_000_000; // as the server has it
const UNSAFE = /[^\p{L}\p{N}_.-]+/gu; // in names of files
const LONGEST_STEM = 80;

/** @typedef {import("./drafts.js").Draft} Draft */

/**
 * Open a draft as this phone has it, or fetch it and keep it from now on.
 * @param {string} id
 * @param {() => Promise<object>} fetched what the server says of it
 * @returns {Promise<object>} `instance`, and options of a Store; no `phone` among them where nothing can be kept: then
 *   `trouble` says why in words, blank where it is no wonder
 */
export async function open(id, fetched) {
  const account = accountHere();
  if (!canKeep() || !account) return { instance: await fetched() };
  await onlyHere(id);
  try {
    return await openHere(new Database(account), id, fetched);
  } catch (error) {
    if (!error.reason) throw error;
    return { instance: await fetched(), trouble: sentenceOf(error) };
  }
}

async function openHere(database, id, fetched) {
  if (await database.get("outbox", id)) return leave("/offline/"); // it is finished
  const draft = await database.get("drafts", id);
  const phone = new Keeper(database, draft ?? draftOf(id, await reached(fetched)));
  if (!draft) await phone.begin();
  const { edition, savedEdition } = phone.draft;
  const state = edition === savedEdition ? "saved" : "kept";
  return { instance: await phone.instance(), phone, state, changes: edition, kept: edition, saved: savedEdition };
}

/** What the server says, or that it cannot be asked. */
async function reached(fetched) {
  try {
    return await fetched();
  } catch (error) {
    throw error instanceof TypeError ? new Error(say("not_on_phone")) : error;
  }
}

export const sentenceOf = ({ reason = "broken" }) => say(`storage_${reason}`);

/** Never returns: the page goes. */
function leave(address) {
  location.replace(address);
  return new Promise(() => {});
}

/** Two tabs would write over each other. The lock goes with the page. */
function onlyHere(id) {
  return new Promise((resolve, reject) => {
    const held = () => (resolve(), new Promise(() => {}));
    const elsewhere = () => reject(new Error(say("open_elsewhere")));
    navigator.locks.request(`draft-${id}`, { signal: AbortSignal.timeout(PATIENCE_MS) }, held).catch(elsewhere);
  });
}

/** @returns {Draft} */
function draftOf(id, instance) {
  return {
    id,
    version: instance.version,
    questionnaire: instance.questionnaire,
    language: instance.language,
    title: document.title.split(" · ")[0],
    site: instance.site,
    door: doorOf(instance.submission, instance.site),
    known: instance.known,
    started: instance.started,
    tree: instance.tree,
    place: "",
    edition: 0,
    savedEdition: 0,
    revision: instance.revision,
    savedAt: new Date(instance.updated).getTime(),
    begin: { version: instance.version, site: instance.site, started: instance.started, device: DEVICE },
    log: instance.log,
    offered: [],
  };
}

export class Keeper {
  /** @param {Database} database @param {Draft} draft */
  constructor(database, draft) {
    this.database = database;
    this.draft = draft;
    this.url = `/interview/${draft.id}/`;
    this.addresses = new Map(); // of files, for as long as the page is open
    this.refused = new Set(); // files of which the server wants no copy
    this.copying = null;
    this.isDone = false;
  }

  /** With requests that change something: a colleague may have signed in in another tab. */
  get headers() {
    return { "X-Account": this.database.account };
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
    const log = draft.log && { ...draft.log, page: crypto.randomUUID(), last, keep: (part) => this.#keepLog(part) };
    return { ...draft, updated: draft.savedAt, log };
  }

  /**
   * Keep the answers. Resolves to what is in the way, in words; blank where they are kept.
   * @param {number} edition counts the changes
   */
  async keep(tree, edition) {
    if (this.isDone) return "";
    const { pathname, hash: place } = location;
    const language = pathname.split("/").at(-2); // as the page is now
    const hash = await hashOf(tree);
    if (edition < this.draft.edition) return ""; // a later one was quicker
    const offered = [...this.draft.offered, hash].slice(-MOST_OFFERED);
    return this.#said(this.#put({ tree, edition, language, offered, place, savedAt: Date.now() }));
  }

  /** What the server needs beside a tree, to take in what was begun here. */
  get beginning() {
    const { revision, begin } = this.draft;
    return revision ? {} : { begin };
  }

  /** The server has an edition; files and what else it lacks follow. */
  async saved(edition, revision) {
    await this.#said(this.#put({ savedEdition: edition, revision, offered: this.draft.offered.slice(-1) }));
    this.copyFiles();
  }

  /** Whether a tree on the server is one of ours, of which the answer was lost. */
  async isOurs(tree) {
    return this.draft.offered.includes(await hashOf(tree));
  }

  /** Answers that were not chosen stay as a draft of their own, with `files` of the server. @throws {StorageError} */
  async fork(tree, files = []) {
    await this.fetchFiles(files);
    const id = crypto.randomUUID();
    const own = structuredClone(tree);
    setMeta(own, "instanceID", `uuid:${id}`);
    const copies = await this.#copies(id, JSON.stringify(tree));
    const facts = { id, tree: own, revision: 0, edition: 1, savedEdition: -1, savedAt: Date.now(), offered: [] };
    await this.database.keep([{ store: "drafts", put: { ...this.draft, ...facts } }, ...copies]);
  }

  /** The answers on the server take the place of ours. @throws {StorageError} */
  async giveWay({ tree, revision }) {
    await this.#put({ tree, revision, savedEdition: this.draft.edition, offered: [] });
    this.isDone = true;
  }

  /** Keep a file under a name of its own; resolves to the name. @throws {StorageError} */
  async keepFile(file, name) {
    const taken = new Set(["audit.csv", ...(await this.#files()).map((one) => one.name)]);
    const free = freeName(tidied(name, file.type), taken);
    const record = { draft: this.draft.id, name: free, blob: new Blob([file], { type: file.type }), isCopied: false };
    await this.database.keep([{ store: "files", put: { ...record, sha256: await sha256(file) } }]);
    return free;
  }

  /** Why a file cannot be an answer to a question of a kind, as a key of a sentence; blank where it can. */
  faultOf({ type, size }, kind) {
    if (!size) return "empty_file";
    if (size > LARGEST_FILE) return "large_file";
    const isOfKind = kind === "file" || (type.startsWith(`${kind}/`) && type !== "image/svg+xml"); // which can hold scripts
    return isOfKind ? "" : `no_${kind}`;
  }

  /** Where a file is to be seen; one that is only on the server, there. */
  async addressOf(name) {
    const file = await this.database.get("files", [this.draft.id, name]);
    if (!file) return this.#addressOf(name);
    if (!this.addresses.has(name)) this.addresses.set(name, URL.createObjectURL(file.blob));
    return this.addresses.get(name);
  }

  /** What can wait until the page is there: it opens without a network from now on, and the server has what is here. */
  async follow(store, { files }) {
    const modules = [import("./shell.js"), import("./kit.js"), import("./sending.js")];
    const [{ register }, { keepForm }, { Sender }] = await Promise.all(modules);
    await register();
    const { definition } = document.getElementById("interview").dataset;
    const form = { version: this.draft.version, languages: [{ page: location.pathname, definition }], files: Object.values(files) };
    keepForm(this.database, form).catch(() => {}); // it is tried again with the next page
    new Sender({ database: this.database }).start().catch(() => {});
    if (!store.isSaved) return store.flush();
    this.copyFiles();
    return this.#compare(store);
  }

  /** Another phone may have gone on with this draft while nothing was changed here. */
  async #compare(store) {
    const response = await request(store.url).catch(() => null);
    const theirs = await response?.json().catch(() => null);
    if (!response?.ok || !theirs || theirs.revision === store.revision || !store.isSaved) return;
    await this.giveWay(theirs);
    location.reload();
  }

  /** Bring files to the server's copy, one after the other. */
  copyFiles() {
    this.copying ??= this.#copyAll().finally(() => (this.copying = null));
    return this.copying;
  }

  async #copyAll() {
    for (const file of await this.#files()) {
      if (file.isCopied || this.refused.has(file.name) || this.isDone) continue;
      const body = new FormData();
      body.append("file", file.blob, file.name); // the server keeps the same once, whatever answers were lost
      const response = await request(`${this.url}files/`, { method: "POST", body, headers: this.headers }).catch(() => null);
      if (!response || response.status >= 500) return;
      if (!response.ok) this.refused.add(file.name);
      else await this.#said(this.database.keep([{ store: "files", put: { ...file, isCopied: true } }]));
    }
  }

  /** Fetch files that only the server has; resolves to the names of those that do not come. */
  async fetchFiles(names) {
    const here = new Set((await this.#files()).map(({ name }) => name));
    const missing = [];
    for (const name of names.filter((one) => !here.has(one))) {
      const response = await fetch(this.#addressOf(name)).catch(() => null);
      if (!response?.ok) missing.push(name);
      else await this.#take(name, await response.blob());
    }
    return missing;
  }

  async #take(name, blob) {
    const put = { draft: this.draft.id, name, blob, isCopied: true, sha256: await sha256(blob) };
    await this.database.keep([{ store: "files", put }]);
  }

  #addressOf(name) {
    return `${this.url}files/${encodeURIComponent(name)}`;
  }

  /** This draft's files, as those of another. */
  async #copies(id, text) {
    const files = (await this.#files()).filter(({ name }) => text.includes(JSON.stringify(name)));
    return files.map((file) => ({ store: "files", put: { ...file, draft: id, isCopied: false } }));
  }

  #files() {
    return this.database.all("files", allOf(this.draft.id));
  }

  /** At once, as the page may be going; from there into the database. */
  async #keepLog(part) {
    const put = { draft: this.draft.id, ...part, keptAt: Date.now() };
    const key = `${this.#journal}${part.page}-${part.number}`;
    noted(() => localStorage.setItem(key, JSON.stringify(put)));
    await this.#said(this.database.keep([{ store: "logs", put }]).then(() => noted(() => localStorage.removeItem(key))));
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

  #put(facts) {
    this.draft = { ...this.draft, ...facts };
    return this.database.keep([{ store: "drafts", put: this.draft }]);
  }

  async #said(work) {
    try {
      await work;
      return "";
    } catch (error) {
      return sentenceOf(error);
    }
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

const hashOf = (tree) => sha256(new TextEncoder().encode(JSON.stringify(tree)));

/** A name as every system can hold it, with an ending. */
function tidied(name, type) {
  const [, stem, ending] = /^(.*?)(\.[^.]*)?$/.exec(name.split(/[\\/]/).at(-1));
  const safe = stem.replace(UNSAFE, "_").replace(/^[._]+|[._]+$/g, "").slice(0, LONGEST_STEM) || "file";
  return safe + (ending?.replace(UNSAFE, "").toLowerCase().slice(0, 10) || `.${(type.split("/")[1] ?? "bin").replace(UNSAFE, "")}`);
}

/** `photo-2.jpg` where there is a `photo.jpg`. */
function freeName(name, taken) {
  const at = name.lastIndexOf(".");
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name.slice(0, at)}-${number}${name.slice(at)}`;
  return free;
}
