/** Opens a draft as this phone has it, and keeps it here from then on. */

import { say } from "../webform/words.js";
import { accountHere } from "./account.js";
import { canKeep, Database } from "./database.js";
import { DEVICE, doorOf } from "./drafts.js";
import { Keeper, sentenceOf } from "./keeper.js";

const PATIENCE_MS = 2_000;

/**
 * Open a draft as this phone has it, or fetch it and keep it from now on.
 * @param {string} id
 * @param {() => Promise<object>} fetched what the server says of it
 * @returns {Promise<object>} `instance`, and options of a Store; no `phone` among them where nothing can be kept: then
 *   `trouble` says why in words, blank where it is no wonder
 */
export async function open(id, fetched) {
  const account = accountHere();
  if (!canKeep() || !account) return { instance: await reached(fetched) };
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
  const found = await database.get("drafts", id);
  const draft = found?.tree ? found : null; // else it was discarded here, and is wanted again
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

/** @returns {import("./drafts.js").Draft} */
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
    begin: { version: instance.version, site: instance.site, started: instance.started, device: DEVICE, corrects: instance.corrects },
    log: instance.log,
    corrects: instance.corrects,
    remarks: instance.remarks,
    offered: [],
  };
}
