/** The parts of the page "On this phone", painted from what the phone keeps. */

import { button, icon, make } from "../webform/dom.js";
import { say } from "../webform/words.js";
import { addressOf, isGone } from "./drafts.js";
import { momentOf, sizeOf, timeOf } from "./moments.js";

/** @typedef {import("./outbox.js").Entry} Entry */

/** A section with its heading; nothing where it has no content. */
function section(title, count, ...content) {
  const found = content.flat().filter(Boolean);
  if (!found.length) return null;
  return make(
    "section",
    { class: "stack", "aria-label": say(title) },
    make("h2", { class: "h-section" }, say(title), count ? make("small", {}, String(count)) : null),
    ...found,
  );
}

export const note = (tone, title, text, ...more) =>
  make(
    "div",
    { class: `note ${tone}`, role: "status" },
    icon(tone === "ok" ? "check" : "warning"),
    make("div", { class: "stack" }, title && make("h2", {}, say(title)), text && make("p", {}, text), ...more),
  );

const link = (address, text, style = "") => make("a", { class: `button ${style}`, href: address }, text);

/** Nobody is signed in, or not any more. */
export const signIn = (address, isExpired) =>
  note(
    isExpired ? "warning" : "info",
    isExpired ? "signed_out_title" : "nobody_title",
    say(isExpired ? "signed_out_text" : "nobody_text"),
    link(address, say("sign_in"), "primary"),
  );

/** How much waits and how much is done. */
export function tiles({ waiting, sent }, actions) {
  const tile = (count, words, tone) => make("div", { class: `tile ${tone}` }, make("b", {}, String(count)), make("span", {}, say(words)));
  const urge = waiting.length ? button(say("send_now"), actions.send, { class: "button slim" }) : null;
  return make(
    "section",
    { class: "tiles", "aria-label": say("title") },
    tile(waiting.length, "waiting_tile", waiting.length ? "some" : ""),
    tile(sent.length, "received_tile", sent.length ? "done" : ""),
    make("div", { class: "tiles-foot" }, make("p", {}, say(waiting.length ? "by_itself" : "nothing_waits")), urge),
  );
}

/** Drafts to go on with, and those that were discarded here and changed elsewhere. */
export function drafts(all, { offered }, actions) {
  const shown = all.filter((draft) => !isGone(draft) || draft.isMoved);
  const rows = shown.map((draft) => (isGone(draft) ? movedRow(draft, actions) : draftRow(draft, fateOf(draft, offered), actions)));
  return section("drafts", rows.length, rows.length ? make("ul", { class: "list" }, ...rows) : null);
}

function draftRow(draft, fate, actions) {
  const time = timeOf(draft.savedAt);
  const label = say("discard_label", { site: draft.site, time });
  const copy = isOnServer(draft) ? chip("ok", "copy_on_server") : chip("warning", "only_here");
  const told = [fate && say(fate), draft.saidOf === draft.edition && !isOnServer(draft) && draft.said].filter(Boolean);
  const words = [small([draft.title, say("saved_at", { time })]), copy, ...told.map((one) => make("span", { class: "small tone-warning" }, one))];
  return make(
    "li",
    {},
    make("a", { class: "grow row-link", href: addressOf(draft) }, `${draft.site} · ${say("resume")}`, ...words),
    button(say("discard"), () => actions.discard(draft), { class: "button quiet slim", "aria-label": label }),
  );
}

/** The person says what counts: what is on the server now, or that it was discarded. */
const movedRow = (draft, actions) =>
  make(
    "li",
    {},
    make("p", { class: "grow" }, make("b", {}, draft.site), small([draft.title]), make("span", { class: "small tone-warning" }, say("moved"))),
    make(
      "div",
      { class: "stack" },
      button(say("keep_it"), () => actions.forget(draft), { class: "button slim" }),
      button(say("discard"), () => actions.insist(draft), { class: "button quiet slim" }),
    ),
  );

const chip = (tone, words) => make("span", { class: `chip ${tone}` }, say(words));

/** What became of its questionnaire meanwhile, as far as the server was reached: the draft can be finished in any case. */
function fateOf({ questionnaire, version }, offered) {
  const kit = offered?.find((one) => one.questionnaire === questionnaire);
  if (kit) return kit.version === version ? "" : "draft_older";
  return offered && "draft_closed";
}

const isOnServer = ({ edition, savedEdition }) => edition === savedEdition;

const small = (facts) => make("span", { class: "small muted" }, facts.filter(Boolean).join(" · "));

/** Questionnaires with the sites at which to start; `taking` says how far one is that comes along now. */
export function kits(all, { taking, failed, waiting, isOffline }, actions) {
  const nothing = note("info", "", say(isOffline ? "no_kits_here" : "no_kits"));
  const state = ({ questionnaire }) => ({ share: taking.get(questionnaire), failure: failed.get(questionnaire), waiting });
  const cards = all.map((kit) => kitCard(kit, state(kit), actions));
  return section("kits", 0, cards.length ? cards : nothing);
}

function kitCard(kit, { share, failure, waiting }, actions) {
  const isHere = kit.takenAt
    ? make("p", { class: "chip ok" }, icon("check"), say("kit_here"))
    : make("p", { class: "chip" }, say("kit_missing", { size: sizeOf(kit.bytes) }));
  return make(
    "article",
    { class: "card", "aria-label": kit.title },
    make("div", { class: "between" }, make("h3", {}, kit.title), isHere),
    make("p", { class: "small muted" }, say("kit_form", { survey: kit.survey_name, version: kit.form_version })),
    failure && make("p", { class: "tone-error", role: "alert" }, say(failure)),
    kit.takenAt ? siteList(kit, waiting, actions) : takeAlong(kit, share, actions),
  );
}

function takeAlong(kit, share, actions) {
  if (share === undefined) return button(say("take_along"), () => actions.take(kit), { class: "button primary wide" });
  const percent = `${Math.round(share * 100)} %`;
  return make(
    "div",
    { class: "stack", role: "status" },
    make("progress", { class: "meter", max: 1, value: share, "aria-label": say("take_along") }),
    make("p", { class: "small" }, say("taking", { share: percent })),
  );
}

function siteList(kit, waiting, actions) {
  if (!kit.sites.length) return make("p", { class: "small muted" }, say("no_sites"));
  const next = kit.sites.find(({ received, target }) => received < target);
  const rows = kit.sites.map((site) => siteRow(kit, site, { waiting, tone: site === next ? "primary" : "" }, actions));
  return make("ul", { class: "sites" }, ...rows);
}

function siteRow(kit, site, { waiting, tone }, actions) {
  const count = waiting.filter((entry) => entry.site === site.code && entry.door.startsWith(kit.submission)).length;
  const facts = [site.name, say("done_of", site), count && say("waiting_here", { count })];
  const start = [icon("start"), make("span", {}, say("start"), make("span", { class: "vh" }, ` · ${site.code}`))];
  return make(
    "li",
    { class: "between center" },
    make("p", { class: "grow" }, make("b", {}, site.code), site.city && make("span", { class: "light" }, ` · ${site.city}`), small(facts), meter(site)),
    button(start, () => actions.start(kit, site), { class: `button slim ${tone}` }),
  );
}

function meter({ received, target }) {
  const tone = received < target ? "" : "full";
  return target ? make("progress", { class: `meter ${tone}`, max: target, value: received, "aria-hidden": true }) : null;
}

/** What the server refused: somebody has to do something. */
export const refused = (all, state, actions) => waitingList("refused_here", all.filter(isRefused), state, actions);

/** What waits. */
export const outbox = (all, state, actions) => waitingList("waiting", all.filter((entry) => !isRefused(entry)), state, actions);

const isRefused = ({ state }) => state === "refused";

function waitingList(title, all, { sending }, actions) {
  const rows = all.map((entry) => outboxRow(entry, sending.has(entry.id), actions));
  return section(title, all.length, rows.length ? make("ul", { class: "list" }, ...rows) : null);
}

function outboxRow(entry, isSending, actions) {
  const isStuck = isRefused(entry);
  const words = isSending ? say("sending") : stateOf(entry);
  const again = button(say("try_again"), () => actions.again(entry), { class: "button slim" });
  return make(
    "li",
    { class: isStuck ? "refused" : "", "data-state": isSending ? "sending" : entry.state },
    make(
      "div",
      { class: "grow" },
      make("b", {}, entry.site),
      small([entry.title, say("finished_at", { time: timeOf(entry.finishedAt) }), fileCount(entry)]),
      make("p", { class: `small ${isStuck ? "tone-error" : ""}`, role: "status" }, words),
      isStuck && make("p", { class: "small" }, say("refused_help")),
      isStuck && again,
    ),
  );
}

const fileCount = ({ files }) => (files.length ? say("file_count", { count: files.length }) : "");

/** @param {Entry} entry */
function stateOf({ state, trouble, said, nextTry }) {
  if (state === "refused") return say("refused", { said });
  return say(trouble || "in_turn", { time: timeOf(nextTry) });
}

/** Receipts, the newest first; `found` is what the server said when it was asked. */
export function sent(all, { found, isComparing }, actions) {
  const compare = button(say("compare"), actions.compare, { class: "button slim", disabled: isComparing });
  const rows = all.map((entry) => sentRow(entry, found));
  return section("sent", all.length, rows.length ? [make("ul", { class: "list" }, ...rows), compare] : null);
}

function sentRow(entry, found) {
  const { received, sha256 } = entry.receipt;
  const verdict = found && verdictOn(entry, found[entry.instanceID]);
  return make(
    "li",
    {},
    make("span", { class: "tone-ok" }, icon("check")),
    make(
      "details",
      { class: "grow" },
      make("summary", {}, make("b", {}, entry.site), small([entry.title, say("received_at", { time: timeOf(received) }), fileCount(entry)]),
        verdict && make("span", { class: `small ${verdict.isSame ? "tone-ok" : "tone-error"}` }, verdict.words)),
      make(
        "dl",
        { class: "facts" },
        make("dt", {}, say("received")),
        make("dd", {}, make("time", { datetime: received }, momentOf(received))),
        make("dt", {}, say("checksum")),
        make("dd", { class: "checksum" }, ...sha256.match(/.{4}/g).flatMap((group) => [make("span", {}, group), " "])),
        make("dt", {}, say("receipt_number")),
        make("dd", { class: "mono small" }, entry.instanceID),
      ),
    ),
  );
}

/** What the server has of an interview beside what this phone sent. */
export function verdictOn(entry, found) {
  if (!found) return { isSame: false, words: say("gone") };
  const isOther = ({ name, sha256 }) => found.files[name] && found.files[name] !== sha256;
  if (found.sha256 !== entry.sha256 || entry.files.some(isOther)) return { isSame: false, words: say("other") };
  const count = entry.files.filter(({ name }) => !found.files[name]).length;
  return count ? { isSame: false, words: say("lacking", { count }) } : { isSame: true, words: say("same") };
}

/** Room on the phone, and the file for when it fails. */
export function storage({ used, left, isPersisted, notGranted, install }, actions) {
  const persist = button(say("persist"), actions.persist, { class: "button slim" });
  const add = button(say("install"), actions.install, { class: "button slim" });
  const picker = make("input", { type: "file", accept: ".zip,application/zip", hidden: true });
  picker.addEventListener("change", () => picker.files[0] && actions.import(picker.files[0]));
  return section(
    "storage",
    0,
    make("div", { class: "card" },
      used >= 0 && make("p", {}, say("space", { used: sizeOf(used), left: sizeOf(left) })),
      used >= 0 && make("p", { class: isPersisted ? "tone-ok" : "" }, say(isPersisted ? "persisted" : notGranted ? "not_granted" : "not_persisted")),
      make("div", { class: "row" }, isPersisted === false && persist, install && add)),
    make("div", { class: "card" },
      make("p", { class: "small muted" }, say("export_help")),
      make("div", { class: "row" },
        button(say("export"), actions.export, { class: "button slim" }),
        button(say("import"), () => picker.click(), { class: "button slim" }),
        picker)),
  );
}

export const signOut = (actions) => button(say("sign_out"), actions.leave, { class: "button quiet slim" });
