/**
 * A dot with its interval, drawn for data `[place, value, low, high]`.
 *
 * @param {import("./theme.js").Theme} theme
 * @param {{vertical?: boolean, colour?: string, cap?: number, shift?: number, isSquare?: boolean}} options `shift` down,
 *   in pixels
 */
export function whisker(theme, { vertical = false, colour = theme.primary, cap = 5, shift = 0, isSquare = false } = {}) {
  return (/** @type {unknown} */ _params, /** @type {any} */ api) => {
    const at = (/** @type {number} */ value) =>
      api.coord(vertical ? [api.value(0), value] : [value, api.value(0)]);
    const dot = at(api.value(1));
    const children = [];
    if (!Number.isNaN(api.value(2))) {
      const [x1, y1] = at(api.value(2));
      const [x2, y2] = at(api.value(3));
      const [dx, dy] = vertical ? [cap, 0] : [0, cap];
      const ends = [
        [x1, y1, x2, y2],
        [x1 - dx, y1 - dy, x1 + dx, y1 + dy],
        [x2 - dx, y2 - dy, x2 + dx, y2 + dy],
      ];
      for (const [ax, ay, bx, by] of ends) {
        children.push({
          type: "line",
          shape: { x1: ax, y1: ay, x2: bx, y2: by },
          style: { stroke: theme.ink, lineWidth: 2 },
        });
      }
    }
    const shape = isSquare
      ? { type: "rect", shape: { x: dot[0] - 4, y: dot[1] - 4, width: 8, height: 8 } }
      : { type: "circle", shape: { cx: dot[0], cy: dot[1], r: 4 } };
    children.push({ ...shape, style: { fill: colour, stroke: theme.paper, lineWidth: 1.5 } });
    return { type: "group", y: shift, children };
  };
}
