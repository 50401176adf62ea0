/** Texts as controls give them and as instances hold them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { typingOf } from "../../../static/js/webform/controls.js";

const moment = (text) => typingOf({ kind: "datetime" }).read(text);
const read = (kind, appearance, text) => typingOf({ kind, appearance }).read(text);
const show = (kind, appearance, text) => typingOf({ kind, appearance }).show(text);

test("a date with a time is kept with the offset of this place at that time", () => {
  process.env.TZ = "Asia/Shanghai";
  assert.equal(moment("2026-11-30T14:30"), "2026-11-30T14:30:00.000+08:00");
  process.env.TZ = "America/New_York";
  assert.equal(moment("2026-07-01T14:30"), "2026-07-01T14:30:00.000-04:00");
  assert.equal(moment("2026-12-01T14:30"), "2026-12-01T14:30:00.000-05:00");
  process.env.TZ = "Asia/Kolkata";
  assert.equal(moment("2026-12-01T00:10"), "2026-12-01T00:10:00.000+05:30");
});

test("what is no date with a time is kept as it is", () => {
  for (const text of ["", "tomorrow", "2026-13-45T10:00"]) assert.equal(moment(text), text);
});

test("numbers lose the width of Chinese keyboards, words keep it", () => {
  assert.equal(read("integer", "", " １２ "), "12");
  assert.equal(read("text", "", " １２ "), "１２");
});

test("separators between thousands are not part of the number", () => {
  assert.equal(read("decimal", "thousands-sep", "1，234 567.5"), "1234567.5");
  assert.equal(show("integer", "thousands-sep", "-1234567"), "-1,234,567");
  assert.equal(show("decimal", "thousands-sep", "1234.5678"), "1,234.5678");
  assert.equal(show("integer", "thousands-sep", "12a"), "12a");
});

test("months and years are kept as their first day", () => {
  assert.equal(read("date", "month-year", "2026-11"), "2026-11-01");
  assert.equal(show("date", "month-year", "2026-11-01"), "2026-11");
  assert.equal(read("date", "year", "2026"), "2026-01-01");
  assert.equal(show("date", "year", "2026-01-01"), "2026");
  assert.equal(read("date", "year", "last year"), "last year");
});

test("times are kept to the millisecond and shown to the minute", () => {
  assert.equal(read("time", "", "09:05"), "09:05:00.000");
  assert.equal(show("time", "", "09:05:00.000"), "09:05");
});

test("what XML cannot hold is left out", () => {
  assert.equal(read("text", "", "a\u0000b\uD800c\r\nd"), "abc\nd");
});
