/** Charts as files: the SVG that the page shows, with its title and source, and a PNG of it. */
import { themeOf } from "./theme.js";

const HEAD = 44;
const FOOT = 26;
const SHARPNESS = 2;
const SVG = "http://www.w3.org/2000/svg";

/** @param {HTMLElement} content */
export function offerDownloads(content) {
  content.addEventListener("click", async ({ target }) => {
    const button = /** @type {HTMLElement} */ (target).closest("[data-save]");
    if (!(button instanceof HTMLElement)) return;
    const picture = pictureOf(button, content);
    const name = /** @type {HTMLElement} */ (button.parentElement).dataset.file;
    const svg = new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" });
    save(button.dataset.save === "png" ? await bitmapOf(svg) : svg, `${name}.${button.dataset.save}`);
  });
}

/**
 * Shows the buttons of charts that are there.
 * @param {HTMLElement} content
 */
export function readyDownloads(content) {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (content.querySelectorAll("[data-save]"))) button.hidden = false;
}

/**
 * The chart beside a button, under its title and over where it comes from.
 * @param {HTMLElement} button
 * @param {HTMLElement} content
 */
function pictureOf(button, content) {
  const section = /** @type {HTMLElement} */ (button.closest("section"));
  const plot = /** @type {HTMLElement} */ (section.querySelector(".plot"));
  const theme = themeOf(plot);
  const chart = /** @type {SVGElement} */ (/** @type {Element} */ (plot.querySelector("svg")).cloneNode(true));
  const [width, height] = [plot.clientWidth, plot.clientHeight];
  chart.setAttribute("y", `${HEAD}`);
  const title = [section.querySelector("h3, h4"), section.querySelector(".chip")].map(textOf).filter(Boolean).join(" · ");
  const paper = element("rect", { x: -12, width: "100%", height: "100%", fill: theme.paper });
  const [wide, high] = [width + 24, height + HEAD + FOOT];
  const picture = element("svg", { width: wide, height: high, viewBox: `-12 0 ${wide} ${high}` });
  picture.append(
    paper,
    text(title, { y: 26, "font-size": 15, "font-weight": 600, fill: theme.ink, "font-family": theme.font }),
    chart,
    text(textOf(content.querySelector("[data-source]")), { y: height + HEAD + 16, "font-size": 11, fill: theme.ink3, "font-family": theme.font }),
  );
  return picture;
}

/** @param {Element | null} found */
function textOf(found) {
  return found?.textContent?.replace(/\s+/g, " ").trim() ?? "";
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, `${value}`);
  return made;
}

/**
 * @param {string} words
 * @param {Record<string, string | number>} attributes
 */
function text(words, attributes) {
  const made = element("text", attributes);
  made.textContent = words;
  return made;
}

/**
 * @param {Blob} svg
 * @returns {Promise<Blob>}
 */
async function bitmapOf(svg) {
  const address = URL.createObjectURL(svg);
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width * SHARPNESS, image.height * SHARPNESS];
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/png");
  });
}

/**
 * @param {Blob} file
 * @param {string} name
 */
function save(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
