/** Instances apart from forms: what is in them, and the bytes that the server writes. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { asRead, filesNamed, partAt, setMeta, writeInstance } from "../../../static/js/formlogic/instance.js";

const CASES = JSON.parse(readFileSync(new URL("../../cases/instances.json", import.meta.url)));

for (const { name, tree, xml } of CASES) {
  test(name, () => assert.equal(writeInstance(tree), xml));
}

test("the meta block is made where there is none", () => {
  const trees = [["data", ""], ["data", [["meta", ""]]], ["data", [["meta", [["instanceID", "uuid:0"]]]]]];
  for (const tree of trees) {
    setMeta(tree, "instanceID", "uuid:\u00001");
    assert.deepEqual(tree, ["data", [["meta", [["instanceID", "uuid:1"]]]]]);
  }
  setMeta(trees[0], "audit", "audit.csv");
  assert.deepEqual(trees[0][1][0][1], [["instanceID", "uuid:1"], ["audit", "audit.csv"]]);
});

test("the files are named that answers name, in all instances, and the log", () => {
  const types = { "/data/photo": "binary", "/data/r/film": "binary", "/data/a": "string", "/data/meta/audit": "binary" };
  const binds = Object.fromEntries(Object.entries(types).map(([path, type]) => [path, { type }]));
  const films = ["1.mp4", "", "2.mp4"].map((film) => ["r", [["film", film]]]);
  const tree = ["data", [["a", "a.txt"], ["photo", ""], ...films, ["meta", [["audit", "audit.csv"]]]]];
  assert.deepEqual(filesNamed(tree, { binds }), ["1.mp4", "2.mp4", "audit.csv"]);
});

test("a part is found by its place, the first one without a number", () => {
  const tree = ["data", [["r", [["a", "1"]]], ["b", ""], ["r", [["a", "2"]]]]];
  assert.deepEqual(["/data/r/a", "/data/r[2]/a", "/data/r[1]/a"].map((place) => partAt(tree, place)[1]), ["1", "2", "1"]);
  assert.deepEqual(["/data/r[3]/a", "/data/c", "/data/b/x"].map((place) => partAt(tree, place)), [undefined, undefined, undefined]);
});

test("a text is read again without spaces around it, as the server reads it", () => {
  const kept = ["a \u3000b", "\ufeffa", "\u200ba"];
  const edged = kept.map((text) => ["a", ` \t\n\u0085\u00a0\u3000${text}\u2028 \r`]);
  assert.deepEqual(asRead(["data", edged])[1], kept.map((text) => ["a", text]));
});
