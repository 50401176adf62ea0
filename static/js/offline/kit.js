/** Questionnaires on this phone: their pages, definitions, lists and pictures, all of them or none.

Each account has caches of its own, so that nobody throws away what a colleague's draft needs:
`kit-<account>-<version>-<content>+<shell>`. The shell is the one that its pages were written for; the worker keeps it as long. */

import { isGone } from "./drafts.js";
import { registered } from "./shell.js";

const KITS = "/offline/kits.json";
const LOOK_MS = 500;
const MOST_LOOKS = 60;

/** @typedef {import("./database.js").Database} Database */
/** @typedef {{version: number, content: string, languages: {page: string, definition: string}[], files: string[]}} Contents */

const prefix = (account, version) => `kit-${account}-${version}-`;

/** One at a time, in all tabs: none throws away what another is just fetching. */
const inTurn = (work) => navigator.locks.request("kits", work);

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The pages of the application itself do not come: an update was interrupted. Another try mends it. */
export class NoShell extends Error {
  sentence = "kit_updating";
}

/**
 * What can be taken along.
 * @returns {Promise<{account?: object, kits?: object[], isSignedOut?: boolean}>} nothing where the server was not reached
 */
export async function kitsFor(account) {
  const response = await fetch(KITS, { headers: { Accept: "application/json" } }).catch(() => null);
  const found = response?.ok ? await response.json().catch(() => ({})) : {};
  const isMine = String(found.account?.id) === account;
  return isMine ? found : { isSignedOut: response?.status === 401 || !!found.account };
}

/**
 * Keep a questionnaire on this phone, in the place of what there was of it.
 * @param {Database} database
 * @param {(share: number) => void} [onProgress] from 0 to 1
 * @throws what `fetch` throws, NoShell, NoWorker, StorageError, or QuotaExceededError where the phone is full
 */
export const takeAlong = (database, kit, onProgress) => inTurn(() => taken(database, kit, onProgress));

async function taken(database, kit, onProgress) {
  const cache = await filled(database.account, kit, onProgress);
  await database.keep([{ store: "kits", put: { ...kit, cache, takenAt: Date.now() } }]);
  await tidied(database);
}

/** Bring what is on this phone up to what the server offers; what it does not offer any more goes. */
export const renew = (database, offered) => inTurn(() => renewed(database, offered));

async function renewed(database, offered) {
  for (const old of await database.all("kits")) {
    const kit = offered.find(({ questionnaire }) => questionnaire === old.questionnaire);
    if (!kit) await database.keep([{ store: "kits", remove: old.questionnaire }]);
    else if (kit.content !== old.content) await taken(database, kit);
    else if (kit.digest !== old.digest) await database.keep([{ store: "kits", put: { ...old, ...kit } }]);
  }
  await tidied(database);
}

/** Keep the form of an interview that was begun without its kit, for as long as there is a draft of it. */
export const keepForm = (database, form) =>
  inTurn(async () => {
    const isThere = (name) => name.startsWith(prefix(database.account, form.version));
    if (!(await caches.keys()).some(isThere)) await filled(database.account, { ...form, content: "form" });
  });

/** Let go of forms that neither a kit nor a draft of this account needs. */
export const tidy = (database) => inTurn(() => tidied(database));

async function tidied(database) {
  const [kits, drafts] = await Promise.all([database.all("kits"), database.all("drafts")]);
  const hasKit = ({ version }) => kits.some((kit) => kit.version === version);
  const others = drafts.filter((draft) => !isGone(draft) && !hasKit(draft));
  const isNeeded = (name) =>
    kits.some(({ cache }) => cache === name) || others.some(({ version }) => name.startsWith(prefix(database.account, version)));
  const mine = (await caches.keys()).filter((name) => name.startsWith(`kit-${database.account}-`));
  await Promise.all(mine.filter((name) => !isNeeded(name)).map((name) => caches.delete(name)));
}

/** A cache with all of it; its name. None stays where something is missing. */
async function filled(account, { version, content, languages, files }, onProgress) {
  const registration = await registered();
  const pages = await Promise.all(languages.map(({ page }) => fetched(page, "reload")));
  const name = `${prefix(account, version)}${content}+${await shellOf(await pages[0].clone().text(), registration)}`;
  const cache = await caches.open(name);
  const rest = [...languages.map(({ definition }) => definition), ...files];
  try {
    await Promise.all(pages.map((page, at) => cache.put(languages[at].page, page)));
    for (const [at, address] of rest.entries()) {
      await cache.put(address, await fetched(address));
      onProgress?.((at + 1) / rest.length);
    }
    return name;
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
}

/** Pages past the worker, which might have an old one; what never changes from wherever it is. */
async function fetched(address, cache = "default") {
  const response = await fetch(address, { cache });
  if (!response.ok || response.redirected) throw new TypeError(`${address}: ${response.status}`);
  return response;
}

/** The name of the shell with a page's scripts; after an update of the application it may still be on its way. */
async function shellOf(page, registration) {
  const [, script] = /<script type="module" src="([^"]+)"/.exec(page) ?? [];
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const shells = (await caches.keys()).filter((name) => name.startsWith("shell-")).reverse();
    for (const name of shells) if (await (await caches.open(name)).match(script, { ignoreVary: true })) return name;
    if (!looks) await registration.update().catch(() => {});
    await wait(LOOK_MS);
  }
  throw new NoShell();
}
