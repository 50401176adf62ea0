/** The server's copies of drafts: brought up to date and discarded from whichever page is open, one after the other. */

import { request } from "../webform/server.js";
import { treeSum } from "./checksum.js";
import { ifClosed, isGone, needsCopy } from "./drafts.js";
import { Files } from "./files.js";

/** @typedef {import("./drafts.js").Draft} Draft */
/** @typedef {{revision: number, is_open: boolean, files: Record<string, string>}} Copy `files` by name with their checksums */

const LATER = [0, 401, 403, 408, 429]; // and what is the server's own trouble: the next draft would fare no better

/**
 * Those that are open in a page are brought there by that page.
 * @param {import("./database.js").Database} database @param {Draft[]} drafts
 * @param {Record<string, Copy>} found what the server has of them, by instance id
 */
export async function copyAll(database, drafts, found) {
  for (const draft of drafts) {
    const isAsked = isGone(draft) && draft.isMoved; // the person
    if (isAsked || (await isOpen(draft))) continue;
    const copy = found[`uuid:${draft.id}`];
    const status = isGone(draft) ? await discard(database, draft) : await bring(database, draft, copy);
    if (isLater(status)) return;
  }
}

const isLater = (status) => LATER.includes(status) || status >= 500;

async function isOpen({ id }) {
  return (await navigator.locks.query()).held.some(({ name }) => name === `draft-${id}`);
}

/** Answers first, then files. One that nobody can open any more is sent again. */
async function bring(database, draft, copy) {
  const files = new Files(database, draft.id);
  if (copy) await files.compare(copy.files);
  if (needsCopy(draft) || copy?.is_open === false) {
    const { status, said } = await send(database, draft);
    const { edition, offered } = draft;
    if (status === 200) await note(database, draft, { savedEdition: edition, revision: said.revision, offered: offered.slice(-1) });
    else if (!isLater(status)) await note(database, draft, { said: said.message, saidOf: edition });
    if (status !== 200) return status;
  }
  await files.copy();
  return 200;
}

/** As this phone knew it: where it was changed on another device since, the person is asked; where it was sent from there, it is over. */
async function discard(database, draft) {
  const { status, said } = await send(database, draft);
  if (status === 204 || status === 410) await database.keep([{ store: "drafts", remove: draft.id }]);
  if (status === 409) await note(database, draft, { isMoved: true, revision: said.revision });
  return status;
}

/** Its tree, or that it is discarded; again where the server has one of ours of which the answer was lost. */
async function send(database, draft, isAgain = false) {
  const { id, tree, revision, begin } = draft;
  const address = `/interview/${id}/instance`;
  const headers = { "Content-Type": "application/json", "X-Account": database.account };
  const body = JSON.stringify({ tree, revision, ...(revision ? {} : { begin }) });
  const answer = await (isGone(draft)
    ? asked(`${address}?revision=${revision}`, { method: "DELETE", headers })
    : asked(address, { method: "PUT", body, headers }));
  if (answer.status !== 409 || isAgain) return answer;
  const { said: theirs } = await asked(address);
  if (!theirs.tree || !draft.offered.includes(await treeSum(theirs.tree))) return answer;
  return send(database, { ...draft, revision: theirs.revision }, true);
}

async function asked(address, options) {
  const response = await request(address, options).catch(() => null);
  const said = await response?.json().catch(() => null);
  return { status: response?.status ?? 0, said: said ?? {} };
}

/** Unless a page opened it meanwhile: that one finds out by itself. */
async function note(database, draft, facts) {
  await ifClosed(draft.id, async () => {
    const now = await database.get("drafts", draft.id);
    if (now?.edition === draft.edition && isGone(now) === isGone(draft)) await database.keep([{ store: "drafts", put: { ...now, ...facts } }]);
  });
}
