/** Interviews begun, and others brought to their end and written, as `tests/surveys/engines/test_endings.py` asks. */

import { begin, complete } from "../../../static/js/formlogic/filling.js";
import { loadFunctions } from "../../../static/js/formlogic/functions/index.js";
import { filesNamed, writeInstance } from "../../../static/js/formlogic/instance.js";

let input = "";
for await (const chunk of process.stdin) input += chunk;
const { definition, now, end, drawn, metadata, known, trees } = JSON.parse(input);
await loadFunctions(definition.functions);

const random = () => drawn;
const ends = trees.map((answered) => {
  const { tree, problems } = complete(definition, answered, { now: end, random });
  return { xml: writeInstance(tree), files: filesNamed(tree, definition), problems };
});
process.stdout.write(JSON.stringify({ begun: begin(definition, { now, random, metadata, known }), ends }));
