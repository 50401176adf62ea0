/** Two pages or phones saved the same draft: the person says whose answers count, and none are thrown away. */

import { whoseCount } from "./dialog.js";
import { request } from "./server.js";

/**
 * @param {object} store a Store of which the server did not take the last tree
 * @param {(state: string) => void} tell
 * @returns {Promise<{whose: "nobody" | "ours" | "mine" | "other" | "", revision?: number}>} "nobody": the server was not
 *   reached; "ours": it has what we sent, only its answer was lost; blank: the person has not decided, and is asked again
 */
export async function settle(store, tell) {
  const response = await request(store.url).catch(() => null);
  if (!response?.ok) return { whose: "nobody" };
  const theirs = await response.json();
  const { revision } = theirs;
  if (JSON.stringify(theirs.tree) === store.lastSent) return { whose: "ours", revision };
  if (await store.phone?.isOurs(theirs.tree)) return { whose: "mine", revision };
  tell("conflict");
  const whose = await whoseCount({ isEitherKept: !!store.phone });
  try {
    if (whose === "mine") await store.phone?.fork(theirs.tree, Object.keys(theirs.files));
    if (whose === "other") await giveWay(store, theirs);
  } catch (error) {
    if (!error.reason) throw error;
    return { whose: "" }; // the phone cannot keep both
  }
  return { whose, revision };
}

/** What is here stays as a draft of its own where this phone keeps it, and the page shows what is there. */
async function giveWay(store, theirs) {
  await store.phone?.fork(store.tree());
  await store.phone?.giveWay(theirs);
  store.saved = store.changes; // nothing here is to be saved any more
  location.reload();
}
