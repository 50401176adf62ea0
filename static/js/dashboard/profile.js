/** The profile: each standard's score as a bar, the gap to 100 hatched, the interval on top. */
import { linesOf } from "./measure.js";
import { base, describe } from "./theme.js";
import { whisker } from "./whisker.js";

/** @typedef {import("./page.js").Standard} Standard */

const BAR = 16;
const LINE_HEIGHT = 15;
const NUMBERS_WIDTH = 112;
const BESIDE = 13; // below the middle of the bar

/**
 * @param {import("./page.js").Page} page
 * @param {import("./theme.js").Theme} theme
 * @param {HTMLElement} element
 */
export function profile(page, theme, element) {
  const { standards } = page;
  const width = element.clientWidth - NUMBERS_WIDTH - 24;
  const names = standards.map((standard) => nameOf(standard, element));
  const lines = linesOf(names, width, theme.font);
  const row = BAR + LINE_HEIGHT * lines + (page.beside ? 24 : 16);
  const top = Math.max(8, LINE_HEIGHT * (lines + 1) - row / 2);
  return {
    height: standards.length * row + top + 24,
    option: {
      ...base(theme),
      tooltip: {
        ...base(theme).tooltip,
        formatter: (/** @type {{dataIndex: number}} */ { dataIndex }) =>
          describe(standards[dataIndex].title, standards[dataIndex].score),
      },
      grid: { left: 2, right: 10, top, bottom: 24 },
      xAxis: {
        type: "value",
        min: 0,
        max: 100,
        interval: 25,
        axisLabel: { color: theme.ink3, fontSize: 11 },
        splitLine: { lineStyle: { color: theme.line } },
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: standards.map((standard) => standard.name),
        axisLabel: { show: false },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: theme.edge } },
      },
      series: [
        scores(page, theme),
        gaps(page, theme),
        intervals(page, theme, "score"),
        intervals(page, theme, "beside"),
        titles(page, theme, element, width),
      ],
    },
  };
}

/**
 * @param {import("./page.js").Page} page
 * @param {import("./theme.js").Theme} theme
 */
function scores({ standards, is_probability_sample }, theme) {
  return {
    type: "bar",
    stack: "score",
    barWidth: BAR,
    data: standards.map(({ score, is_in_index }) => ({
      value: score.value ?? 0,
      itemStyle: { color: is_in_index && is_probability_sample ? theme.bar : theme.beside },
    })),
  };
}

/**
 * @param {import("./page.js").Page} page
 * @param {import("./theme.js").Theme} theme
 */
function gaps({ standards }, theme) {
  return {
    type: "bar",
    stack: "score",
    barWidth: BAR,
    data: standards.map(({ score }) => (score.value === null ? null : 100 - score.value)),
    itemStyle: { color: hatching(theme.edge), borderColor: theme.line },
  };
}

/**
 * The intervals of the group, or of the one beside it, which stand under the bars.
 * @param {import("./page.js").Page} page
 * @param {import("./theme.js").Theme} theme
 * @param {"score" | "beside"} which
 */
function intervals(page, theme, which) {
  const { standards } = page;
  const isBeside = which === "beside";
  return {
    type: "custom",
    renderItem: whisker(theme, { colour: isBeside ? theme.warn : theme.ink, shift: isBeside ? BESIDE : 0, isSquare: isBeside }),
    encode: { x: [1, 2, 3], y: 0 },
    data: standards.flatMap(({ [which]: figure }, place) =>
      figure && figure.value !== null ? [[place, figure.value, figure.low, figure.high]] : [],
    ),
    tooltip: {
      formatter: (/** @type {{data: number[]}} */ { data }) => {
        const standard = standards[data[0]];
        const title = isBeside ? `${standard.title} · ${page.beside?.title}` : standard.title;
        return describe(title, /** @type {import("./page.js").Figure} */ (standard[which]));
      },
    },
    z: 5,
  };
}

/** @param {string} colour */
function hatching(colour) {
  const line = `<path d="M-1 7 7-1M5 7 7 5M-1 1 1-1" stroke="${colour}" stroke-opacity=".55"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="6" height="6">${line}</svg>`;
  return {
    type: "pattern",
    image: `data:image/svg+xml,${encodeURIComponent(svg)}`,
    imageWidth: 6,
    imageHeight: 6,
    repeat: "repeat",
  };
}

/**
 * Above each bar its name at the left and its numbers at the right, so that they never touch.
 * @param {import("./page.js").Page} page
 * @param {import("./theme.js").Theme} theme
 * @param {HTMLElement} element
 * @param {number} width of the names
 */
function titles({ standards }, theme, element, width) {
  const renderItem = (/** @type {any} */ params, /** @type {any} */ api) => {
    const standard = standards[params.dataIndex];
    const area = params.coordSys;
    const y = api.coord([0, params.dataIndex])[1] - 11;
    const { score } = standard;
    return {
      type: "group",
      silent: true,
      children: [
        text(theme, {
          x: area.x + 4,
          y,
          text: nameOf(standard, element),
          width,
          overflow: "break",
          lineHeight: LINE_HEIGHT,
        }),
        text(theme, {
          x: area.x + area.width,
          y,
          align: "right",
          text: `{name|${score.text}}${score.interval && `{note|${score.interval}}`}`,
        }),
      ],
    };
  };
  return { type: "custom", renderItem, encode: { x: 1, y: 0 }, data: standards.map((_, place) => [place, 0]), z: 6 };
}

/**
 * @param {Standard} standard
 * @param {HTMLElement} element
 */
function nameOf({ name, title, is_in_index }, element) {
  return is_in_index ? `${name}  ${title}` : `${name}  ${title} (${element.dataset.beside})`;
}

/**
 * @param {import("./theme.js").Theme} theme
 * @param {object} style
 */
function text(theme, style) {
  const font = { fontFamily: theme.font };
  return {
    type: "text",
    style: {
      fill: theme.ink2,
      fontSize: 12.5,
      ...font,
      verticalAlign: "bottom",
      rich: {
        name: { fill: theme.ink, fontWeight: 600, fontSize: 12.5, padding: [0, 6, 0, 0], ...font },
        note: { fill: theme.ink3, fontSize: 11.5, padding: [0, 0, 0, 4], ...font },
      },
      ...style,
    },
  };
}
