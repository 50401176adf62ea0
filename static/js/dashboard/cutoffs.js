/** The slider of cutoffs: shows the numbers at another k, which the page has, and keeps it in the address. */

/**
 * @param {HTMLElement} content
 * @param {() => void} redraw
 */
export function slideCutoffs(content, redraw) {
  content.addEventListener("input", ({ target }) => {
    if (target instanceof HTMLInputElement && target.type === "range") choose(titles(content)[target.valueAsNumber]);
  });
  content.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest("[data-cutoffs] a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(/** @type {HTMLElement} */ (link).dataset.k ?? "");
  });
  addEventListener("popstate", () => {
    readySlider(content);
    redraw();
  });

  /** @param {string} k */
  function choose(k) {
    const address = new URL(location.href);
    address.searchParams.set("k", k);
    history.replaceState(null, "", address);
    show(content, k);
    redraw();
  }
}

/**
 * Makes the slider of new content ready.
 * @param {HTMLElement} content
 */
export function readySlider(content) {
  show(content, chosen() ?? usual(content));
}

/** The cutoff that the address names. */
export function chosen() {
  return new URLSearchParams(location.search).get("k") || null;
}

/** @param {HTMLElement} content */
function titles(content) {
  return [...content.querySelectorAll("[data-cutoffs] a")].map((link) => /** @type {HTMLElement} */ (link).dataset.k ?? "");
}

/** @param {HTMLElement} content */
function usual(content) {
  return /** @type {HTMLElement | null} */ (content.querySelector("[data-cutoffs] [aria-current]"))?.dataset.k ?? "";
}

/**
 * @param {HTMLElement} content
 * @param {string} k
 */
function show(content, k) {
  const place = titles(content).indexOf(k);
  if (place < 0) return;
  for (const card of /** @type {NodeListOf<HTMLElement>} */ (content.querySelectorAll(".card[data-k]"))) {
    card.hidden = card.dataset.k !== k;
  }
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (content.querySelectorAll("[data-row-k]"))) {
    row.classList.toggle("headline", row.dataset.rowK === k);
  }
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (content.querySelectorAll("[data-cutoffs] a"))) {
    if (link.dataset.k === k) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const slider = /** @type {HTMLInputElement} */ (content.querySelector("[data-cutoffs] input"));
  slider.hidden = false;
  slider.value = `${place}`;
  slider.setAttribute("aria-valuetext", k);
  const kept = /** @type {HTMLInputElement | null} */ (content.querySelector("[name=k]"));
  if (kept) kept.value = k;
}
