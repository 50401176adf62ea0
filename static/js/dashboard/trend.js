/** The index from wave to wave: dots with their intervals, joined by a line. */
import { base, describe } from "./theme.js";
import { whisker } from "./whisker.js";

/**
 * @param {import("./page.js").Wave[]} waves
 * @param {import("./theme.js").Theme} theme
 */
export function trend(waves, theme) {
  const ends = waves.flatMap(({ index }) => [index.value, index.low, index.high]).filter((end) => end !== null);
  return {
    height: 220,
    option: {
      ...base(theme),
      tooltip: {
        ...base(theme).tooltip,
        formatter: (/** @type {{dataIndex: number}} */ { dataIndex }) =>
          describe(waves[dataIndex].title, waves[dataIndex].index),
      },
      grid: { left: 34, right: 20, top: 22, bottom: 24 },
      xAxis: {
        type: "category",
        data: waves.map(({ title }) => title),
        axisLabel: { color: theme.ink2, hideOverlap: true },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: theme.edge } },
      },
      yAxis: {
        type: "value",
        min: ends.length ? Math.floor(Math.min(...ends) / 10) * 10 : 0,
        max: ends.length ? Math.ceil(Math.max(...ends) / 10) * 10 : 100,
        splitNumber: 3,
        axisLabel: { color: theme.ink3, fontSize: 11 },
        splitLine: { lineStyle: { color: theme.line } },
      },
      series: [
        {
          type: "line",
          data: waves.map(({ index }) => index.value),
          symbol: "none",
          silent: true,
          lineStyle: { color: theme.primary, width: 2.4 },
        },
        {
          type: "custom",
          renderItem: whisker(theme, { vertical: true }),
          encode: { x: 0, y: [1, 2, 3] },
          data: waves.map(({ index }, place) => [place, index.value, index.low, index.high]),
          z: 5,
        },
        {
          type: "scatter", // the numbers, above the intervals
          data: waves.map(({ index }) => index.high ?? index.value),
          symbolSize: 1,
          silent: true,
          label: {
            show: true,
            position: "top",
            formatter: (/** @type {{dataIndex: number}} */ { dataIndex }) => waves[dataIndex].index.text,
            color: theme.ink,
            fontWeight: 600,
          },
          z: 6,
        },
      ],
    },
  };
}
