/** Interviews that are not finished, as this phone keeps them. */

import { begin as begun } from "../formlogic/filling.js";
import { LiveForm } from "../formlogic/form.js";
import { loadFunctions } from "../formlogic/functions/index.js";
import { setMeta } from "../formlogic/instance.js";
import { isoOf } from "../webform/controls.js";

export const DEVICE = "web";

/** @typedef {import("./database.js").Database} Database */
/**
 * @typedef {object} Draft
 * @property {string} id a UUID, which the finished interview keeps
 * @property {number} version of the questionnaire
 * @property {number} questionnaire
 * @property {string} language as addresses name it
 * @property {string} title of the form
 * @property {string} site its code
 * @property {string} door where the finished interview is sent
 * @property {string[]} known paths that are not asked
 * @property {string} started ISO, with the zone
 * @property {import("../formlogic/instance.js").Tree} tree
 * @property {string} place the fragment of the question at which to go on
 * @property {number} edition counts what was changed here
 * @property {number} savedEdition the edition that the server has; -1 before there is one
 * @property {number} revision the server's, from which this is made; 0 where it has none
 * @property {number} savedAt milliseconds since 1970
 * @property {object | null} begin what the server needs to know of an interview that was begun here
 * @property {{url: string, user: string, last: number | null} | null} log what its log begins with, where the form wants one
 * @property {string[]} offered checksums of trees that the server may have although no answer came
 */

/** The live page of a draft, at the question where it was left. @param {Draft} draft */
export const addressOf = ({ version, language, id, place }) => `/fill/${version}/${language}/?draft=${id}${place}`;

/** @param {string} submission of a kit or an instance @param {string} site */
export const doorOf = (submission, site) => `${submission}?deviceID=${DEVICE}&site=${encodeURIComponent(site)}`;

/**
 * Start an interview at a site of a kit, with what is on this phone.
 * @param {Database} database
 * @returns {Promise<Draft>} as it was kept
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
    offered: [],
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
