/** How many lack how much: H and M0 at every cutoff, with their intervals. */
import { chosen } from "./cutoffs.js";
import { base, describe } from "./theme.js";
import { whisker } from "./whisker.js";

/** @typedef {import("./page.js").Figure} Figure */

/**
 * @param {import("./page.js").Page} page
 * @param {import("./theme.js").Theme} theme
 */
export function thresholds(page, theme) {
  const { thresholds: all } = page;
  const k = chosen();
  const marked = all.find(({ title }) => title === k) ?? all.find((threshold) => threshold.is_chosen);
  const ks = all.map((threshold) => threshold.k);
  return {
    height: 290,
    option: {
      ...base(theme),
      grid: { left: 34, right: 36, top: 14, bottom: 26 },
      xAxis: {
        type: "value",
        min: Math.min(...ks) - 0.03,
        max: Math.max(...ks) + 0.03,
        axisTick: { customValues: ks },
        axisLabel: {
          customValues: ks,
          color: theme.ink2,
          formatter: (/** @type {number} */ k) => all.find((each) => Math.abs(each.k - k) < 1e-6)?.title ?? "",
        },
        splitLine: { show: false },
        axisLine: { lineStyle: { color: theme.edge } },
      },
      yAxis: {
        type: "value",
        min: 0,
        max: 100,
        interval: 25,
        axisLabel: { color: theme.ink3, fontSize: 11 },
        splitLine: { lineStyle: { color: theme.line } },
      },
      series: [
        line("H", all.map((each) => [each.k, each.headcount.value]), theme, theme.primary, "solid", marked?.k),
        line("M0", all.map((each) => [each.k, hundredth(each.breadth.value)]), theme, theme.warn, "dashed"),
        dots("H", all.map((each) => [each.k, each.title, each.headcount, 1]), theme, theme.primary),
        dots("M0", all.map((each) => [each.k, each.title, each.breadth, 100]), theme, theme.warn),
      ],
    },
  };
}

/** @param {number | null} share */
function hundredth(share) {
  return share === null ? null : share * 100;
}

/**
 * @param {string} name
 * @param {(number | null)[][]} data
 * @param {import("./theme.js").Theme} theme
 * @param {string} colour
 * @param {string} type
 * @param {number} [reference]
 */
function line(name, data, theme, colour, type, reference) {
  return {
    type: "line",
    name,
    data,
    silent: true,
    symbol: "none",
    lineStyle: { color: colour, width: 2.4, type },
    endLabel: { show: true, formatter: name, color: theme.ink, fontWeight: 600, distance: 12 },
    ...(reference && {
      markLine: {
        silent: true,
        symbol: "none",
        precision: 6, // else the line stands beside 1/3
        label: { show: false },
        lineStyle: { color: theme.focus, type: [4, 3], width: 1.5 },
        data: [{ xAxis: reference }],
      },
    }),
  };
}

/**
 * @param {string} name
 * @param {any[][]} points k, its title, the figure, and what brings it to 0..100
 * @param {import("./theme.js").Theme} theme
 * @param {string} colour
 */
function dots(name, points, theme, colour) {
  const shown = points.filter(([, , figure]) => figure.value !== null);
  return {
    type: "custom",
    renderItem: whisker(theme, { vertical: true, colour }),
    encode: { x: 0, y: [1, 2, 3] },
    data: shown.map(([k, , { value, low, high }, factor]) => [
      k,
      value * factor,
      low === null ? null : low * factor,
      high === null ? null : high * factor,
    ]),
    tooltip: {
      formatter: (/** @type {{dataIndex: number}} */ { dataIndex }) => {
        const [, title, figure] = shown[dataIndex];
        return describe(`${name}, k = ${title}`, figure);
      },
    },
    z: 5,
  };
}
