/** Starts the public page: its charts, its slider, its downloads. */
import { drawAll, watchLook } from "./charts.js";
import { readySlider, slideCutoffs } from "./cutoffs.js";
import { offerDownloads, readyDownloads } from "./downloads.js";
import { embeddedPage } from "./page.js";
import { readyForPaper } from "./print.js";
import { closeTables } from "./tables.js";

const content = /** @type {HTMLElement} */ (document.getElementById("dashboard-content"));
const page = embeddedPage();

function draw() {
  if (page) drawAll(page, content);
}

closeTables(content);
slideCutoffs(content, draw);
readySlider(content);
offerDownloads(content);
draw();
readyDownloads(content);
watchLook(content, draw);
readyForPaper(/** @type {HTMLElement} */ (document.getElementById("dashboard")), draw);
