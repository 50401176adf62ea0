/** What stands beside the drawn intervals, where there is room and where there is none. */

import assert from "node:assert/strict";
import { test } from "node:test";

const pen = { measureText: (/** @type {string} */ text) => ({ width: 7 * text.length }) };
globalThis.document = /** @type {any} */ ({ createElement: () => ({ getContext: () => pen }) });
const { intervals } = await import("../../../static/js/dashboard/intervals.js");

const THEME = /** @type {any} */ ({ font: "Inter" });
const OVERALL = /** @type {any} */ ({ value: 50, low: 45, high: 55 });
const CITY = { title: "City 03", rank: 1, best_rank: 1, worst_rank: 7, index: { value: 66.6, low: 61, high: 71.7, text: "66.6", interval: "61.0–71.7" } };
const HIDDEN = { title: "City 12", rank: null, best_rank: null, worst_rank: null, index: { value: null, low: null, high: null, text: "n<10", interval: "" } };

function drawn(isNarrow) {
  const layout = { left: 92, range: { min: 0, max: 100 }, headings: ["City", "Index", "Ranks"], isNarrow };
  return /** @type {any} */ (intervals(/** @type {any} */ ([CITY, HIDDEN]), OVERALL, THEME, layout).option);
}

test("where there is room, value, interval and ranks are written", () => {
  const { grid, title, yAxis } = drawn(false);
  assert.deepEqual(yAxis[1].data, ["{value|66.6}{note|61.0–71.7}{ranks|1–7}", "{note|n<10}{note| }"]);
  assert.deepEqual([grid.right, title.map(({ right }) => right)], [146, [undefined, 46, 0]]);
});

test("on a phone the interval is only drawn, and ranks are written still", () => {
  const { grid, title, yAxis } = drawn(true);
  assert.deepEqual(yAxis[1].data, ["{value|66.6}{ranks|1–7}", "{note|n<10}"]);
  assert.deepEqual([grid.right, title.map(({ text }) => text)], [84, ["City", "Index", "Ranks"]]);
});
