/** What this phone keeps, in short, on the first page of an enumerator; what waits is sent from here too. */

import { make } from "../webform/dom.js";
import { accountHere } from "./account.js";
import { allOf, canKeep, Database } from "./database.js";
import { addressOf, ifClosed, isGone } from "./drafts.js";
import { kitsFor, renew } from "./kit.js";
import { signOut, WISH } from "./leaving.js";
import { timeOf } from "./moments.js";
import { Sender } from "./sending.js";
import { register } from "./shell.js";

const root = document.getElementById("on-phone");
const listed = () => [...document.querySelectorAll("[data-draft]")].map(({ dataset }) => dataset.draft);

async function boot() {
  if (!root || !canKeep() || !accountHere()) return;
  document.addEventListener("submit", startHere);
  document.addEventListener("submit", leaveHere);
  const database = new Database(accountHere());
  await letGo(database);
  await paint(database);
  await register();
  await new Sender({ database, onChange: () => paint(database), onCopied: () => paint(database) }).start();
  const { kits } = await kitsFor(database.account);
  if (kits) await renew(database, kits);
}

/** Without a network an interview is started from what is on this phone. */
function startHere(event) {
  if (navigator.onLine || !event.target.matches("[data-live]")) return;
  event.preventDefault();
  location.assign(root.querySelector("a").href);
}

/** Signing out works without a network too. */
async function leaveHere(event) {
  if (!event.target.matches("[action='/logout/']")) return;
  event.preventDefault();
  if (!(await signOut())) location.assign(root.querySelector("a").href + WISH);
}

/** Drafts that the server had whole and has no more: they were discarded or finished on another phone. */
async function letGo(database) {
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") return; // the page may be an old one
  const here = new Set(listed());
  const only = new Set((await database.all("files")).filter(({ isCopied }) => !isCopied).map(({ draft }) => draft));
  const isOver = ({ id, edition, savedEdition }) => edition === savedEdition && !here.has(id) && !only.has(id);
  for (const { id } of (await database.all("drafts")).filter(isOver)) {
    const rest = ["files", "logs"].map((store) => ({ store, remove: allOf(id) }));
    await ifClosed(id, () => database.keep([{ store: "drafts", remove: id }, ...rest]));
  }
}

async function paint(database) {
  const [drafts, entries] = await Promise.all([database.all("drafts"), database.all("outbox")]);
  const here = new Set(listed());
  const only = drafts.filter((draft) => !here.has(draft.id) && !isGone(draft));
  for (const { id } of drafts.filter((draft) => isGone(draft) && !draft.isMoved)) document.querySelector(`[data-draft="${id}"]`)?.remove();
  const count = (state) => entries.filter((entry) => entry.state === state).length;
  show("waiting", count("waiting"));
  show("refused", count("refused"));
  const list = root.querySelector("ul");
  list.replaceChildren(...only.map(draftRow));
  list.hidden = !only.length;
  root.hidden = false;
}

function show(part, count) {
  const place = root.querySelector(`[data-part=${part}]`);
  place.hidden = part === "refused" && !count;
  place.querySelector("b").textContent = String(count);
  place.classList.toggle("some", count > 0);
}

function draftRow(draft) {
  const { resume, saved } = root.dataset;
  const time = make("span", { class: "small muted" }, saved.replace("%", timeOf(draft.savedAt)));
  return make("li", {}, make("a", { class: "grow row-link", href: addressOf(draft) }, `${draft.site} · ${resume}`, time));
}

boot().catch(console.error);
