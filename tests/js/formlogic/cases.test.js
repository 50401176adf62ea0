/** The cases that every engine must agree on; Python, which has the parser, says them as ASTs. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { answersOf } from "../../../surveys/engines/answers.mjs";

const printed = execFileSync("python", ["-m", "tests.surveys.formlogic.cases"], {
  cwd: new URL("../../..", import.meta.url),
  maxBuffer: 1e8,
});
const { cases, ...questions } = JSON.parse(printed);
const answers = await answersOf(questions);

test("there are cases", () => assert.ok(cases.length > 300));

cases.forEach(([suite, expression, expected], at) => {
  test(`${suite}: ${expression}`, () => assert.equal(answers[at].text, expected));
});
