/** Where an expression is evaluated, and what it may know of the world. */

import { DAY_MS, momentFromInstant } from "./moments.js";
import { toText } from "./values.js";

const OFFSET = /([-+])(\d{2}):?(\d{2})$/;

/**
 * What an expression may know of the world.
 *
 * `now` is an ISO text with an offset, or `{instant, offset}` in milliseconds and minutes; its offset
 * is the interview's clock. `instances` are `<instance>` elements by id, each with its root as child;
 * `random` gives numbers from 0 to below 1. `texts` are translations by itext id and `choiceLabels`
 * labels by path and then by choice name, both in the language of the interview: plain, or words and
 * the numbers of `outputs`, which are compiled expressions, in turn.
 */
export class Environment {
  constructor({ now, instances = {}, random = drawn, texts = {}, choiceLabels = {}, outputs = [] }) {
    const { instant, offset } = typeof now === "string" ? parsed(now) : now;
    this.zone = offset;
    this.now = momentFromInstant(instant / DAY_MS, offset);
    this.instances = instances;
    this.random = random;
    this.texts = texts;
    this.choiceLabels = choiceLabels;
    this.outputs = outputs;
  }
}

function parsed(iso) {
  const [, sign, hours, minutes] = OFFSET.exec(iso) ?? ["", "+", 0, 0];
  return { instant: Date.parse(iso), offset: (sign === "-" ? -1 : 1) * (+hours * 60 + +minutes) };
}

const drawn = () => crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32;

/** A node, its place among `size` candidates, and `current`: where the expression began. */
class Context {
  constructor(node, current, document, environment, position = 1, size = 1) {
    this.node = node;
    this.current = current;
    this.document = document;
    this.environment = environment;
    this.zone = environment.zone;
    this.position = position;
    this.size = size;
  }

  /** A context for the predicates of a step; its caller moves `node` and `position`. */
  inside(size) {
    return new Context(this.node, this.current, this.document, this.environment, 1, size);
  }
}

export const contextAt = (node, document, environment) =>
  new Context(node, node, document, environment);

/** A text, with what its outputs come to where the expression began that asks for it. */
export function said(spoken, c) {
  if (!Array.isArray(spoken)) return spoken;
  const inside = contextAt(c.current, c.document, c.environment);
  return spoken.map((part) => (typeof part === "string" ? part : toText(c.environment.outputs[part](inside)))).join("");
}

/** An entry of a table that came as JSON, where names such as `constructor` mean nothing. */
export const entryOf = (table, key) => (Object.hasOwn(table, key) ? table[key] : undefined);
