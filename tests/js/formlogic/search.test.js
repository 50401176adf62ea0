/** Choices found by words in them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { search } from "../../../static/js/formlogic/search.js";

const TOWNS = [
  ["t1", "Shanghai"],
  ["t2", "Old Shan Town"],
  ["t3", "Yushan"],
  ["sha4", "Nowhere"],
  ["t5", "ＳＨＡＮ wide"],
  ["t6", "北京 昌平"],
  ["t7", "北京 朝阳"],
  ["t8", "İstanbul"],
].map(([name, label]) => ({ name, label }));

const found = (words, limit = 10) => search(TOWNS, words, limit).map(({ name }) => name);

test("what begins with the words comes first, each in the order of the list", () => {
  assert.deepEqual(found("sha"), ["t1", "t5", "sha4", "t2", "t3"]);
});

test("case and width of letters are no matter", () => {
  assert.deepEqual(found("ｓHan wi"), ["t5"]);
  assert.deepEqual(found("ISTANBUL"), []); // a dotted I is another letter
  assert.deepEqual(found("stanbul"), ["t8"]);
});

test("all words must be there, in whatever order", () => {
  assert.deepEqual(found("town old"), ["t2"]);
  assert.deepEqual(found("朝 北京"), ["t7"]);
  assert.deepEqual(found("北京"), ["t6", "t7"]);
  assert.deepEqual(found("shan tokyo"), []);
});

test("words that reach from a label into a name find nothing", () => {
  assert.deepEqual(found("yushant3"), []);
  assert.deepEqual(found("yushan t3"), ["t3"]);
});

test("there are as many as wanted; without words the first ones", () => {
  assert.deepEqual(found("sha", 2), ["t1", "t5"]);
  assert.deepEqual(found("  ", 2), ["t1", "t2"]);
  assert.deepEqual(search([], "a", 5), []);
  assert.deepEqual(search([], "", 5), []);
});
