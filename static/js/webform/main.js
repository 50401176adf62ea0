/** Brings an interview to life: its form and its draft come in, the page is bound, answers are saved. */

import { LiveForm } from "../formlogic/form.js";
import { loadFunctions } from "../formlogic/functions/index.js";
import { paintCheck } from "./check.js";
import { ask } from "./dialog.js";
import { icon, make } from "./dom.js";
import { isRefused, mayBreakOff, send } from "./ending.js";
import { Page } from "./page.js";
import { isoOf } from "./controls.js";
import { CHECK } from "./sections.js";
import { request, Store } from "./store.js";
import { learn, say } from "./words.js";

const TOP_PX = 150; // of the header, which hides what is under it
const DRAFT = /00000000-0000-0000-0000-000000000000/g;
const draft = new URLSearchParams(location.search).get("draft") ?? "";

/** @type {Page} */
let page;
/** @type {Store} */
let store;
let known = [];

const root = () => /** @type {HTMLElement} */ (document.getElementById("interview"));

/** An address that the page carries, of this draft. */
const address = (name) => (root().dataset[name] ?? "").replace(DRAFT, draft);

async function json(url) {
  const response = await request(url);
  if (response.status === 401) location.replace(address("login") + encodeURIComponent(location.pathname + location.search));
  const document = await response.json();
  if (document.url && !response.ok) location.replace(document.url); // it was sent before
  if (!response.ok) throw new Error(document.message ?? String(response.status));
  return document;
}

async function boot() {
  learn();
  const [definition, instance] = await Promise.all([json(address("definition")), json(address("instance"))]);
  known = instance.known ?? [];
  store = new Store({
    url: address("instance"),
    revision: instance.revision,
    tree: () => page.form.tree(),
    onState: paintState,
    onConflict,
  });
  await bind(definition, instance.tree);
  for (const place of document.querySelectorAll("[data-site]")) place.textContent = instance.site ?? "";
  if (instance.updated) paintState("saved", { at: new Date(instance.updated) });
  page.sections.open(location.hash);
  listen();
}

/** The tables that come beside the form, by instance id. */
async function filesOf({ files }) {
  const tables = await Promise.all(Object.values(files).map(json));
  return Object.fromEntries(Object.keys(files).map((id, at) => [id, tables[at]]));
}

/** Bind the page that is there now to a tree of answers. */
async function bind(definition, tree) {
  const [files] = await Promise.all([filesOf(definition), loadFunctions(definition.functions)]);
  performance.mark("bind");
  const form = new LiveForm(definition, tree, { now: isoOf(new Date()), files });
  page = new Page({
    root: root(),
    definition,
    form,
    known,
    title: document.title,
    address,
    onChange: () => store.changed(),
    onCheck: check,
  });
  page.sections.count();
  performance.measure("bind", "bind");
  root().dataset.state = "ready";
}

/** The same interview in another language of the form, where it stands, with nothing sent or lost. */
async function translate(link) {
  const place = here();
  const url = new URL(link.dataset.url + location.search, location.href);
  try {
    const response = await fetch(url);
    const other = new DOMParser().parseFromString(await response.text(), "text/html");
    const definition = await json(other.getElementById("interview").dataset.definition);
    await request(address("setLanguage"), { method: "POST", body: new URLSearchParams({ language: link.value }) });
    const tree = page.form.tree();
    document.title = other.title;
    document.documentElement.lang = other.documentElement.lang;
    document.body.replaceWith(document.adoptNode(other.body));
    history.replaceState(null, "", url + place);
    learn();
    await bind(definition, tree);
    page.sections.open(place);
    paintState("saved");
  } catch {
    page.announce(say("no_language"));
    paintState("offline");
  }
}

/** The address of the question that the person sees. */
function here() {
  const seen = [...page.questionsIn(root())].find(({ element }) => element.getBoundingClientRect().bottom > TOP_PX);
  const { current } = page.sections;
  return current === CHECK || !seen ? location.hash : `#q${seen.place}`;
}

function check() {
  const { problems } = paintCheck(page);
  const isRefusal = isRefused(page);
  document.querySelector("[data-part=refused]").hidden = !isRefusal;
  document.querySelector("[data-part=stop]").hidden = !mayBreakOff(page, problems);
  document.querySelector(".bar [value=send]").textContent = say(isRefusal ? "send_refusal" : "send");
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
  if (await store.flush()) return location.assign(address("home"));
  const answer = await ask({
    title: say("not_saved_title"),
    text: say("not_saved_text"),
    choices: [
      { label: say("stay"), value: "", style: "primary" },
      { label: say("leave"), value: "leave", style: "danger" },
    ],
  });
  if (answer !== "leave") return undefined;
  removeEventListener("beforeunload", warn);
  return location.assign(address("home"));
}

function go(button) {
  const { sections } = page;
  const actions = {
    next,
    keep,
    back: () => sections.show(sections.previous() ?? sections.current),
    stop: () => (sections.show(CHECK), document.querySelector("[data-part=stop]").setAttribute("open", "")),
    send: () => send(page, store, address),
    break_off: () => send(page, store, address, { isBreakOff: true }),
    check: () => sections.show(CHECK),
  };
  const action = actions[button.value] ?? (() => sections.show(Number(button.value)));
  return action();
}

/** Where the saving stands, in words. */
function paintState(state, { at = new Date(), message = "" } = {}) {
  const place = document.querySelector(".saved");
  const time = `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
  const isBad = !["saved", "saving"].includes(state);
  place.classList.toggle("waiting", isBad);
  const words = make("span", {}, say(state, { time, message }));
  const signIn = make("a", { href: address("login"), target: "_blank" }, say("sign_in"));
  place.replaceChildren(icon(isBad ? "warning" : "check"), words, ...(state === "signed_out" ? [signIn] : []));
  place.dataset.state = state;
}

async function onConflict() {
  const answer = await ask({
    title: say("conflict_title"),
    text: say("conflict_text"),
    choices: [
      { label: say("keep_mine"), value: "mine", style: "primary" },
      { label: say("take_other"), value: "other" },
    ],
  });
  if (answer === "mine") return true;
  removeEventListener("beforeunload", warn);
  if (answer === "other") location.reload();
  return false;
}

function warn(event) {
  store.flush();
  if (!store.isSaved) event.preventDefault();
}

function listen() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("button[name=go], button[name=language]");
    if (button?.name === "language") translate(button);
    else if (button) go(button);
  });
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
