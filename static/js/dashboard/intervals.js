/** Cities or groups under each other: a dot, its interval, and everyone as a dashed line. */
import { base, describe } from "./theme.js";
import { whisker } from "./whisker.js";

/** @typedef {import("./page.js").Level} Level */
/** @typedef {import("./theme.js").Theme} Theme */

const LINE_HEIGHT = 14;
const NAME_GAP = 10;
const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));

/**
 * @param {Level[]} levels
 * @param {import("./page.js").Figure} overall
 * @param {Theme} theme
 * @param {{width: number, left: number}} size of the whole chart and of the names
 */
export function intervals(levels, overall, theme, { width, left }) {
  const lines = Math.max(1, ...levels.map(({ title }) => linesOf(title, left - NAME_GAP, theme)));
  const row = 13 + lines * LINE_HEIGHT;
  const hasRanks = levels.some((level) => level.rank);
  const right = (hasRanks ? 148 : 106) - (width < 360 ? 8 : 0);
  return {
    height: levels.length * row + 26,
    option: {
      ...base(theme),
      tooltip: {
        ...base(theme).tooltip,
        formatter: (/** @type {{dataIndex: number}} */ { dataIndex }) =>
          describe(levels[dataIndex].title, levels[dataIndex].index),
      },
      grid: { left, right, top: 2, bottom: 22 },
      xAxis: {
        type: "value",
        ...range(levels, overall),
        splitNumber: 3,
        axisLabel: { color: theme.ink3, fontSize: 11, hideOverlap: true },
        splitLine: { lineStyle: { color: theme.line } },
      },
      yAxis: [names(levels, theme, left), numbers(levels, theme)],
      series: [
        {
          type: "custom",
          renderItem: whisker(theme, { cap: 0 }),
          encode: { x: [1, 2, 3], y: 0 },
          data: levels.map(({ index }, place) => [place, index.value, index.low, index.high]),
          markLine: reference(overall, theme),
          z: 5,
        },
      ],
    },
  };
}

/**
 * How many lines a name takes, so that no row runs into the next.
 * @param {string} title
 * @param {number} width
 * @param {Theme} theme
 */
function linesOf(title, width, theme) {
  pen.font = `12px ${theme.font}`;
  const wordBreaks = 1.15; // lines are not filled to the end
  return Math.ceil((pen.measureText(title).width * (title.includes(" ") ? wordBreaks : 1)) / width);
}

/**
 * The axis ends at tens around all intervals.
 * @param {Level[]} levels
 * @param {import("./page.js").Figure} overall
 */
function range(levels, overall) {
  const ends = [overall, ...levels.map((level) => level.index)]
    .flatMap(({ value, low, high }) => [value, low, high])
    .filter((end) => end !== null);
  if (!ends.length) return { min: 0, max: 100 };
  return { min: Math.floor(Math.min(...ends) / 10) * 10, max: Math.ceil(Math.max(...ends) / 10) * 10 };
}

/**
 * @param {Level[]} levels
 * @param {Theme} theme
 * @param {number} left
 */
function names(levels, theme, left) {
  return {
    type: "category",
    inverse: true,
    data: levels.map(({ title, rank }) => (rank ? `${rank}  ${title}` : title)),
    axisTick: { show: false },
    axisLine: { show: false },
    axisLabel: {
      color: theme.ink2,
      interval: 0,
      width: left - NAME_GAP,
      overflow: "break",
      lineHeight: LINE_HEIGHT,
      align: "left",
      margin: left - 2,
    },
  };
}

/**
 * @param {Level[]} levels
 * @param {Theme} theme
 */
function numbers(levels, theme) {
  const rich = {
    value: { color: theme.ink, fontWeight: 650, width: 34, fontFamily: theme.font },
    note: { color: theme.ink3, fontSize: 11.5, width: 62, fontFamily: theme.font },
    ranks: { color: theme.ink2, width: 38, align: "right", fontFamily: theme.font },
  };
  return {
    type: "category",
    inverse: true,
    position: "right",
    data: levels.map(({ index, best_rank, worst_rank }) => {
      const ranks = best_rank ? (best_rank === worst_rank ? `${best_rank}` : `${best_rank}–${worst_rank}`) : "";
      const value = index.value === null ? `{note|${index.text}}` : `{value|${index.text}}`;
      return `${value}{note|${index.interval || " "}}${ranks && `{ranks|${ranks}}`}`;
    }),
    axisTick: { show: false },
    axisLine: { show: false },
    axisLabel: { interval: 0, rich },
  };
}

/**
 * @param {import("./page.js").Figure} overall
 * @param {Theme} theme
 */
function reference(overall, theme) {
  if (overall.value === null) return undefined;
  return {
    silent: true,
    symbol: "none",
    label: { show: false },
    lineStyle: { color: theme.focus, type: [4, 3], width: 1.5 },
    data: [{ xAxis: overall.value }],
  };
}
