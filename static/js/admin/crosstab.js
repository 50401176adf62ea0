/** A table is copied as spreadsheets and documents take it, and printed. */

const table = document.querySelector("[data-copy]");
const copies = document.querySelector("[data-copies]");
const prints = document.querySelector("[data-prints]");

if (table instanceof HTMLTableElement && copies instanceof HTMLButtonElement && navigator.clipboard) {
  copies.hidden = false;
  copies.addEventListener("click", async () => {
    await copy(plain(table));
    const said = document.querySelector("[data-said]");
    if (said instanceof HTMLOutputElement) said.value = said.dataset.said ?? "";
  });
}

if (prints instanceof HTMLButtonElement) {
  prints.hidden = false;
  prints.addEventListener("click", () => print());
}

/**
 * The cells as they stand, of each the number alone.
 * @param {HTMLTableElement} from
 */
function plain(from) {
  return [...from.rows].map((row) => [...row.cells].map((cell) => (cell.firstChild?.textContent ?? "").trim()));
}

/** @param {string[][]} rows */
async function copy(rows) {
  const text = rows.map((row) => row.join("\t")).join("\n");
  if (typeof ClipboardItem === "undefined") return navigator.clipboard.writeText(text);
  const html = `<table>${rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`).join("")}</table>`;
  const kinds = { "text/plain": new Blob([text], { type: "text/plain" }), "text/html": new Blob([html], { type: "text/html" }) };
  return navigator.clipboard.write([new ClipboardItem(kinds)]);
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}
