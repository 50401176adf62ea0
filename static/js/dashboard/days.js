/** Interviews received on each day. */
import { base } from "./theme.js";

const LABEL_WIDTH = 26;

/**
 * @param {import("./page.js").Day[]} days
 * @param {import("./theme.js").Theme} theme
 * @param {number} width
 */
export function days(days, theme, width) {
  const short = new Intl.DateTimeFormat(document.documentElement.lang, { month: "short", day: "numeric", timeZone: "UTC" });
  const titles = days.map((day) => short.format(new Date(day.date)));
  return {
    height: 170,
    option: {
      ...base(theme),
      tooltip: {
        ...base(theme).tooltip,
        formatter: (/** @type {{dataIndex: number}} */ { dataIndex }) =>
          `${titles[dataIndex]}\n${days[dataIndex].interviews}`,
      },
      grid: { left: 34, right: 6, top: 18, bottom: 24 },
      xAxis: {
        type: "category",
        data: titles,
        axisLabel: { color: theme.ink3, fontSize: 11, hideOverlap: true },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: theme.edge } },
      },
      yAxis: {
        type: "value",
        minInterval: 1,
        splitNumber: 3,
        axisLabel: { color: theme.ink3, fontSize: 11 },
        splitLine: { lineStyle: { color: theme.line } },
      },
      series: [
        {
          type: "bar",
          data: days.map((day) => day.interviews),
          barMaxWidth: 34,
          itemStyle: { color: theme.bar, borderRadius: [2, 2, 0, 0] },
          label: { show: width / days.length > LABEL_WIDTH, position: "top", color: theme.ink2, fontSize: 11 },
        },
      ],
    },
  };
}
