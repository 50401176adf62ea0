/** How long the graph takes: to be put up, for a keystroke, to search. Prints JSON lines. */

import { loadFunctions } from "../../static/js/formlogic/functions/index.js";
import { begin, complete } from "../../static/js/formlogic/filling.js";
import { LiveForm } from "../../static/js/formlogic/form.js";
import { search } from "../../static/js/formlogic/search.js";

const NOW = "2026-11-23T10:00:00+08:00";
const TIMES = 15;

/** Milliseconds of each time; the first is that of a page just opened. */
function timesOf(work, count = TIMES) {
  return Array.from({ length: count }, (_, at) => {
    const start = performance.now();
    work(at);
    return performance.now() - start;
  });
}

const rounded = (ms) => Math.round(ms * 1000) / 1000;

function print(form, what, times, more = {}) {
  const sorted = [...times].sort((a, b) => a - b);
  const median = rounded(sorted[Math.floor(sorted.length / 2)]);
  const line = { form, what, first_ms: rounded(times[0]), median_ms: median, worst_ms: rounded(sorted.at(-1)) };
  console.log(JSON.stringify({ ...line, ...more }));
}

/** The interview with as many instances as are to be measured. */
function grown({ definition, files, adds }) {
  const world = { now: NOW, files };
  const form = new LiveForm(definition, begin(definition, world), world);
  for (let at = 0; at < adds; at++) form.add("/data/member");
  return form.tree();
}

async function measure(asked) {
  const { name, definition, files, set, search = [] } = asked;
  await loadFunctions(definition.functions);
  const tree = grown(asked);
  let form;
  const bind = () => (form = new LiveForm(definition, tree, { now: NOW, files }));
  print(name, "bind", timesOf(bind), { evaluations: form.evaluations, rules: rulesOf(definition) });
  for (const [place, text] of set) {
    const before = form.evaluations;
    const times = timesOf((at) => form.set(place, at % 2 ? text : `${text}1`), 40);
    print(name, `set ${place}`, times, { evaluations: (form.evaluations - before) / 40 });
  }
  print(name, "begin", timesOf(() => begin(definition, { now: NOW, files }), 5));
  print(name, "complete", timesOf(() => complete(definition, tree, { now: NOW, files }), 5));
  if (asked.adds) print(name, "add", timesOf(() => form.add("/data/member"), 5));
  if (search.length) print(name, "choices", timesOf(() => form.choices("/data/any")));
  for (const words of search) print(name, `search ${words}`, timesOf(() => searched(form, words)));
}

const searched = (form, words) => search(form.choices("/data/any"), words, 50);

const rulesOf = ({ binds }) => Object.values(binds).flatMap(({ type, ...rules }) => Object.keys(rules)).length;

let input = "";
for await (const chunk of process.stdin) input += chunk;
for (const asked of JSON.parse(input)) await measure(asked);
