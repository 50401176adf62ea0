/** Tables are open where there is no JavaScript; with it the charts speak first. */

/** @param {ParentNode} root */
export function closeTables(root) {
  for (const details of root.querySelectorAll("details.as-table")) {
    details.removeAttribute("open");
  }
}

closeTables(document);
