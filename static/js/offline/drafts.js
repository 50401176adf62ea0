/** Interviews that are not finished, as this phone keeps them. */

import { allOf } from "./database.js";

export const DEVICE = "web";

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
 * @property {import("../formlogic/instance.js").Tree | null} tree null where it was discarded here, and the server has not heard of it
 * @property {string} place the fragment of the question at which to go on
 * @property {number} edition counts what was changed here
 * @property {number} savedEdition the edition that the server has; -1 before there is one
 * @property {number} revision the server's, from which this is made; 0 where it has none
 * @property {number} savedAt milliseconds since 1970
 * @property {object | null} begin what the server needs to know of an interview that was begun here
 * @property {{url: string, user: string, last: number | null} | null} log what its log begins with, where the form wants one
 * @property {string} [corrects] the id of the version that is corrected
 * @property {object[] | null} [remarks] what reviewers asked of that
 * @property {string} [said] why the server took no copy of the edition `saidOf`
 * @property {number} [saidOf]
 * @property {boolean} [isMoved] discarded here, but changed on another device since
 * @property {string[]} offered checksums of trees that the server may have although no answer came
 */

/** Discarded on this phone. @param {Draft} draft */
export const isGone = ({ tree }) => !tree;

/** Whether the server has to hear of it: what was discarded and changed elsewhere is the person's to say. @param {Draft} draft */
export const needsCopy = (draft) => (isGone(draft) ? !draft.isMoved : draft.edition !== draft.savedEdition);

/** The live page of a draft, at the question where it was left. @param {Draft} draft */
export const addressOf = ({ version, language, id, place }) => `/fill/${version}/${language}/?draft=${id}${place}`;

/** @param {string} submission of a kit or an instance @param {string} site */
export const doorOf = (submission, site) => `${submission}?deviceID=${DEVICE}&site=${encodeURIComponent(site)}`;

/** Do something with a draft that no page has open, nor opens meanwhile. @param {string} id @param {() => Promise<void>} work */
export const ifClosed = (id, work) => navigator.locks.request(`draft-${id}`, { ifAvailable: true }, (held) => held && work());

/** In the place of a draft that is discarded here: gone once the server has heard of it. @param {Draft} draft */
export const discarded = (draft) => [
  { store: "drafts", put: { ...draft, tree: null, isMoved: false } },
  { store: "files", remove: allOf(draft.id) },
  { store: "logs", remove: allOf(draft.id) },
];
