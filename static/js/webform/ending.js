/** How an interview ends: complete or broken off, frozen on this phone and sent from there, or else by the server. */

import { paintCheck } from "./check.js";
import { make } from "./dom.js";
import { CHECK } from "./sections.js";
import { request } from "./server.js";
import { say } from "./words.js";

/** Show the last step as the interview is now. */
export function review(page) {
  const { problems } = paintCheck(page);
  const isRefusal = isRefused(page);
  document.querySelector("[data-part=refused]").hidden = !isRefusal;
  document.querySelector("[data-part=stop]").hidden = !mayBreakOff(page, problems);
  document.querySelector(".bar [value=send]").textContent = say(isRefusal ? "send_refusal" : "send");
}

/** The last step, where it can be sent as far as it got. */
export function offerStop(page) {
  page.sections.show(CHECK);
  document.querySelector("[data-part=stop]").setAttribute("open", "");
}

const consent = ({ definition, form }) => (definition.consent ? form.value(definition.consent) : "");

const isRefused = (page) => (page.definition.refusing ?? []).includes(consent(page));

/** Whether it can be sent as far as it got: only after the person agreed to take part. */
function mayBreakOff(page, problems) {
  const hasAgreed = !page.definition.consent || consent(page) !== "";
  return hasAgreed && !isRefused(page) && problems.length > 0;
}

/** Send the interview; what stands in the way is shown. */
export async function send(page, store, address, { isBreakOff = false } = {}) {
  const first = document.querySelector("[data-part=faults] a");
  if (!isBreakOff && first) {
    tell(page, say("look_again", { count: document.querySelectorAll("[data-part=faults] li").length }));
    return first.focus();
  }
  if (page.uploading?.size) return tell(page, say("still_sending"));
  form().inert = true; // once is enough, and what is answered from now on would not be in it
  tell(page, say("sending_interview"));
  const isDone = store.phone && (await sendFromHere(page, store));
  if (!isDone) await sendByServer(page, store, address, isBreakOff);
}

/** From this phone, with a network or without. Resolves to whether it has room for that. */
async function sendFromHere(page, store) {
  const { FilesElsewhere, freeze, send: sendFrozen } = await import("../offline/finishing.js");
  await page.log?.finish();
  try {
    await freeze(store.phone, page.form, page.tables);
  } catch (error) {
    if (error instanceof FilesElsewhere) halt(page, say(error.sentence));
    else if (!error.reason) throw error;
    return error instanceof FilesElsewhere;
  }
  store.isStopped = true;
  location.assign(await sendFrozen(store.phone));
  return true;
}

async function sendByServer(page, store, address, isBreakOff) {
  await store.flush();
  if (!store.isSaved) return halt(page, say("not_sent"));
  await page.log?.finish();
  const body = new URLSearchParams({ revision: String(store.revision), ...(isBreakOff && { break_off: "1" }) });
  const response = await request(address("finish"), { method: "POST", body }).catch(() => null);
  return follow(page, response, address);
}

async function follow(page, response, address) {
  if (!response || response.status >= 500) return halt(page, say("not_sent"));
  if (response.redirected) return location.assign(response.url);
  const { url, message } = await response.json().catch(() => ({}));
  if (response.ok && url) return location.assign(url);
  halt(page, message || say("refused_by_server"));
  return part().append(make("a", { class: "button", href: `${address("finish")}?plain` }, say("see_why")));
}

/** It goes on here. */
function halt(page, text) {
  form().inert = false;
  page.log?.refused();
  tell(page, text);
}

const form = () => document.querySelector("form.body");
const part = () => document.querySelector("[data-part=sending]");

function tell(page, text) {
  part().hidden = false;
  part().replaceChildren(make("p", {}, text));
  page.announce(text);
}
