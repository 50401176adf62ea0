/** The log of an interview: moments that never go back, times of questions, and rows that hold any text. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Clock, Log } from "../../../static/js/webform/audit.js";

const T = 1_790_000_000_000;
const COLUMNS = ["event", "node", "start", "end"];

/** A clock that is moved by hand: `wall` is the device's, `ticks` what has passed. */
function handClock(last = 0) {
  const time = { wall: T, ticks: 0 };
  const clock = new Clock({ wall: () => time.wall, ticks: () => time.ticks, last });
  return { time, clock };
}

/** A log, its clock in the hand, and the rows so far in cells, times since T. */
function handLog({ columns = COLUMNS, ...options } = {}) {
  const { time, clock } = handClock();
  const log = new Log({ columns, clock, ...options });
  const since = (text) => (/^17\d{11}$/.test(text) ? Number(text) - T : text);
  const rows = () => log.take().trimEnd().split("\n").map((row) => row.split(",").map(since));
  return { time, log, rows };
}

test("a device that sets its clock changes no time that passes", () => {
  const { time, clock } = handClock();
  assert.equal(clock.now(), T);
  time.wall = T - 3_600_000;
  time.ticks = 1_500.6;
  assert.equal(clock.now(), T + 1_501);
});

test("after a pause the device is asked again, and nothing goes back", () => {
  const { time, clock } = handClock();
  time.ticks = 5_000;
  clock.now();
  time.wall = T + 60_000;
  clock.anchor();
  assert.equal(clock.now(), T + 60_000);
  time.wall = T; // set back meanwhile
  clock.anchor();
  time.ticks = 6_000;
  assert.equal(clock.now(), T + 61_000);
});

test("a page that is opened again begins after what was noted before", () => {
  assert.equal(handClock(T + 9_000).clock.now(), T + 9_000);
  assert.equal(handClock(null).clock.now(), T);
});

test("a question's time is from what was touched before to its own last touch", () => {
  const { time, log, rows } = handLog();
  log.show("/data/g", ["/data/g/a", "/data/g/b"]);
  time.ticks = 4_000; // read, then answered
  log.touch("/data/g/a");
  time.ticks = 5_000;
  log.touch("/data/g/a");
  time.ticks = 9_000;
  log.touch("/data/g/b");
  time.ticks = 10_000;
  log.leave();
  assert.deepEqual(rows(), [
    ["question", "/data/g/a", 0, 5_000],
    ["question", "/data/g/b", 5_000, 10_000],
    ["group questions", "/data/g", 0, 10_000],
  ]);
});

test("a question that is alone on the screen is the one that is asked", () => {
  const { time, log, rows } = handLog();
  log.show("/data", ["/data/a"]);
  time.ticks = 3_000;
  log.touch("/data/a");
  time.ticks = 4_000;
  log.showEnd();
  time.ticks = 6_000;
  log.leave();
  assert.deepEqual(rows(), [
    ["question", "/data/a", 0, 4_000],
    ["end screen", "", 4_000, 6_000],
  ]);
});

test("questions that come to one that was alone share its screen from the beginning", () => {
  const { time, log, rows } = handLog();
  log.show("/data/m", ["/data/m[1]/a"]);
  time.ticks = 1_000;
  log.touch("/data/m[1]/a");
  time.ticks = 2_000;
  log.touch("/data/m[2]/a");
  log.settle(); // its instance goes
  time.ticks = 3_000;
  log.leave();
  assert.deepEqual(rows(), [
    ["question", "/data/m[1]/a", 0, 1_000],
    ["question", "/data/m[2]/a", 1_000, 2_000],
    ["group questions", "/data/m", 0, 3_000],
  ]);
});

test("what is touched between two screens is nobody's time", () => {
  const { log, rows } = handLog();
  log.show("/data/g", []);
  log.leave();
  log.touch("/data/g/a");
  log.leave();
  assert.deepEqual(rows(), [["group questions", "/data/g", 0, 0]]);
});

test("moments have no end, and rows are handed out once", () => {
  const { time, log, rows } = handLog();
  log.note("form start");
  time.ticks = 10;
  log.note("add repeat", "/data/m[2]");
  assert.deepEqual(rows(), [
    ["form start", "", 0, ""],
    ["add repeat", "/data/m[2]", 10, ""],
  ]);
  assert.equal(log.take(), "");
});

test("of a question whose answer changed, the answer before and after is noted", () => {
  const answers = { "/data/a": "30", "/data/b": "x" };
  const columns = [...COLUMNS, "old-value", "new-value", "user"];
  const { log, rows } = handLog({ columns, user: "E01", valueAt: (place) => answers[place] });
  log.show("/data", ["/data/a", "/data/b"]);
  log.touch("/data/a");
  answers["/data/a"] = "31";
  log.touch("/data/b");
  log.settle();
  assert.deepEqual(rows(), [
    ["question", "/data/a", 0, 0, "30", "31", "E01"],
    ["question", "/data/b", 0, 0, "", "", "E01"],
  ]);
});

test("texts with commas, quotes and line breaks stay in their cell", () => {
  const valueAt = () => value;
  let value = "";
  const { log } = handLog({ columns: ["old-value", "new-value"], valueAt });
  log.show("/data", []);
  log.touch("/data/a");
  value = 'Li, "A"\nWang';
  log.settle();
  assert.equal(log.take(), ',"Li, ""A""\nWang"\n');
});

test("where the device was is in the columns that ask for it", () => {
  const columns = [...COLUMNS, "latitude", "longitude", "accuracy"];
  const position = () => ({ latitude: 31.2, longitude: 121.4, accuracy: 5 });
  const { log, rows } = handLog({ columns, position });
  log.note("form save");
  assert.deepEqual(rows(), [["form save", "", 0, "", "31.2", "121.4", "5"]]);
});
