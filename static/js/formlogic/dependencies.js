/** What an expression reads, and the order in which a form's expressions can be evaluated. */

const ANY = "*"; // one element of any name
const BELOW = "**"; // any depth

/** The absolute paths that an expression reads, without predicates; `*` and `**` stand open. */
export const references = (node, contextPath) => new Set(referencesIn(node, contextPath, contextPath));

/** The same but for what is only asked for its place, as in `position(..)`. */
export const decisiveReferences = (node, contextPath) => references(withoutPlaces(node), contextPath);

function withoutPlaces(node) {
  if (node[0] === "call" && node[1] === "position") return ["num", 1];
  return node.map((part) => (Array.isArray(part) ? withoutPlaces(part) : part));
}

/** The names of all functions that an expression calls. */
export function functionsOf(node) {
  const inner = node.filter(Array.isArray).flatMap((part) => [...functionsOf(part)]);
  return new Set(node[0] === "call" ? [node[1], ...inner] : inner);
}

/** `at` is where relative paths begin: null within another instance, of which nothing is said. */
function* referencesIn(node, at, current) {
  const [kind, inner, predicates] = node;
  if (kind === "path") {
    yield* pathReferences(node, at, current);
  } else if (kind === "call") {
    if (inner === "current") yield current;
    for (const argument of predicates) yield* referencesIn(argument, at, current);
  } else if (kind === "filter") {
    yield* referencesIn(inner, at, current);
    const end = endOf(inner, at, current);
    for (const predicate of predicates) yield* referencesIn(predicate, end, current);
  } else if (kind !== "num" && kind !== "str") {
    for (const operand of node.slice(1)) yield* referencesIn(operand, at, current);
  }
}

function* pathReferences([, start, steps], at, current) {
  let path = start === null ? at : start === "/" ? "" : endOf(start, at, current);
  if (Array.isArray(start) && start[0] !== "call") yield* referencesIn(start, at, current);
  for (const [axis, test, predicates] of steps) {
    path = path === null ? null : follow(path, axis, test);
    for (const predicate of predicates) yield* referencesIn(predicate, path, current);
  }
  if (path !== null) yield path;
}

/** Where a path goes on from what another expression found; null where that is not known. */
function endOf(node, at, current) {
  const [kind, inner, steps] = node;
  if (kind === "call") return inner === "current" ? current : null;
  if (kind === "filter") return endOf(inner, at, current);
  if (kind !== "path") return null;
  const bare = steps.map(([axis, test]) => [axis, test, []]);
  return [...pathReferences([kind, inner, bare], at, current)].at(-1) ?? null;
}

function follow(path, axis, test) {
  const isOpen = test === "*" || test.endsWith(":*") || test.endsWith("()");
  const name = isOpen ? ANY : test.slice(test.lastIndexOf(":") + 1);
  const parent = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
  if (axis === "self" || axis === "attribute" || test === "text()") return path;
  if (axis === "parent") return parent;
  if (axis === "child") return `${path}/${name}`;
  if (axis.startsWith("descendant")) return name === ANY ? `${path}/${BELOW}` : `${path}/${BELOW}/${name}`;
  return axis.endsWith("sibling") ? `${parent}/${name}` : `/${BELOW}/${name}`;
}

/** The paths that an open reference may mean. */
export function matching(reference, paths) {
  if (!reference.includes(ANY)) return [reference];
  const wanted = reference.split("/");
  return [...paths].filter((path) => isMatch(wanted, path.split("/")));
}

function isMatch([first, ...others], names) {
  if (first === undefined) return !names.length;
  if (first === BELOW) return [...names, ""].some((_, at) => isMatch(others, names.slice(at)));
  return names.length > 0 && (first === ANY || first === names[0]) && isMatch(others, names.slice(1));
}

/**
 * Paths so that each comes after what it reads. Throws where they go in a circle.
 *
 * @param {Record<string, Iterable<string>>} reads
 */
export function order(reads) {
  const done = new Set();
  const open = new Set();
  const visit = (path) => {
    if (done.has(path)) return;
    if (open.has(path)) throw new Error(`circle: ${[...open, path].join(" → ")}`);
    open.add(path);
    for (const read of reads[path] ?? []) visit(read);
    open.delete(path);
    done.add(path);
  };
  Object.keys(reads).forEach(visit);
  return [...done];
}
