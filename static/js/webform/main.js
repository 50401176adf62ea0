/** Brings an interview to life: its form and its draft come in, the page is bound, answers are saved. */

import { LiveForm } from "../formlogic/form.js";
import { loadFunctions } from "../formlogic/functions/index.js";
import { isoOf } from "./controls.js";
import { icon, make } from "./dom.js";
import { Page } from "./page.js";
import { CHECK } from "./sections.js";
import { request } from "./server.js";
import { Store } from "./store.js";
import { learn, say } from "./words.js";

const DRAFT = /00000000-0000-0000-0000-000000000000/g;
const draft = new URLSearchParams(location.search).get("draft") ?? "";

// What is not needed to begin with comes later, but before it is asked for.
const ending = () => import("./ending.js");
const dialog = () => import("./dialog.js");
const language = () => import("./language.js");

/** @type {Page} */
let page;
/** @type {Store} */
let store;
/** What the server says of the draft beside its answers. */
let instance;
/** Keeps the log, where the form asks for one. */
let log;

const root = () => /** @type {HTMLElement} */ (document.getElementById("interview"));

/** An address that the page carries, of this draft. */
const address = (name) => (root().dataset[name] ?? "").replace(DRAFT, draft);

async function json(url) {
  const response = await request(url);
  if (response.status === 401) location.replace(address("login") + encodeURIComponent(location.pathname + location.search));
  const document = await response.json();
  if (response.ok) return document;
  if (document.url) location.replace(document.url); // it was sent before
  throw new Error(document.message ?? response.status);
}

/** The draft as this phone has it, or else as the server has it. */
async function opened() {
  const fetched = () => json(address("opening"));
  return draft && isSecureContext ? (await import("../offline/keeping.js")).open(draft, fetched) : { instance: await fetched() };
}

async function boot() {
  learn();
  const [definition, found] = await Promise.all([json(address("definition")), opened()]);
  instance = found.instance;
  store = new Store({
    ...found,
    url: address("instance"),
    revision: instance.revision,
    savedAt: new Date(instance.updated),
    tree: () => page.form.tree(),
    onState: paintState,
  });
  log = instance.log && (await (await import("./recorder.js")).record({ ...definition.audit, ...instance.log }));
  await bind(definition, instance.tree, location.hash, true);
  paintState(store.state);
  listen();
  const bindings = page.sections.all.map((section) => () => section.bind());
  const further = [ending, dialog, language, () => store.phone?.follow(store, definition)];
  whenIdle([() => page.sections.count(), ...further, ...bindings]);
}

/** What can wait, a piece at a time between what the person does. */
function whenIdle([first, ...others]) {
  const later = globalThis.requestIdleCallback ?? setTimeout;
  later(async () => {
    await Promise.allSettled([first()]); // without a network it comes when it is asked for
    if (others.length) whenIdle(others);
  });
}

/** The tables that come beside the form, by instance id. */
async function filesOf({ files }) {
  const tables = await Promise.all(Object.values(files).map(json));
  return Object.fromEntries(Object.keys(files).map((id, at) => [id, tables[at]]));
}

/** The classes for what not every form has. */
async function partsOf({ repeats, questions }) {
  const hasItemsets = Object.values(questions).some(({ itemset }) => itemset);
  const modules = await Promise.all([
    Object.keys(repeats).length && import("./repeats.js"),
    hasItemsets && import("./options.js"),
    instance.remarks && import("./remarks.js"),
  ]);
  return Object.assign({}, ...modules);
}

/** Bind the page that is there now to a tree of answers, and show the place at an address. */
async function bind(definition, tree, hash, isFirst = false) {
  const [files, parts] = await Promise.all([
    filesOf(definition),
    partsOf(definition),
    loadFunctions(definition.functions),
  ]);
  document.querySelector("[data-site]").textContent = instance.site;
  performance.mark("bind");
  const form = new LiveForm(definition, tree, { now: isoOf(new Date()), files });
  page = new Page({
    root: root(),
    definition,
    form,
    parts,
    known: instance.known,
    started: new Date(instance.started),
    title: document.title,
    address,
    log,
    phone: store.phone,
    tables: files,
    onChange: () => store.changed(),
    onCheck: async () => {
      for (const section of page.sections.all) section.bind();
      (await ending()).review(page);
    },
  });
  root().dataset.state = "ready";
  parts.show?.(page, instance);
  page.sections.open(hash, isFirst);
  performance.measure("bind", "bind");
}

async function translate(button) {
  const { translated } = await language();
  paintState(await translated(button, page, { address, bind }) ?? store.state);
}

/** On to the next section, if nothing in this one is left to look at. */
function next() {
  const section = page.sections.all[page.sections.current - 1];
  const wrong = section.questions.filter((question) => {
    question.isChecked = true;
    question.leave();
    return question.shown;
  });
  section.count();
  if (!wrong.length) return page.sections.show(page.sections.next());
  page.announce(say("look_again", { count: wrong.length }));
  return wrong[0].focus();
}

async function keep() {
  await store.flush();
  const mayGo = isKept() || (await (await dialog()).mayLeave());
  if (!mayGo) return;
  removeEventListener("beforeunload", warn);
  location.assign(address("home"));
}

function go(button) {
  const { sections } = page;
  const actions = {
    next,
    keep,
    back: () => sections.show(sections.previous() ?? sections.current),
    stop: async () => (await ending()).offerStop(page),
    send: async () => (await ending()).send(page, store, address),
    break_off: async () => (await ending()).send(page, store, address, { isBreakOff: true }),
    check: () => sections.show(CHECK),
  };
  const action = actions[button.value];
  return action ? action() : sections.show(Number(button.value));
}

/** Where the saving stands, in words. */
function paintState(state, { message = "" } = {}) {
  const place = document.querySelector(".saved");
  const time = isoOf(store.savedAt).slice("2026-11-30T".length, "2026-11-30T14:30".length);
  const isGood = /^(saved|kept)$/.test(state);
  const isBad = !isGood && state !== "saving";
  if (isGood) log?.send();
  place.classList.toggle("waiting", isBad);
  const words = make("span", {}, say(state, { time, message }));
  const signIn = make("a", { href: address("login"), target: "_blank" }, say("sign_in"));
  place.replaceChildren(icon(isBad ? "warning" : "check"), words, ...(state.endsWith("signed_out") ? [signIn] : []));
  place.dataset.state = state;
}

/** Whether nothing would be lost, files neither. */
const isKept = () => store.isSafe && !page.uploading.size;

function warn(event) {
  store.flush();
  if (!isKept()) event.preventDefault();
}

/** Links within the page: the browser itself would take the focus away again. */
function followWithin(event) {
  const hash = event.target.closest?.("a[href^='#']:not(.skip)")?.getAttribute("href");
  if (!hash) return;
  event.preventDefault();
  history.pushState(null, "", hash);
  page.sections.open(hash);
}

function listen() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("button[name=go], button[name=language]");
    if (button?.name === "language") translate(button);
    else if (button) go(button);
  });
  document.addEventListener("click", followWithin);
  document.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("visibilitychange", () => store.flush());
  addEventListener("pagehide", () => store.flush());
  addEventListener("online", () => store.flush());
  addEventListener("popstate", () => page.sections.open(location.hash));
  addEventListener("beforeunload", warn);
}

boot().catch((error) => {
  console.error(error);
  root().dataset.state = "failed";
  const link = document.querySelector("[data-part=failed] a");
  link.href = address("plain");
  document.querySelector("[data-part=failed] .reason").textContent = error.message;
});
