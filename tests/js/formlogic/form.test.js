/** The live form itself: what it evaluates again, what it says of a change, and in which places. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { loadFunctions } from "../../../static/js/formlogic/functions/index.js";
import { begin as beginInterview } from "../../../static/js/formlogic/filling.js";
import { LiveForm } from "../../../static/js/formlogic/form.js";

const NOW = "2026-11-23T10:00:00+08:00";
const VILLAGE = 0; // numbers of outputs in household.json
const NAME = 1;
const AGES = 3;
const caseOf = (name) => JSON.parse(readFileSync(new URL(`../../cases/forms/${name}.json`, import.meta.url)));

async function begin(name, tree) {
  const { definition } = caseOf(name);
  await loadFunctions(definition.functions);
  return new LiveForm(definition, tree ?? beginInterview(definition, { now: NOW }), { now: NOW });
}

/** A household of so many members of age 20. */
async function household(members) {
  const form = await begin("household");
  for (let number = 1; number <= members; number++) {
    if (number > 1) form.add("/data/member");
    form.set(`/data/member[${number}]/age`, "20");
  }
  return form;
}

/** How many expressions are evaluated for an answer. */
function evaluations(form, place, text) {
  const before = form.evaluations;
  form.set(place, text);
  return form.evaluations - before;
}

const placesOf = (change) =>
  Object.fromEntries(Object.entries(change).map(([part, places]) => [part, places && [...places]]));

const told = (change) => {
  const parts = Object.entries(placesOf(change)).filter(([, places]) => places.length);
  return Object.fromEntries(parts);
};

test("an answer on which nothing depends costs no evaluation", async () => {
  const form = await household(3);
  assert.equal(evaluations(form, "/data/village", "Elm"), 0);
});

test("the same answer again costs nothing and changes nothing", async () => {
  const form = await household(3);
  assert.deepEqual(told(form.set("/data/member[2]/age", "20")), {});
  assert.equal(evaluations(form, "/data/member[2]/age", "20"), 0);
});

test("rules of a repeat are asked again in their own instance, a sum over all once", async () => {
  const form = await household(20);
  assert.equal(evaluations(form, "/data/member[7]/name", "Ann"), 1); // its label
  const asked = 4; // its constraint, the relevance of its school, the sum, and the mean
  assert.equal(evaluations(form, "/data/member[7]/age", "21"), asked);
});

test("outputs are evaluated again where somebody looks, as far as they changed", async () => {
  const form = await household(20);
  for (const place of form.instances("/data/member")) form.output(NAME, `${place}/age`);
  const before = form.evaluations;
  const change = form.set("/data/member[7]/name", "Ann");
  assert.deepEqual([...change.outputs], [`${NAME}@/data/member[7]/age`]);
  assert.equal(form.evaluations - before, 2); // its label, and the words of one question
  assert.equal(form.output(NAME, "/data/member[7]/age"), "Ann");
});

test("a new instance is evaluated without the others", async () => {
  const small = await household(2);
  const large = await household(30);
  const costs = [small, large].map((form) => {
    const before = form.evaluations;
    form.add("/data/member");
    return form.evaluations - before;
  });
  assert.equal(costs[0], costs[1]);
});

test("a change tells of everything that follows from an answer", async () => {
  const form = await household(1);
  form.choices("/data/head");
  form.output(AGES, "/data/all");
  assert.deepEqual(told(form.set("/data/member[1]/age", "9")), {
    values: ["/data/member[1]/age", "/data/ages", "/data/mean"],
    relevance: ["/data/member[1]/school"],
    problems: ["/data/member[1]/school"],
    choices: ["/data/head"],
    outputs: [`${AGES}@/data/all`],
  });
  assert.ok(form.isRequired("/data/member[1]/school"));
});

test("a new instance tells its place, a removed one where it was", async () => {
  const form = await household(2);
  const added = form.add("/data/member");
  assert.equal(added.place, "/data/member[3]");
  assert.deepEqual([...added.repeats], ["/data/member"]);
  form.set("/data/member[3]/name", "Ann");
  const removed = form.remove("/data/member[1]");
  assert.deepEqual(removed.removed, ["/data/member[1]"]);
  assert.ok(removed.values.has("/data/member[2]/label"));
  assert.equal(form.value("/data/member[2]/label"), "2: Ann");
  assert.deepEqual(form.instances("/data/member"), ["/data/member[1]", "/data/member[2]"]);
});

test("what does not apply keeps its text and reads as blank", async () => {
  const form = await household(1);
  form.set({ "/data/head": "b", "/data/remark": "so", "/data/village": "Elm" });
  form.set("/data/head", "");
  assert.equal(form.isRelevant("/data/remark"), false);
  assert.equal(form.value("/data/remark"), "so");
  assert.equal(form.output(VILLAGE, "/data/all"), "Elm");
});

test("an interview goes on where its tree was kept", async () => {
  const form = await household(3);
  form.set("/data/head", "c");
  form.set("/data/member[2]/age", "200");
  const again = await begin("household", form.tree());
  assert.deepEqual(again.tree(), form.tree());
  assert.deepEqual(again.problems(), form.problems());
  assert.deepEqual(again.problems().at(-1), { place: "/data/member[3]/name", kind: "required" });
});

test("a tree in which questions are missing is made whole", async () => {
  const form = await begin("household", ["data", [["member", [["age", "7"]]]]]);
  assert.equal(form.value("/data/member[1]/label"), "1: ");
  assert.equal(form.value("/data/village"), "");
  assert.deepEqual(form.tree()[1].map(([name]) => name).slice(0, 3), ["village", "member", "n"]);
});

test("choices stay the same list until something that they read changes", async () => {
  const form = await household(1);
  const choices = form.choices("/data/head");
  assert.deepEqual(choices.map(({ name, label }) => [name, label]), [["a", "Aunt"], ["b", "Brother"]]);
  form.set("/data/village", "Elm");
  assert.equal(form.choices("/data/head"), choices);
  form.set("/data/member[1]/age", "30");
  assert.notEqual(form.choices("/data/head"), choices);
});

test("read-only follows its rule", async () => {
  const form = await household(4);
  form.set("/data/head", "a");
  assert.equal(form.isReadonly("/data/remark"), false);
  const change = form.set("/data/member[1]/age", "60");
  assert.ok(change.relevance.has("/data/remark"));
  assert.equal(form.isReadonly("/data/remark"), true);
});

test("a repeat says whether it applies, also without instances", async () => {
  const form = await begin("not_there");
  assert.equal(form.isRelevant("/data/child"), false);
  form.remove("/data/child[1]");
  const change = form.set("/data/children", "yes");
  assert.ok(change.repeats.has("/data/child"));
  assert.equal(form.isRelevant("/data/child"), true);
});

test("control characters are no part of an answer", async () => {
  const form = await household(1);
  form.set("/data/village", "E\u0000l\u000bm\ud800 😀\n");
  assert.equal(form.value("/data/village"), "Elm 😀\n");
});
