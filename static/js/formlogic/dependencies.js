/** What an expression reads, and the order in which a form's expressions can be evaluated. */

const ANY = "*"; // one element of any name
const BELOW = "**"; // any depth

/**
 * The absolute paths that an expression reads, without predicates; `*` and `**` stand open. What
 * `markOf(function, at)` gives is put behind a path that is that argument of a function.
 */
export function references(node, contextPath, markOf = () => "") {
  const found = new Set();
  read(node, contextPath, "");
  return found;

  /** `at` is where relative paths begin: null within another instance, of which nothing is said. */
  function read(part, at, mark) {
    const [kind, inner, others] = part;
    if (kind === "path") {
      const end = readPath(part, at);
      if (end !== null) found.add(end + mark);
    } else if (kind === "call") {
      if (inner === "current") found.add(contextPath);
      others.forEach((argument, place) => read(argument, at, markOf(inner, place)));
    } else if (kind === "filter") {
      read(inner, at, mark);
      const end = endOf(inner, at, contextPath);
      for (const predicate of others) read(predicate, end, "");
    } else if (kind !== "num" && kind !== "str") {
      for (let operand = 1; operand < part.length; operand++) read(part[operand], at, "");
    }
  }

  function readPath([, start, steps], at) {
    let path = startOf(start, at, contextPath);
    if (Array.isArray(start) && start[0] !== "call") read(start, at, "");
    for (const [axis, test, predicates] of steps) {
      path = path === null ? null : follow(path, axis, test);
      for (const predicate of predicates) read(predicate, path, "");
    }
    return path;
  }
}

/** The names of all functions that an expression calls. */
export function functionsOf(node) {
  const inner = node.filter(Array.isArray).flatMap((part) => [...functionsOf(part)]);
  return new Set(node[0] === "call" ? [node[1], ...inner] : inner);
}

const startOf = (start, at, current) => (start === null ? at : start === "/" ? "" : endOf(start, at, current));

/** Where a path goes on from what another expression found; null where that is not known. */
function endOf([kind, inner, steps], at, current) {
  if (kind === "call") return inner === "current" ? current : null;
  if (kind === "filter") return endOf(inner, at, current);
  if (kind !== "path") return null;
  const end = (path, [axis, test]) => (path === null ? null : follow(path, axis, test));
  return steps.reduce(end, startOf(inner, at, current));
}

function follow(path, axis, test) {
  const isOpen = test === "*" || test.endsWith(":*") || test.endsWith("()");
  const name = isOpen ? ANY : test.slice(test.lastIndexOf(":") + 1);
  // `//` also finds where it began, hence what is above may be anywhere.
  const parent = path.endsWith(BELOW) ? `/${BELOW}` : path.slice(0, Math.max(path.lastIndexOf("/"), 0));
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
