/** Which chart stands in which place of the page, drawn again when data, size or colours change. */
import * as echarts from "../../vendor/echarts/echarts.esm.min.js";
import { days } from "./days.js";
import { intervals, rangeOf } from "./intervals.js";
import { profile } from "./profile.js";
import { themeOf } from "./theme.js";
import { thresholds } from "./thresholds.js";
import { trend } from "./trend.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./theme.js").Theme} Theme */

/** @type {Record<string, (page: Page, theme: Theme, element: HTMLElement) => {height: number, option: object}>} */
const CHARTS = {
  profile,
  thresholds,
  trend: (page, theme) => trend(page.trend, theme),
  days: (page, theme, element) => days(page.days, theme, element.clientWidth),
  cities: (page, theme, element) => {
    const isNarrow = element.clientWidth < 400;
    const [names, numbers, ranks, values] = /** @type {string} */ (element.dataset.headings).split("|");
    return intervals(page.cities, page.overall, theme, {
      left: 92,
      range: rangeOf(page.cities, page.overall),
      headings: [names, isNarrow ? values : numbers, ranks],
      isNarrow,
    });
  },
  groups: (page, theme, element) => {
    const grouping = page.groupings.find(({ name }) => name === element.dataset.name);
    const everybody = page.groupings.flatMap(({ levels }) => levels);
    return intervals(grouping?.levels ?? [], page.overall, theme, {
      left: Math.min(170, element.clientWidth * 0.36),
      range: rangeOf(everybody, page.overall),
    });
  },
};

/**
 * @param {Page} page
 * @param {Element} root
 */
export function drawAll(page, root) {
  for (const element of root.querySelectorAll("[data-chart]")) {
    draw(page, /** @type {HTMLElement} */ (element));
  }
}

/**
 * @param {Page} page
 * @param {HTMLElement} element
 */
function draw(page, element) {
  const { height, option } = CHARTS[element.dataset.chart ?? ""](page, themeOf(element), element);
  element.style.height = `${height}px`;
  const label = element.getAttribute("aria-label") ?? "";
  const chart = echarts.getInstanceByDom(element) ?? echarts.init(element, null, { renderer: "svg" });
  chart.resize();
  chart.setOption(option, { notMerge: true });
  element.setAttribute("aria-label", label);
}

/**
 * Resolves when text can be measured: ECharts remembers the widths that it measured first.
 * @param {Element} root
 */
export async function fontsReady(root) {
  const { font } = themeOf(root);
  await Promise.all([400, 600].map((weight) => document.fonts.load(`${weight} 12px ${font}`)));
}

/**
 * Call `redraw` when the theme or the page's width changes.
 * @param {Element} root
 * @param {() => void} redraw
 */
export function watchLook(root, redraw) {
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["class", "data-theme"] });
  let width = root.clientWidth;
  new ResizeObserver(() => {
    if (root.clientWidth !== width) {
      width = root.clientWidth;
      redraw();
    }
  }).observe(root);
}
