/** All interviews of an account on this phone as one file, and back: the last resort when a phone fails.

An archive: the XML and the photos lie in it as they are, `phone.json` says what else there is to know. */

import { BrokenArchive, unzipped, zipped } from "./zip.js";

const FORMAT = 1;
const INDEX = "phone.json";

/** @typedef {import("./database.js").Database} Database */

/** The interviews in a file are a colleague's: they would be sent in the wrong name. */
export class OtherAccount extends Error {
  sentence = "import_other";
}

/** @param {Database} database @returns {Promise<Blob>} */
export async function exported(database) {
  const stores = ["drafts", "outbox", "logs", "files"];
  const [drafts, outbox, logs, files] = await Promise.all(stores.map((store) => database.all(store)));
  const index = {
    format: FORMAT,
    account: database.account,
    exportedAt: new Date().toISOString(),
    drafts: drafts.filter(({ tree }) => tree), // the others are discarded
    outbox: outbox.map(({ xml, ...entry }) => entry),
    logs,
    files: files.map(({ blob, ...file }) => ({ ...file, type: blob.type })),
  };
  return zipped([
    { name: INDEX, blob: new Blob([JSON.stringify(index, null, 1)]) },
    ...outbox.filter(({ xml }) => xml).map(({ id, xml }) => ({ name: xmlPath(id), blob: new Blob([xml]) })),
    ...files.map(({ draft, name, blob }) => ({ name: filePath(draft, name), blob })),
  ]);
}

/**
 * Take in what is in a file; an interview that is here already, in whatever state, stays as it is.
 * @param {Database} database @param {Blob} archive
 * @returns {Promise<{added: number, known: number}>}
 * @throws BrokenArchive, OtherAccount, StorageError
 */
export async function imported(database, archive) {
  const contents = await unzipped(archive);
  const index = await indexOf(contents);
  if (index.account !== database.account) throw new OtherAccount();
  const here = new Set([...(await database.all("drafts")), ...(await database.all("outbox"))].map(({ id }) => id));
  const found = [...index.drafts.map((put) => ({ store: "drafts", put })), ...index.outbox.map((put) => ({ store: "outbox", put }))];
  const fresh = found.filter(({ put }) => !here.has(put.id));
  for (const { store, put } of fresh) {
    const [logs, files] = [index.logs, index.files].map((all) => all.filter(({ draft }) => draft === put.id));
    await database.keep([
      { store, put: store === "outbox" && put.state !== "sent" ? { ...put, xml: await xmlOf(contents, put.id) } : put },
      ...logs.map((log) => ({ store: "logs", put: log })),
      ...files.map(({ type, ...file }) => ({ store: "files", put: { ...file, blob: fileOf(contents, file, type) } })),
    ]);
  }
  return { added: fresh.length, known: found.length - fresh.length };
}

async function indexOf(contents) {
  const index = read(await contents.get(INDEX)?.text());
  if (index?.format !== FORMAT) throw new BrokenArchive();
  return index;
}

/** What JSON says; null where it is none. */
function read(text = "null") {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const xmlPath = (id) => `${id}/submission.xml`;
const filePath = (id, name) => `${id}/files/${name}`;

async function xmlOf(contents, id) {
  const blob = contents.get(xmlPath(id));
  if (!blob) throw new BrokenArchive();
  return new Uint8Array(await blob.arrayBuffer());
}

function fileOf(contents, { draft, name }, type) {
  const blob = contents.get(filePath(draft, name));
  if (!blob) throw new BrokenArchive();
  return new Blob([blob], { type });
}
