/** New numbers on an open page: asked for every three seconds, put in place without a reload. */

import { closeTables } from "./tables.js";

const PERIOD_MS = 3000;

/** @typedef {{stamp: string, page: import("./page.js").Page | null, html: string}} Answer */

/**
 * @param {HTMLElement} root
 * @param {(answer: Answer) => void} show
 */
export function follow(root, show) {
  const ask = async () => {
    if (!document.hidden) {
      const answer = await figuresSince(root).catch(() => null); // offline: asked again next time
      if (answer) {
        root.dataset.stamp = answer.stamp;
        show(answer);
      }
    }
    setTimeout(ask, PERIOD_MS);
  };
  setTimeout(ask, PERIOD_MS);
}

/**
 * What is new since the page's stamp, or null. Whoever is signed out is led to the sign-in page.
 * @param {HTMLElement} root
 * @returns {Promise<Answer | null>}
 */
async function figuresSince(root) {
  const query = new URLSearchParams(location.search);
  if (!query.get("survey") && root.dataset.survey) query.set("survey", root.dataset.survey);
  query.set("since", root.dataset.stamp ?? "");
  const response = await fetch(`${root.dataset.figures}?${query}`, { headers: { Accept: "application/json" } });
  if (response.status === 401 || response.status === 403) location.reload();
  return response.status === 200 ? response.json() : null;
}

/**
 * Put new HTML in the place of the old, piece by piece where the page has the same pieces:
 * open tables, focus and charts stay.
 * @param {Element} content
 * @param {string} html
 */
export function replaceContent(content, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const keys = (/** @type {ParentNode} */ root) =>
    [...root.querySelectorAll("[data-live]")].map((piece) => /** @type {HTMLElement} */ (piece).dataset.live);
  if (keys(content).join() !== keys(fresh.content).join()) {
    content.replaceChildren(fresh.content);
    closeTables(content);
    return;
  }
  for (const piece of fresh.content.querySelectorAll("[data-live]")) {
    const key = /** @type {HTMLElement} */ (piece).dataset.live;
    const old = content.querySelector(`[data-live="${key}"]`);
    if (old && old.innerHTML !== piece.innerHTML) old.replaceChildren(...piece.childNodes);
  }
}
