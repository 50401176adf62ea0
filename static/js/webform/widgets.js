/** What native controls cannot do, loaded when a form has such a question. */

const WIDGETS = {
  range: () => import("./widgets/range.js"),
  rank: () => import("./widgets/rank.js"),
  search: () => import("./widgets/search.js"),
  image: () => import("./widgets/image.js"),
  canvas: () => import("./widgets/canvas.js"),
  upload: () => import("./widgets/upload.js"),
  geopoint: () => import("./widgets/geopoint.js"),
  shape: () => import("./widgets/shape.js"),
  barcode: () => import("./widgets/barcode.js"),
};
const BY_KIND = {
  range: "range",
  rank: "rank",
  image: "image",
  audio: "upload",
  video: "upload",
  file: "upload",
  geopoint: "geopoint",
  geotrace: "shape",
  geoshape: "shape",
  barcode: "barcode",
};
const DRAWN = ["signature", "draw", "annotate"];

/** The widget of a question, or undefined where its native control does. */
export function widgetOf({ kind, appearances, element, isLong }) {
  if (kind === "image" && DRAWN.some((name) => appearances.has(name))) return "canvas";
  if (isLong || element.querySelector("[data-search]")) return "search";
  if (kind === "range" && !element.querySelector("input[type=text]")) return undefined; // stars, or a list
  return BY_KIND[kind];
}

/** Put a question's widget in place of its control; its value is shown once it is there. */
export async function mount(question) {
  const name = widgetOf(question);
  if (!name || question.mounted === name) return;
  question.mounted = name;
  const module = await WIDGETS[name]().catch(() => null);
  if (!module) question.mounted = ""; // it does not come now: another time
  if (!module || !question.element.isConnected) return; // its instance was taken out meanwhile
  question.control = new module.default(question);
  question.paintValue();
}
