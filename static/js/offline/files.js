/** The pictures and other files of a draft: kept on this phone first, copied to the server, fetched from there. */

import { request } from "../webform/server.js";
import { sha256 } from "./checksum.js";
import { allOf } from "./database.js";

const LARGEST = 50_000_000; // as the server has it
const UNSAFE = /[^\p{L}\p{N}_.-]+/gu; // in names
const LONGEST_STEM = 71; // the server takes 80, with what makes a name the only one
const LONGEST_ENDING = 10;

/** @typedef {{draft: string, name: string, blob: Blob, sha256: string, isCopied: boolean}} DraftFile */

export class Files {
  /** @param {import("./database.js").Database} database @param {string} draft its id */
  constructor(database, draft) {
    Object.assign(this, { database, draft });
    this.addresses = new Map(); // by name, for as long as the page is open
    this.refused = new Set(); // of which the server wants no copy
    this.copying = null;
  }

  /** @returns {Promise<DraftFile[]>} */
  all() {
    return this.database.all("files", allOf(this.draft));
  }

  /** Keep a file under a name of its own; resolves to the name. @throws {StorageError} */
  async keep(file, name) {
    const own = unique(tidied(name, file.type));
    await this.#put(own, new Blob([file], { type: file.type }), { isCopied: false });
    return own;
  }

  /** Why a file cannot be an answer to a question of a kind, as a key of a sentence; blank where it can. */
  faultOf({ type, size }, kind) {
    if (!size) return "empty_file";
    if (size > LARGEST) return "large_file";
    const isOfKind = kind === "file" || (type.startsWith(`${kind}/`) && type !== "image/svg+xml"); // which can hold scripts
    return isOfKind ? "" : `no_${kind}`;
  }

  /** Where a file is to be seen; one that is only on the server, there. */
  async addressOf(name) {
    const file = await this.database.get("files", [this.draft, name]);
    if (!file) return this.#copyOf(name);
    if (!this.addresses.has(name)) this.addresses.set(name, URL.createObjectURL(file.blob));
    return this.addresses.get(name);
  }

  /** Note which of them the server's copy has, by name with their checksums. */
  async compare(has) {
    const isThere = ({ name, sha256: checksum }) => has[name] === checksum;
    const others = (await this.all()).filter((file) => file.isCopied !== isThere(file));
    const writes = others.map((file) => ({ store: "files", put: { ...file, isCopied: isThere(file) } }));
    if (writes.length) await this.database.keep(writes);
  }

  /** Bring files to the server's copy of the draft, one after the other. */
  copy() {
    this.copying ??= this.#copyAll().finally(() => (this.copying = null));
    return this.copying;
  }

  async #copyAll() {
    for (const file of await this.all()) {
      if (file.isCopied || this.refused.has(file.name)) continue;
      const response = await this.#send(file);
      if (!response || response.status >= 500) return;
      if (!response.ok) this.refused.add(file.name);
      else if (await this.database.get("files", [this.draft, file.name])) // else it was sent meanwhile
        await this.database.keep([{ store: "files", put: { ...file, isCopied: true } }]);
    }
  }

  /** The server keeps the same once, whatever answers were lost. */
  #send({ name, blob }) {
    const body = new FormData();
    body.append("file", blob, name);
    const headers = { "X-Account": this.database.account };
    return request(`/interview/${this.draft}/files/`, { method: "POST", body, headers }).catch(() => null);
  }

  /** Fetch what only the server has; resolves to those that do not come, with its status or 0. @throws {StorageError} */
  async fetch(names) {
    const here = new Set((await this.all()).map(({ name }) => name));
    const missing = [];
    for (const name of names.filter((one) => !here.has(one))) {
      const response = await request(this.#copyOf(name)).catch(() => null);
      if (!response?.ok) missing.push({ name, status: response?.status ?? 0 });
      else await this.#put(name, await response.blob(), { isCopied: true });
    }
    return missing;
  }

  async #put(name, blob, facts) {
    const put = { draft: this.draft, name, blob, ...facts, sha256: await sha256(blob) };
    await this.database.keep([{ store: "files", put }]);
  }

  #copyOf(name) {
    return `/interview/${this.draft}/files/${encodeURIComponent(name)}`;
  }
}

/** A name as every system can hold it, with an ending. */
function tidied(name, type) {
  const [, stem, ending = ""] = /^(.*?)(\.[^.]*)?$/.exec(name.split(/[\\/]/).at(-1));
  const safe = stem.replace(UNSAFE, "_").replace(/^[._]+|[._]+$/g, "").slice(0, LONGEST_STEM) || "file";
  const given = ending.replace(UNSAFE, "").toLowerCase().slice(0, LONGEST_ENDING);
  return safe + (given || `.${(type.split("/")[1] ?? "bin").replace(UNSAFE, "")}`);
}

/** `image-3f2a9c1b.jpg`: cameras call all the same, also those of two phones that go on with one draft. */
const unique = (name) => name.replace(/(?=\.[^.]*$)/, `-${crypto.randomUUID().slice(0, 8)}`);
