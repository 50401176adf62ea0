/** What becomes of an interview that is finished on this phone. Knows no page, no network and no clock.

It waits until the server has answered with the same checksums, or has refused it; nothing is ever dropped. */

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
const MOST_FILES = 100; // in one request, with which every server copes
const PART_BYTES = 1_000; // of headers around each file

const TAKEN = [201, 202];
const SIGNED_OUT = [401, 403]; // 403: a token of an earlier session
const LATER = [408, 429];

/**
 * @typedef {{name: string, sha256: string, size: number}} NamedFile
 * @typedef {{instanceID: string, sha256: string, received: string, files: Record<string, string>}} Receipt
 *   files by name with their checksums, blank for those that the server still expects
 * @typedef {{status: number, said?: string, receipt?: Receipt | null}} Answer status 0: none came
 * @typedef {"waiting" | "refused" | "sent"} State
 * @typedef {"" | "no_answer" | "signed_out" | "busy" | "differs" | "files"} Trouble why it waits
 * @typedef {{id: string, instanceID: string, door: string, xml?: Uint8Array, sha256: string,
 *   files: NamedFile[], there: string[], copied: string[], title: string, site: string, finishedAt: number, state: State, tries: number,
 *   nextTry: number, trouble: Trouble, said: string, receipt: Receipt | null}} Entry
 *   `there`: files that the server confirmed, `copied`: those that it has in its copy of the draft; moments are milliseconds since 1970
 */

/** A finished interview as it enters the outbox. @returns {Entry} */
export function entering({ id, door, xml, sha256, files, title, site }, now) {
  return {
    id, // of its draft
    instanceID: `uuid:${id}`,
    door,
    xml,
    sha256,
    files,
    there: [],
    copied: [],
    title,
    site,
    finishedAt: now,
    state: "waiting",
    tries: 0,
    nextTry: now,
    trouble: "",
    said: "",
    receipt: null,
  };
}

export const isDue = (entry, now) => entry.state === "waiting" && entry.nextTry <= now;

/** When something is due next; Infinity where nothing waits. */
export const nextDue = (entries) =>
  Math.min(Infinity, ...entries.filter(({ state }) => state === "waiting").map(({ nextTry }) => nextTry));

/**
 * The entry after an answer to one of its parcels.
 * @param {Entry} entry @param {Answer} answer @returns {Entry}
 */
export function answered(entry, { status, said = "", receipt = null }, now) {
  if (TAKEN.includes(status)) return confirmed(entry, receipt, now);
  if (SIGNED_OUT.includes(status)) return waiting(entry, "signed_out", now);
  if (LATER.includes(status) || status >= 500) return waiting(entry, "busy", now);
  // Anything else but a refusal is not our server: a network that first asks for a sign-in of its own.
  if (status < 400) return waiting(entry, "no_answer", now);
  return { ...entry, state: "refused", tries: entry.tries + 1, trouble: "", said };
}

/** Only the same checksums are a receipt. */
function confirmed(entry, receipt, now) {
  if (receipt?.sha256 !== entry.sha256) return waiting(entry, "differs", now);
  const there = entry.files.filter(({ name, sha256 }) => receipt.files[name] === sha256).map(({ name }) => name);
  const isOther = ({ name, sha256 }) => receipt.files[name] && receipt.files[name] !== sha256;
  if (entry.files.some(isOther)) return waiting({ ...entry, there }, "differs", now);
  if (there.length < entry.files.length) return halfway({ ...entry, there }, entry.there.length, now);
  return { ...entry, there, state: "sent", trouble: "", said: "", receipt };
}

/** Where each answer confirms more files there is no need to pause. */
function halfway(entry, before, now) {
  const isFurther = entry.there.length > before;
  return isFurther ? { ...entry, tries: 0, nextTry: now, trouble: "files" } : waiting(entry, "files", now);
}

function waiting(entry, trouble, now) {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** entry.tries, LONGEST_PAUSE_MS);
  return { ...entry, tries: entry.tries + 1, nextTry: now + pause, trouble };
}

/** A refused interview once more, because a person says so: what stood in the way may be mended. */
export const again = (entry, now) => ({ ...entry, state: "waiting", tries: 0, nextTry: now, trouble: "", said: "" });

/**
 * What goes in each request: the interview, and as many of the files that the server has not yet as it takes at once.
 * @param {Entry} entry @param {number} mostBytes
 * @returns {{files: NamedFile[], isLast: boolean}[]}
 */
export function parcels(entry, mostBytes) {
  const room = mostBytes - (entry.xml?.length ?? 0) - PART_BYTES;
  const found = [[]];
  let used = 0;
  const isCarried = ({ name }) => !entry.there.includes(name) && !entry.copied.includes(name);
  for (const file of entry.files.filter(isCarried)) {
    const size = file.size + PART_BYTES;
    const isFull = found.at(-1).length === MOST_FILES || (found.at(-1).length && used + size > room);
    if (isFull) found.push([]);
    used = isFull ? size : used + size;
    found.at(-1).push(file);
  }
  return found.map((files, at) => ({ files, isLast: at === found.length - 1 }));
}

/** What stays of an interview that the server has: its receipt. */
export const receiptOnly = ({ xml, ...entry }) => entry;
