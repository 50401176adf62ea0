/** Interviews begun on this phone, with a network or without, from a questionnaire that is here. */

import { begin as begun } from "../formlogic/filling.js";
import { LiveForm } from "../formlogic/form.js";
import { loadFunctions } from "../formlogic/functions/index.js";
import { setMeta } from "../formlogic/instance.js";
import { isoOf } from "../webform/controls.js";
import { treeSum } from "./checksum.js";
import { DEVICE, doorOf } from "./drafts.js";

/**
 * Start an interview at a site of a kit, with what is on this phone.
 * @param {import("./database.js").Database} database
 * @returns {Promise<import("./drafts.js").Draft>} as it was kept
 * @throws TypeError where the kit is not whole, StorageError
 */
export async function begin(database, { kit, site, language }) {
  const { code, definition } = await definitionOf(kit, language);
  const tables = Object.entries(definition.files);
  const files = Object.fromEntries(await Promise.all(tables.map(async ([id, address]) => [id, await json(address)])));
  await loadFunctions(definition.functions);
  const started = isoOf(new Date());
  const id = crypto.randomUUID();
  const tree = begun(definition, { now: started, files, metadata: kit.metadata, known: site.known });
  setMeta(tree, "instanceID", `uuid:${id}`);
  const draft = {
    id,
    version: kit.version,
    questionnaire: kit.questionnaire,
    language: code,
    title: kit.title,
    site: site.code,
    door: doorOf(kit.submission, site.code),
    known: knownPaths(new LiveForm(definition, tree, { now: started, files }), site.known),
    started,
    tree,
    place: "",
    edition: 0,
    savedEdition: -1,
    revision: 0,
    savedAt: Date.now(),
    begin: { version: kit.version, site: site.code, started, device: DEVICE },
    log: definition.audit && { url: `/interview/${id}/log`, user: kit.metadata.username, last: null },
    offered: [await treeSum(tree)],
  };
  await database.keep([{ store: "drafts", put: draft }]);
  return draft;
}

/** In the language of the page where the form has it, else in its first. */
async function definitionOf({ languages }, language) {
  const [stem] = language.split("-");
  const chosen = languages.find(({ code }) => code === language) ?? languages.find(({ code }) => code.split("-")[0] === stem);
  const { code, definition } = chosen ?? languages[0];
  return { code, definition: await json(definition) };
}

async function json(address) {
  const response = await fetch(address);
  if (!response.ok) throw new TypeError(`${address}: ${response.status}`);
  return response.json();
}

/** What the server knew and the form can hold need not be asked. @param {LiveForm} form */
function knownPaths(form, known) {
  const isHeld = ([path, text]) => text && path in form.definition.questions && form.value(path) === text;
  const isOffered = ([path]) => form.problem(path) !== "choice";
  return Object.entries(known).filter((one) => isHeld(one) && isOffered(one)).map(([path]) => path);
}
