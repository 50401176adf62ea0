/** The interviews of filling.py led through the graph of the page, which is also put up anew each time. */

import { loadFunctions } from "../../static/js/formlogic/functions/index.js";
import { LiveForm } from "../../static/js/formlogic/form.js";
import { placesOf, take } from "../js/formlogic/filling.js";

const bare = (place) => place.replaceAll(/\[\d+\]/g, "");
const pairs = (places, see) => Object.fromEntries(places.map((place) => [place, see(place)]));

/** All that can be seen of an interview. */
function seen(form) {
  const { questions } = form.definition;
  const places = placesOf(form);
  const open = places.filter((place) => form.isRelevant(place));
  const outputs = open.flatMap((place) =>
    [...(questions[bare(place)]?.label ?? [])]
      .filter((part) => typeof part === "number")
      .map((number) => [`${number}@${place}`, form.output(number, place)]),
  );
  return {
    tree: form.tree(),
    irrelevant: places.filter((place) => !form.isRelevant(place)).sort(),
    problems: Object.fromEntries(form.problems().map(({ place, kind }) => [place, kind]).sort()),
    readonly: open.filter((place) => form.isReadonly(place)).sort(),
    choices: pairs(
      open.filter((place) => questions[bare(place)]?.itemset),
      (place) => form.choices(place).map(({ name, label }) => [name, label]),
    ),
    outputs: Object.fromEntries(outputs),
  };
}

/** What a form says of a change is what can be seen of it. */
function told(change, before, after) {
  const values = new Set([...leavesOf(before.tree), ...leavesOf(after.tree)]);
  return [];
}

function fill({ definition, blank, steps, now }) {
  const form = new LiveForm(definition, blank, { now, isNew: true });
  return steps.map((step) => {
    take(form, step);
    const found = seen(form);
    const anew = seen(new LiveForm(definition, form.tree(), { now }));
    const parts = Object.keys(found).filter((part) => JSON.stringify(found[part]) !== JSON.stringify(anew[part]));
    return parts.length ? { ...found, anew: pairs(parts, (part) => anew[part]) } : found;
  });
}

let input = "";
for await (const chunk of process.stdin) input += chunk;
const asked = JSON.parse(input);
await loadFunctions(asked.flatMap(({ definition }) => definition.functions));
process.stdout.write(JSON.stringify(asked.map(fill)));
