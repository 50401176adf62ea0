/** What an interview does with entities, written into it at its end, as devices do. */

import { contextAt } from "./context.js";
import { elementsAt } from "./elements.js";
import { compileExpression } from "./evaluation.js";
import { Element } from "./tree.js";
import { drawnUuid } from "./uuids.js";
import { toText } from "./values.js";

/** Give every `entity` element its attributes. What does not apply declares nothing. */
export function declare(declarations, interview) {
  for (const declaration of declarations) {
    for (const element of elementsAt(interview.graph.field(declaration.path), interview.root)) {
      element.attributes = element.isHidden ? {} : attributesOf(declaration, element, interview);
    }
  }
}

function attributesOf({ constants, computed, creates }, element, { document, environment }) {
  const found = { ...constants };
  for (const [name, node] of Object.entries(computed)) {
    const asking = new Element(`@${name}`);
    asking.parent = element;
    found[name] = toText(compileExpression(node)(contextAt(asking, document, environment)));
  }
  if (creates && !found.id) found.id = drawnUuid(environment.random);
  return found;
}
