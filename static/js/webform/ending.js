/** How an interview ends: sent as it is, or broken off; the server has the last word. */

import { paintCheck } from "./check.js";
import { make } from "./dom.js";
import { request } from "./store.js";
import { say } from "./words.js";

/** Show the last step as the interview is now. */
export function review(page) {
  const { problems } = paintCheck(page);
  const isRefusal = isRefused(page);
  document.querySelector("[data-part=refused]").hidden = !isRefusal;
  document.querySelector("[data-part=stop]").hidden = !mayBreakOff(page, problems);
  document.querySelector(".bar [value=send]").textContent = say(isRefusal ? "send_refusal" : "send");
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
  if (!(await store.flush())) return tell(page, say("not_sent"));
  const body = new URLSearchParams({ revision: String(store.revision), ...(isBreakOff && { break_off: "1" }) });
  const buttons = document.querySelectorAll("[value=send], [value=break_off]");
  for (const button of buttons) button.disabled = true; // once is enough
  tell(page, say("sending_interview"));
  const response = await request(address("finish"), { method: "POST", body }).catch(() => null);
  for (const button of buttons) button.disabled = false;
  return follow(page, response, address);
}

async function follow(page, response, address) {
  if (!response || response.status >= 500) return tell(page, say("not_sent"));
  if (response.redirected) return location.assign(response.url);
  const { url, message } = await response.json().catch(() => ({}));
  if (response.ok && url) return location.assign(url);
  tell(page, message || say("refused_by_server"));
  return part().append(make("a", { class: "button", href: `${address("finish")}?plain` }, say("see_why")));
}

const part = () => document.querySelector("[data-part=sending]");

function tell(page, text) {
  part().hidden = false;
  part().replaceChildren(make("p", {}, text));
  page.announce(text);
}
