/** Starts the dashboard: draws the charts and follows the survey. */
import { drawAll, fontsReady, watchLook } from "./charts.js";
import { tellAge } from "./clock.js";
import { readySlider, slideCutoffs } from "./cutoffs.js";
import { offerDownloads, readyDownloads } from "./downloads.js";
import { follow, replaceContent } from "./live.js";
import { embeddedPage } from "./page.js";
import { readyForPaper } from "./print.js";

const root = /** @type {HTMLElement} */ (document.getElementById("dashboard"));
const content = /** @type {HTMLElement} */ (document.getElementById("dashboard-content"));
let page = embeddedPage();

function draw() {
  if (page) drawAll(page, content);
}

content.addEventListener("change", ({ target }) => {
  if (target instanceof HTMLSelectElement) target.form?.requestSubmit();
});
slideCutoffs(content, draw);
readySlider(content);
offerDownloads(content);
tellAge(content);
await fontsReady(content);
draw();
readyDownloads(content);
watchLook(content, draw);
readyForPaper(root, draw);
setInterval(() => tellAge(content), 1000);
follow(root, (answer) => {
  page = answer.page;
  replaceContent(content, answer.html);
  readySlider(content);
  tellAge(content);
  draw();
  readyDownloads(content);
});
