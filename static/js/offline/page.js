/** The page "On this phone": what is kept here, what waits to be sent, and interviews started without a network. */

import { button, make } from "../webform/dom.js";
import { learn, say } from "../webform/words.js";
import { accountHere } from "./account.js";
import { allOf, canKeep, Database } from "./database.js";
import { addressOf, discarded } from "./drafts.js";
import { kitsFor, renew, takeAlong, tidy } from "./kit.js";
import { lock, signOut, WISH } from "./leaving.js";
import { again } from "./outbox.js";
import * as sections from "./sections.js";
import { Sender } from "./sending.js";
import { register } from "./shell.js";

const LANGUAGE_COOKIE = "django_language";
const KEPT = "#kept"; // an interview was finished just now: see finishing.js
const YEAR_S = 31_536_000;

const beginning = () => import("./beginning.js"); // with the rules of forms: after all that is to be seen

const root = () => document.getElementById("phone");

/** What is painted; all of it is read again from the database before. */
const state = {
  name: undefined, // of the account, as far as the server was reached
  offered: undefined, // what the server offers, as far as it was reached
  isSignedOut: false,
  space: {}, // used and left on this phone, as far as it was asked
  failure: "", // a sentence
  told: "", // a sentence of success
  isFinished: false, // an interview was finished just now, which is told until it is sent
  sending: new Set(),
  taking: new Map(), // how far each questionnaire is that comes along now
  failed: new Map(), // what went wrong with it, as a key of a sentence
  found: null, // what the server has of what was sent
  isComparing: false,
  notGranted: false,
  install: undefined, // the browser's own question whether to put this on the home screen
};

/** @type {Database} */
let database;
/** @type {Sender} */
let sender;

async function boot() {
  speak(chosenLanguage());
  listen();
  if (!canKeep()) return show(heading(), sections.note("error", "not_here_title", say("storage_none"), homeLink()));
  if (!accountHere()) return show(heading(), sections.signIn(root().dataset.login, false));
  const { hash } = location;
  state.isFinished = hash === KEPT;
  if (state.isFinished) state.told = say("finished_kept");
  history.replaceState(null, "", location.pathname); // it is said once
  database = new Database(accountHere());
  database.onClose = paint;
  sender = new Sender({ database, onChange: sent, onCopied: paint });
  await paint();
  measure().then(paint); // which takes its time
  register().then(beginning).catch(() => {}); // else it comes when it is asked for
  if (hash === WISH) actions.leave();
  return attempt(() => Promise.all([sender.start(), refresh()]));
}

/** What the server offers now; forms on this phone are brought up to it. */
async function refresh() {
  const { account, kits, isSignedOut } = await kitsFor(database.account);
  Object.assign(state, { offered: kits, isSignedOut, name: account?.username });
  if (kits) await renew(database, kits).catch(() => {}); // those that are here still work
}

/** The page may have been kept while another language was in use. */
function chosenLanguage() {
  const chosen = new RegExp(`(?:^|;\\s*)${LANGUAGE_COOKIE}=([^;]*)`).exec(document.cookie)?.[1] || navigator.language;
  const offered = [...document.querySelectorAll("button[name=language]")].map(({ value }) => value);
  return offered.find((one) => chosen.toLowerCase().startsWith(one.split("-")[0])) ?? document.documentElement.lang;
}

function speak(language) {
  document.documentElement.lang = language;
  learn(`words-${language}`);
  document.title = `${say("title")} · ${say("site")}`;
  document.querySelector(".logo span").textContent = say("site");
  document.querySelector(".skip").textContent = say("skip");
  for (const one of document.querySelectorAll("button[name=language]")) {
    one.setAttribute("aria-pressed", String(one.value === language));
  }
}

const show = (...parts) => root().replaceChildren(...parts.filter(Boolean));

const heading = () => make("h1", {}, say("title"));

const homeLink = () => make("a", { class: "button", href: root().dataset.home }, say("home"));

async function paint() {
  try {
    show(...(await parts()));
  } catch (error) {
    show(heading(), sections.note("error", "", sentenceOf(error), homeLink())); // the server keeps drafts too
  }
  paintNetwork();
}

async function parts() {
  const [drafts, entries, kits] = await Promise.all(["drafts", "outbox", "kits"].map((store) => database.all(store)));
  const waiting = entries.filter((entry) => entry.state !== "sent").sort((one, other) => one.finishedAt - other.finishedAt);
  const done = entries.filter((entry) => entry.state === "sent").sort((one, other) => other.finishedAt - one.finishedAt);
  const isSignedOut = state.isSignedOut || waiting.some(({ trouble }) => trouble === "signed_out");
  return [
    heading(),
    database.wasCleared && sections.note("error", "cleared_title", say("cleared")),
    state.failure && sections.note("error", "", state.failure),
    state.told && !(state.isFinished && !waiting.length) && sections.note("ok", "", state.told),
    isSignedOut && sections.signIn(root().dataset.login, true),
    sections.tiles({ waiting, sent: done }, actions),
    sections.refused(waiting, state, actions),
    sections.drafts(drafts.sort((one, other) => other.savedAt - one.savedAt), state, actions),
    (kits.length || !state.isSignedOut) && sections.kits(offeredAnd(kits), { ...state, waiting, isOffline: !state.offered }, actions),
    sections.outbox(waiting, state, actions),
    sections.sent(done, state, actions),
    sections.storage({ ...state, ...state.space }, actions),
    make("footer", { class: "foot" }, signedIn(kits), sections.signOut(actions), state.offered && homeLink()),
  ];
}

/** Those on this phone, and those that could be. */
function offeredAnd(kits) {
  const here = new Set(kits.map(({ questionnaire }) => questionnaire));
  return [...kits, ...(state.offered ?? []).filter(({ questionnaire }) => !here.has(questionnaire))];
}

/** On shared phones one looks whose interviews these are. */
function signedIn(kits) {
  const name = state.name ?? kits[0]?.metadata.username;
  return name && make("p", { class: "small muted" }, say("signed_in_as", { name }));
}

/** Some browsers in private windows say nothing of it. */
async function measure() {
  const asked = [navigator.storage.estimate(), navigator.storage.persisted()];
  const [{ usage = 0, quota = 0 }, isPersisted] = await Promise.all(asked).catch(() => [{}, false]);
  state.space = { used: usage, left: Math.max(quota - usage, 0), isPersisted };
}

function paintNetwork() {
  const place = document.querySelector("[data-part=network]");
  place.hidden = navigator.onLine;
  place.querySelector("span").textContent = say("no_network");
}

function sent(id, isSending) {
  if (isSending) state.sending.add(id);
  else state.sending.delete(id);
  return isSending ? paint() : refresh().then(paint); // sites have one more
}

/** Do something, say what went wrong in words, and paint again. */
function act(work) {
  Object.assign(state, { failure: "", told: "" });
  return attempt(work);
}

async function attempt(work) {
  try {
    await work();
  } catch (error) {
    state.failure = sentenceOf(error);
  }
  await measure();
  await paint();
}

/** Our own errors name the sentence that is said of them. */
function sentenceOf(error) {
  if (!error.sentence) console.error(error);
  return say(error.sentence ?? "broken");
}

const actions = {
  send: () => act(() => sender.flush({ isUrged: true })),
  again: (entry) =>
    act(async () => {
      await database.keep([{ store: "outbox", put: again(entry, Date.now()) }]);
      await sender.flush({ isUrged: true });
    }),
  take: (kit) => act(() => take(kit)),
  start: (kit, site) => act(() => start(kit, site)),
  discard: (draft) => act(() => discard(draft)),
  insist: (draft) => act(() => discardHere(draft)),
  forget: (draft) => act(() => database.keep([{ store: "drafts", remove: draft.id }])), // the server has it, as it is there
  compare: () => act(compare),
  persist: () =>
    act(async () => {
      state.notGranted = !(await navigator.storage.persist());
    }),
  install: () => act(install),
  leave: () => act(leave),
  export: () => act(save),
  import: (file) =>
    act(async () => {
      const { imported } = await import("./export.js");
      const { added } = await imported(database, file);
      state.told = added ? say("imported", { count: added }) : say("imported_none");
      sender.flush({ isUrged: true });
    }),
};

async function start(kit, site) {
  const { begin } = await beginning();
  try {
    const draft = await begin(database, { kit, site, language: document.documentElement.lang });
    location.assign(addressOf(draft));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // not whole any more: the browser cleared some of it
    state.failed.set(kit.questionnaire, "start_failed");
    await database.keep([{ store: "kits", remove: kit.questionnaire }]);
  }
}

/** A questionnaire comes along. The wish is the moment at which browsers agree to keep it. */
async function take(kit) {
  const { taking, failed } = state;
  const persisting = navigator.storage.persist();
  failed.delete(kit.questionnaire);
  taking.set(kit.questionnaire, 0);
  await paint();
  try {
    await takeAlong(database, kit, (share) => {
      taking.set(kit.questionnaire, share);
      paint();
    });
  } catch (error) {
    failed.set(kit.questionnaire, failureOf(error));
  }
  taking.delete(kit.questionnaire);
  state.notGranted = !(await persisting);
}

function failureOf(error) {
  if (error.sentence) return error.sentence;
  return error.name === "QuotaExceededError" ? "storage_full" : "kit_failed";
}

async function discard(draft) {
  const { mayDiscard } = await import("./asking.js");
  const range = allOf(draft.id);
  if (!(await mayDiscard(draft, (await database.all("files", range)).length))) return;
  await discardHere(draft);
}

/** Here at once; on the server as soon as it is reached. */
async function discardHere(draft) {
  await database.keep(discarded(draft));
  sender.flush({ isUrged: true });
  tidy(database); // after what comes along at this moment
}

async function compare() {
  const entries = (await database.all("outbox")).filter((entry) => entry.state === "sent");
  state.isComparing = true;
  await paint();
  const { status, interviews } = await sender.received(entries.map(({ instanceID }) => instanceID));
  state.isComparing = false;
  state.found = status === 200 ? interviews : null;
  if (status !== 200) state.failure = say(status === 401 ? "signed_out_text" : "not_compared");
}

async function install() {
  await state.install.prompt();
  state.install = undefined; // it can be asked once
}

/** Without a network nobody can sign in again: a wrong tap must not end a day's work. */
async function leave() {
  if (await signOut()) return;
  const { mayLock } = await import("./asking.js");
  if (await mayLock()) lock();
}

async function save() {
  const { exported } = await import("./export.js");
  const day = new Date().toISOString().slice(0, "2026-11-30".length);
  const address = URL.createObjectURL(await exported(database));
  make("a", { href: address, download: `interviews-${database.account}-${day}.zip` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function listen() {
  document.addEventListener("click", ({ target }) => {
    const chosen = target.closest?.("button[name=language]");
    if (!chosen) return;
    document.cookie = `${LANGUAGE_COOKIE}=${chosen.value}; path=/; max-age=${YEAR_S}; samesite=lax`;
    speak(chosen.value);
    database ? paint() : boot();
  });
  for (const type of ["online", "offline"]) addEventListener(type, () => database && refresh().then(paint));
  document.addEventListener("visibilitychange", () => database && accountHere() !== database.account && location.reload());
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault(); // it is asked where it says what for
    state.install = event;
    if (database) paint();
  });
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload()); // what it shows is old
}

boot();
