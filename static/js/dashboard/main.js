/** Starts the dashboard: draws the charts and follows the survey. */
import { drawAll, fontsReady, watchLook } from "./charts.js";
import { tellAge } from "./clock.js";
import { follow, replaceContent } from "./live.js";
import { embeddedPage } from "./page.js";

const root = /** @type {HTMLElement} */ (document.getElementById("dashboard"));
const content = /** @type {HTMLElement} */ (document.getElementById("dashboard-content"));
let page = embeddedPage();

function draw() {
  if (page) drawAll(page, content);
}

content.addEventListener("change", ({ target }) => {
  if (target instanceof HTMLSelectElement) target.form?.requestSubmit();
});
tellAge(content);
await fontsReady(content);
draw();
watchLook(content, draw);
setInterval(() => tellAge(content), 1000);
follow(root, (answer) => {
  page = answer.page;
  replaceContent(content, answer.html);
  tellAge(content);
  draw();
});
