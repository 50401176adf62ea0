/** Live forms as tests drive them: one step after the other, and everything that is to be seen then. */

/** One step: `{set: [place, text]}`, `{add: place}` or `{remove: place}`. */
export function take(form, { set, add, remove }) {
  if (set) return form.set(...set);
  if (add) return form.add(add);
  return remove ? form.remove(remove) : null;
}

/** The places of all leaves, in whatever instances there are. */
export function placesOf(form) {
  const { repeats } = form.definition;
  const visit = ([name, content], above, path) => {
    if (typeof content === "string") return [above];
    const numbers = {};
    return content.flatMap((child) => {
      const below = `${path}/${child[0]}`;
      numbers[below] = (numbers[below] ?? 0) + 1;
      const number = below in repeats ? `[${numbers[below]}]` : "";
      return visit(child, `${above}/${child[0]}${number}`, below);
    });
  };
  const tree = form.tree();
  return visit(tree, `/${tree[0]}`, `/${tree[0]}`);
}
