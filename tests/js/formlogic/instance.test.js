/** Instances as XML: the bytes that the server writes. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { writeInstance } from "../../../static/js/formlogic/instance.js";

const CASES = JSON.parse(readFileSync(new URL("../../cases/instances.json", import.meta.url)));

for (const { name, tree, attributes, xml } of CASES) {
  test(name, () => assert.equal(writeInstance(tree, attributes), xml));
}
