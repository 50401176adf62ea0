/** How an interview ends on this phone: its XML is frozen, it waits to be sent, and is sent where there is a network. */

import { complete } from "../formlogic/filling.js";
import { filesNamed, setMeta, writeInstance } from "../formlogic/instance.js";
import { isoOf } from "../webform/controls.js";
import { sha256 } from "./checksum.js";
import { allOf } from "./database.js";
import { entering } from "./outbox.js";
import { Sender } from "./sending.js";

const LOG = "audit.csv";
const PATIENCE_MS = 30_000;
export const KEPT = "/offline/#kept";

/** Some of its pictures or other files are not here: on the server only, from where they do not come now, or nowhere. */
export class FilesElsewhere extends Error {
  constructor(missing) {
    super();
    this.sentence = missing.every(({ status }) => status === 404) ? "files_gone" : "files_elsewhere";
  }
}

/**
 * Put a finished interview into the outbox, in the place of its draft: both at once, or nothing.
 * @param {import("./keeper.js").Keeper} phone
 * @param {import("../formlogic/form.js").LiveForm} form as it was filled in
 * @param {object} tables that come beside the form
 * @throws FilesElsewhere, StorageError
 */
export async function freeze(phone, form, tables) {
  const { database, draft } = phone;
  const { tree } = complete(form.definition, form.tree(), { now: isoOf(new Date()), files: tables });
  setMeta(tree, "instanceID", `uuid:${draft.id}`);
  if (draft.corrects) setMeta(tree, "deprecatedID", draft.corrects);
  const log = await logOf(phone, form.definition);
  if (log) setMeta(tree, "audit", LOG);
  const names = filesNamed(tree, form.definition).filter((name) => name !== LOG);
  const missing = await phone.files.fetch(names);
  if (missing.length) throw new FilesElsewhere(missing);
  const kept = await phone.files.all();
  const needed = [...kept.filter(({ name }) => names.includes(name)), ...(log ? [log] : [])];
  const xml = new TextEncoder().encode(writeInstance(tree));
  const files = needed.map(({ name, sha256: checksum, blob }) => ({ name, sha256: checksum, size: blob.size }));
  const entry = entering({ ...draft, xml, sha256: await sha256(xml), files }, Date.now());
  phone.ending = database.keep([
    { store: "outbox", put: entry },
    { store: "drafts", remove: draft.id },
    { store: "logs", remove: allOf(draft.id) },
    ...(log ? [{ store: "files", put: log }] : []),
    ...kept.filter((file) => !needed.includes(file)).map(({ name }) => ({ store: "files", remove: [draft.id, name] })),
  ]);
  await phone.ending;
  phone.isDone = true;
}

/** The rows of all pages in the order in which they began, as a file; null where no log is kept. */
async function logOf({ database, draft }, { audit }) {
  const parts = await database.all("logs", allOf(draft.id));
  if (!audit || !parts.length) return null;
  const began = (page) => Math.min(...parts.filter((part) => part.page === page).map(({ keptAt }) => keptAt));
  parts.sort((one, other) => began(one.page) - began(other.page) || one.number - other.number);
  const blob = new Blob([`${audit.columns.join(",")}\n`, ...parts.map(({ rows }) => rows)], { type: "text/csv" });
  return { draft: draft.id, name: LOG, blob, sha256: await sha256(blob) };
}

/** Send it now if that works within a while. Resolves to the page that says what became of it. */
export async function send({ database, draft }) {
  const sender = new Sender({ database });
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([sender.flush({ isUrged: true }), late]);
  const entry = await database.get("outbox", draft.id);
  if (entry.state !== "sent") return KEPT;
  const { interviews = {} } = await sender.received([entry.instanceID]);
  return interviews[entry.instanceID]?.receipt ?? KEPT;
}
