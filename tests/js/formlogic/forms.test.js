/** The forms that both graphs must agree on, step by step. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { loadFunctions } from "../../../static/js/formlogic/functions/index.js";
import { begin, complete } from "../../../static/js/formlogic/filling.js";
import { LiveForm } from "../../../static/js/formlogic/form.js";
import { writeInstance } from "../../../static/js/formlogic/instance.js";
import { placesOf, take } from "./filling.js";

const FOLDER = new URL("../../cases/forms/", import.meta.url);
const NOW = "2026-11-23T10:00:00.000+08:00"; // these are those of tests/formcases.py
const END = "2026-11-23T10:25:30.125+08:00";
const random = () => 0.3;

for (const file of readdirSync(FOLDER)) {
  const { name, definition, steps, files, metadata, known, end } = JSON.parse(readFileSync(new URL(file, FOLDER)));
  await loadFunctions(definition.functions);
  test(name, () => {
    const world = { now: NOW, files, random };
    const form = new LiveForm(definition, begin(definition, { ...world, metadata, known }), world);
    steps.forEach((step, at) => {
      take(form, step);
      assert.deepEqual(seen(form, step.expect ?? {}), step.expect ?? {}, `step ${at + 1}: ${JSON.stringify(step)}`);
    });
    assert.equal(writeInstance(complete(definition, form.tree(), { ...world, now: END }).tree), end);
  });
}

/** The same as what is expected, as it is: all problems, but only the values asked for. */
function seen(form, expected) {
  const each = (places = {}, see) => Object.fromEntries(Object.keys(places).map((place) => [place, see(place)]));
  const questions = placesOf(form).filter((place) => place.replaceAll(/\[\d+\]/g, "") in form.definition.questions);
  const applies = (place) => form.isRelevant(place);
  const found = {
    values: each(expected.values, (place) => form.value(place)),
    choices: each(expected.choices, (place) => form.choices(place).map(({ name }) => name)),
    labels: each(expected.labels, (place) => form.choices(place).map(({ label }) => label.trim())),
    instances: each(expected.instances, (place) => form.instances(place).filter(applies).length),
    problems: Object.fromEntries(form.problems().map(({ place, kind }) => [place, kind])),
    irrelevant: questions.filter((place) => !applies(place)).sort(),
  };
  return Object.fromEntries(Object.keys(expected).map((key) => [key, found[key]]));
}
