/** On paper: charts are drawn again for its width, in light colours, and on the screen again after it. */

/**
 * @param {HTMLElement} root
 * @param {() => void} redraw
 */
export function readyForPaper(root, redraw) {
  const look = document.documentElement.classList;
  let wasDark = false;
  addEventListener("beforeprint", () => {
    wasDark = look.contains("dark");
    look.remove("dark");
    root.classList.add("printing");
    redraw();
  });
  addEventListener("afterprint", () => {
    look.toggle("dark", wasDark);
    root.classList.remove("printing");
    redraw();
  });
}
