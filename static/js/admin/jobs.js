// The list of one's jobs on the exports page, asked for again each second while something moves.

const EVERY_MS = 1000;

/** @param {HTMLElement} list */
async function refresh(list) {
  const response = await fetch(list.dataset.jobs ?? "", { headers: { Accept: "application/json" } });
  if (!response.ok) return;
  const { html, isMoving } = await response.json();
  list.innerHTML = html;
  if (isMoving) setTimeout(() => refresh(list), EVERY_MS);
}

const list = /** @type {HTMLElement | null} */ (document.querySelector("[data-jobs]"));
if (list?.dataset.moving === "yes") setTimeout(() => refresh(list), EVERY_MS);
