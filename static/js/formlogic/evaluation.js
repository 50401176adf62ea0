/** ASTs become closures, compiled once and called for every interview. */

import { functionNamed } from "./functions/index.js";
import { ARITHMETIC, ORDER, isEqual, isOrdered, isUnequal, unite } from "./operators.js";
import { nodesWhere } from "./predicates.js";
import { REVERSED, TIDY, makeStep } from "./steps.js";
import { inDocumentOrder } from "./tree.js";
import { nodesOf, toBoolean, toNumber } from "./values.js";

/**
 * A closure that evaluates the AST in a context. What `loadFunctions` must bring has to be there.
 *
 * @returns {(c: Context) => Value}
 */
export const compileExpression = (node) => COMPILERS[node[0]](node);

const operands = (node) => node.slice(1).map(compileExpression);

const literal = ([, value]) => () => value;

function arithmetic(node) {
  const compute = ARITHMETIC[node[0]];
  const [a, b] = operands(node);
  return (c) => compute(toNumber(a(c), c.zone), toNumber(b(c), c.zone));
}

function order(node) {
  const compare = ORDER[node[0]];
  const [a, b] = operands(node);
  return (c) => isOrdered(compare, a(c), b(c), c.zone);
}

/** `if` evaluates the branch it takes and no other; all other functions their arguments. */
function call([, name, inner]) {
  const given = inner.map(compileExpression);
  if (name === "if") {
    const [test, then, otherwise] = given;
    return (c) => (toBoolean(test(c)) ? then(c) : otherwise(c));
  }
  const evaluate = functionNamed(name);
  return (c) => evaluate(c, ...given.map((argument) => argument(c)));
}

function filter([, inner, predicates]) {
  const base = compileExpression(inner);
  const select = compilePredicates(predicates);
  return (c) => select(c, nodesOf(base(c)));
}

function path([, start, steps]) {
  const name = start?.[0] === "call" ? start[1] : null;
  const isTidy = start === null || start === "/" || name === "current" || name === "instance";
  const walk = compileWalk(steps, isTidy, name === "instance");
  if (start === null) return (c) => walk(c, [c.node]);
  if (start === "/") return (c) => walk(c, [c.document]);
  const base = compileExpression(start);
  return (c) => walk(c, nodesOf(base(c)));
}

/**
 * `isTidy`: the nodes so far are in order and none is below another; `isFixed`: they are of a
 * secondary instance, which never changes.
 */
function compileWalk(steps, isTidy, isFixed) {
  const walks = steps.map(([axis, test, predicates]) => {
    const walk = compileStep(axis, test, predicates, isTidy);
    isTidy &&= TIDY.includes(axis) || axis === "parent";
    const find = isFixed && predicates.length ? functionNamed("instance").compileLookup([axis, test, predicates], OWN) : null;
    return find ? (c, nodes) => (nodes.length === 1 ? find(c, nodes[0]) : walk(c, nodes)) : walk;
  });
  if (walks.length === 1) return walks[0];
  return (c, nodes) => walks.reduce((found, walk) => walk(c, found), nodes);
}

function compileStep(axis, test, predicates, isTidy) {
  const step = makeStep(axis, test);
  const select = compilePredicates(predicates);
  const isReversed = REVERSED.includes(axis);
  const keepsOrder = isTidy && TIDY.includes(axis);
  return (c, nodes) => {
    if (nodes.length === 1) {
      const found = select(c, step(nodes[0]));
      return isReversed ? [...found].reverse() : found;
    }
    const found = nodes.flatMap((node) => select(c, step(node)));
    return keepsOrder ? found : inDocumentOrder(found);
  };
}

/** Keeps the nodes for which all predicates hold; positions count anew for each. */
function compilePredicates(predicates) {
  if (!predicates.length) return (c, nodes) => nodes;
  const compiled = predicates.map(compileExpression);
  return (c, nodes) => compiled.reduce((kept, predicate) => nodesWhere(predicate, c, kept), nodes);
}

const OWN = { compileExpression, compilePredicates }; // which a lookup, loaded later, compiles with

const each = (names, compiler) => Object.fromEntries(names.map((name) => [name, compiler]));

const COMPILERS = {
  num: literal,
  str: literal,
  neg: (node) => {
    const [a] = operands(node);
    return (c) => -toNumber(a(c), c.zone);
  },
  or: (node) => {
    const [a, b] = operands(node);
    return (c) => toBoolean(a(c)) || toBoolean(b(c));
  },
  and: (node) => {
    const [a, b] = operands(node);
    return (c) => toBoolean(a(c)) && toBoolean(b(c));
  },
  "=": (node) => {
    const [a, b] = operands(node);
    return (c) => isEqual(a(c), b(c), c.zone);
  },
  "!=": (node) => {
    const [a, b] = operands(node);
    return (c) => isUnequal(a(c), b(c), c.zone);
  },
  ...each(Object.keys(ORDER), order),
  ...each(Object.keys(ARITHMETIC), arithmetic),
  "|": (node) => {
    const [a, b] = operands(node);
    return (c) => unite(a(c), b(c));
  },
  call,
  filter,
  path,
};
