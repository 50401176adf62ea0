/** Points as they are typed, written and compared. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { between, pointOf, textOf } from "../../../static/js/webform/widgets/position.js";

test("a reading is written with seven decimals at most, and a blank altitude as 0", () => {
  const reading = { latitude: 31.23041234567, longitude: 121.4737, altitude: null, accuracy: 4.26 };
  assert.equal(textOf(reading), "31.2304123 121.4737 0 4.3");
});

test("points are typed with spaces or commas, wide ones too", () => {
  assert.deepEqual(pointOf("31.2304，121.4737"), { latitude: 31.2304, longitude: 121.4737, altitude: 0, accuracy: 0 });
  assert.deepEqual(pointOf(" -1 2 3 4 "), { latitude: -1, longitude: 2, altitude: 3, accuracy: 4 });
});

test("what is no place on earth is no point", () => {
  for (const text of ["", "31.2", "91 0", "0 181", "a b", "1 2 3 4 5"]) assert.equal(pointOf(text), null);
});

test("a degree of latitude is 111 km", () => {
  const metres = between({ latitude: 0, longitude: 0 }, { latitude: 1, longitude: 0 });
  assert.ok(Math.abs(metres - 111_319) < 1);
});
