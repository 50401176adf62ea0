/** The interviews of filling.py led through the graph of the page, which is also put up anew each time. */

import { loadFunctions } from "../../../static/js/formlogic/functions/index.js";
import { begin, complete } from "../../../static/js/formlogic/filling.js";
import { LiveForm } from "../../../static/js/formlogic/form.js";
import { filesNamed, writeInstance } from "../../../static/js/formlogic/instance.js";
import { placesOf, take } from "../../js/formlogic/filling.js";

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

/** What is to be seen at each place, by the part of a change that has to tell of it. */
function shown(form) {
  const places = placesOf(form);
  const state = (place) => [form.isRelevant(place), form.isRequired(place), form.isReadonly(place)];
  const { choices, outputs } = seen(form);
  return {
    values: pairs(places, (place) => form.value(place)),
    relevance: pairs(places, (place) => state(place).join()),
    problems: pairs(places, (place) => form.problem(place)),
    choices,
    outputs,
  };
}

/** What changed without the form having said so; where instances come and go all is painted anew. */
function untold(change, before, after) {
  if (!change || change.repeats.size) return [];
  return Object.keys(after).flatMap((part) => {
    const places = Object.keys(after[part]).filter((place) => place in before[part]);
    const changed = places.filter((place) => `${before[part][place]}` !== `${after[part][place]}`);
    return changed.filter((place) => !change[part].has(place)).map((place) => `${part} ${place}`);
  });
}

function fill({ definition, metadata, known, steps, now, end, drawn }) {
  const world = { now, random: () => drawn };
  const form = new LiveForm(definition, begin(definition, { ...world, metadata, known }), world);
  let before = shown(form);
  const all = steps.map((step) => {
    const change = take(form, step);
    const after = shown(form);
    const silent = untold(change, before, after);
    before = after;
    const found = seen(form);
    const anew = seen(new LiveForm(definition, form.tree(), world));
    const parts = Object.keys(found).filter((part) => JSON.stringify(found[part]) !== JSON.stringify(anew[part]));
    if (parts.length) found.anew = pairs(parts, (part) => anew[part]);
    return silent.length ? { ...found, silent } : found;
  });
  return [...all, ended(definition, form.tree(), { ...world, now: end })];
}

/** What is sent of an interview, and what is wrong with it then. */
function ended(definition, before, world) {
  const { tree, problems } = complete(definition, before, world);
  return {
    xml: writeInstance(tree),
    files: filesNamed(tree, definition),
    problems: Object.fromEntries(problems.map(({ place, kind }) => [place, kind]).sort()),
  };
}

let input = "";
for await (const chunk of process.stdin) input += chunk;
const asked = JSON.parse(input);
await loadFunctions(asked.flatMap(({ definition }) => definition.functions));
process.stdout.write(JSON.stringify(asked.map(fill)));
