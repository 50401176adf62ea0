/** What this phone keeps for one account. A write counts only when it was read back. */

import { sha256 } from "./checksum.js";

const VERSION = 1;
const STORES = {
  drafts: "id",
  files: ["draft", "name"], // of drafts, and of interviews that wait to be sent
  logs: ["draft", "page", "number"], // rows of audit.csv
  outbox: "id",
  kits: "questionnaire",
};
const LOST = ["InvalidStateError", "AbortError", "UnknownError"]; // the connection went away
const REASONS = { QuotaExceededError: "full", SecurityError: "none", VersionError: "newer" };

/** @typedef {{store: string, put?: object, remove?: IDBValidKey | IDBKeyRange}} Write */

/**
 * The phone keeps nothing. `reason` says why, the page's words say under `storage_<reason>` what to do:
 * "none" (no storage, a private window), "full", "newer" (a later version of this page was here),
 * "blocked" (another tab must be closed first), "differs" (what was read back is not what was written), "broken".
 */
export class StorageError extends Error {
  constructor(reason, cause) {
    super(`storage: ${reason}`, { cause });
    this.reason = reason;
    this.sentence = `storage_${reason}`;
  }
}

/** Whether this browser can keep anything here at all. */
export function canKeep() {
  try {
    return globalThis.isSecureContext === true && !!globalThis.indexedDB && "locks" in navigator;
  } catch {
    return false; // some browsers forbid even to ask
  }
}

/** All that belongs to a draft: a range of keys of files and logs. */
export const allOf = (draft) => IDBKeyRange.bound([draft], [draft, []]);

export class Database {
  /** @type {Promise<IDBDatabase> | null} */
  #connection = null;
  #writing = Promise.resolve();

  /** @param {string} account its id: every account has a database of its own */
  constructor(account) {
    this.account = account;
    this.name = `five-standards-${account}`;
    this.wasOpen = false;
    this.wasCleared = false; // somebody cleared the browser's data while this page was open
    this.onClose = () => {}; // the browser closed it, mostly because of that
  }

  get(store, key) {
    return this.#run([store], "readonly", (at) => at(store).get(key));
  }

  /** @returns {Promise<any[]>} all records of a store, or those with keys in a range */
  all(store, range) {
    return this.#run([store], "readonly", (at) => at(store).getAll(range));
  }

  /**
   * Write all of it or nothing, and read it back. A record with a `blob` carries its `sha256`.
   * @param {Write[]} writes
   * @throws {StorageError}
   */
  keep(writes) {
    const kept = this.#writing.then(() => this.#keep(writes)); // one after the other: what is read back is one's own
    this.#writing = kept.catch(() => {});
    return kept;
  }

  async #keep(writes) {
    const stores = [...new Set(writes.map(({ store }) => store))];
    await this.#run(stores, "readwrite", (at) => {
      for (const { store, put, remove } of writes) put ? at(store).put(put) : at(store).delete(remove);
    });
    for (const { store, put } of writes) {
      const isSame = !put || (await fingerprint(await this.get(store, keyOf(store, put)))) === (await fingerprint(put));
      if (!isSame) throw new StorageError("differs");
    }
  }

  close() {
    this.#connection?.then((connection) => connection.close(), () => {});
    this.#connection = null;
  }

  /** Once more where the connection was closed under the page, as browsers do to save memory. */
  async #run(stores, mode, work) {
    try {
      return await this.#attempt(stores, mode, work);
    } catch (error) {
      if (!LOST.includes(error?.name)) throw named(error);
    }
    this.close();
    return this.#attempt(stores, mode, work).catch((error) => {
      throw named(error);
    });
  }

  async #attempt(stores, mode, work) {
    const connection = await (this.#connection ??= this.#open());
    return new Promise((resolve, reject) => {
      const transaction = connection.transaction(stores, mode, { durability: "strict" });
      let request;
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error ?? new DOMException("", "AbortError"));
      try {
        request = work((store) => transaction.objectStore(store));
      } catch (error) {
        reject(error);
        transaction.abort(); // what it did before would stay
      }
    });
  }

  async #open() {
    try {
      const { connection, isNew } = await opened(this.name);
      this.wasCleared ||= isNew && this.wasOpen;
      this.wasOpen = true;
      const forget = () => (this.#connection = null);
      connection.onclose = () => (forget(), this.onClose());
      connection.onversionchange = () => (connection.close(), forget());
      return connection;
    } catch (error) {
      this.#connection = null;
      throw error;
    }
  }
}

/** @returns {Promise<{connection: IDBDatabase, isNew: boolean}>} */
function opened(name) {
  return new Promise((resolve, reject) => {
    if (!canKeep()) throw new StorageError("none");
    const request = indexedDB.open(name, VERSION);
    let isNew = false;
    request.onupgradeneeded = () => {
      isNew = true;
      for (const [store, keyPath] of Object.entries(STORES)) request.result.createObjectStore(store, { keyPath });
    };
    request.onsuccess = () => resolve({ connection: request.result, isNew });
    request.onblocked = () => reject(new StorageError("blocked"));
    request.onerror = () => reject(request.error);
  });
}

const keyOf = (store, record) => {
  const path = STORES[store];
  return typeof path === "string" ? record[path] : path.map((name) => record[name]);
};

/** What two records have in common when they are the same: facts as JSON, bytes by their checksum. */
async function fingerprint({ blob = null, xml = null, ...facts } = {}) {
  return JSON.stringify([facts, blob && (await sha256(blob)), xml && (await sha256(xml))]);
}

function named(error) {
  if (error instanceof StorageError) return error;
  return new StorageError(REASONS[error?.name] ?? "broken", error);
}
