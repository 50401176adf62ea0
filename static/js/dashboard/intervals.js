/** Cities or groups under each other: a dot, its interval, and everyone as a dashed line. */
import { linesOf } from "./measure.js";
import { base, describe } from "./theme.js";
import { whisker } from "./whisker.js";

/** @typedef {import("./page.js").Level} Level */
/** @typedef {import("./theme.js").Theme} Theme */

const LINE_HEIGHT = 14;
const NAME_GAP = 10;

/**
 * @param {Level[]} levels
 * @param {import("./page.js").Figure} overall
 * @param {Theme} theme
 * @param {{left: number, range: {min: number, max: number}, headings?: string[], isNarrow?: boolean}} layout
 *   the width of the names, the ends of the axis, what stands above names, numbers and ranks, and whether the place
 *   is too narrow to write intervals out beside the drawn ones
 */
export function intervals(levels, overall, theme, { left, range, headings = [], isNarrow = false }) {
  const lines = linesOf(levels.map(({ title }) => title), left - NAME_GAP, theme.font);
  const row = 13 + lines * LINE_HEIGHT;
  const hasRanks = headings.length > 2;
  const columns = { value: 42, interval: isNarrow ? 0 : 62, ranks: hasRanks ? 42 : 0 };
  const right = columns.value + columns.interval + columns.ranks;
  const top = headings.length ? 22 : 2;
  return {
    height: levels.length * row + top + 24,
    option: {
      ...base(theme),
      tooltip: {
        ...base(theme).tooltip,
        formatter: (/** @type {{dataIndex: number}} */ { dataIndex }) =>
          describe(levels[dataIndex].title, levels[dataIndex].index),
      },
      title: headings.map((text, place) => heading(text, theme, [{ left: 0 }, { right: columns.ranks + 4 }, { right: 0 }][place])),
      grid: { left, right, top, bottom: 22 },
      xAxis: {
        type: "value",
        ...range,
        interval: 20,
        axisLabel: { color: theme.ink3, fontSize: 11, hideOverlap: true },
        splitLine: { lineStyle: { color: theme.line } },
      },
      yAxis: [names(levels, theme, left), numbers(levels, theme, { hasRanks, isNarrow })],
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
 * An axis that ends at twenties around all intervals.
 * @param {Level[]} levels
 * @param {import("./page.js").Figure} overall
 */
export function rangeOf(levels, overall) {
  const ends = [overall, ...levels.map((level) => level.index)]
    .flatMap(({ value, low, high }) => [value, low, high])
    .filter((end) => end !== null);
  if (!ends.length) return { min: 0, max: 100 };
  return { min: Math.floor(Math.min(...ends) / 20) * 20, max: Math.ceil(Math.max(...ends) / 20) * 20 };
}

/**
 * @param {string} text
 * @param {Theme} theme
 * @param {object} place
 */
function heading(text, theme, place) {
  const textStyle = { color: theme.ink3, fontSize: 11, fontWeight: 400, fontFamily: theme.font };
  return { text, top: 0, padding: 0, textStyle, ...place };
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
 * @param {{hasRanks: boolean, isNarrow: boolean}} columns
 */
function numbers(levels, theme, { hasRanks, isNarrow }) {
  const rich = {
    value: { color: theme.ink, fontWeight: 600, width: 34, fontFamily: theme.font },
    note: { color: theme.ink3, fontSize: 11.5, width: 62, fontFamily: theme.font },
    ranks: { color: theme.ink2, width: 38, align: "right", fontFamily: theme.font },
  };
  return {
    type: "category",
    inverse: true,
    position: "right",
    data: levels.map(({ index, best_rank, worst_rank }) => {
      const ranks = hasRanks && best_rank ? (best_rank === worst_rank ? `${best_rank}` : `${best_rank}–${worst_rank}`) : "";
      const value = index.value === null ? `{note|${index.text}}` : `{value|${index.text}}`;
      const interval = isNarrow ? "" : `{note|${index.interval || " "}}`;
      return `${value}${interval}${ranks && `{ranks|${ranks}}`}`;
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
