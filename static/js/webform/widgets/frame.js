/** How a widget takes the place of a native control: the control stays behind it, hidden. */

import { make } from "../dom.js";

/** What names a question, for controls that have no label of their own. */
export function labelOf({ element, place }) {
  const label = element.querySelector(".q-label");
  if (!label) return "";
  label.id ||= `label-${place}`;
  return label.id;
}

/** What describes a question's controls: its hint and its error. */
export function descriptionOf({ element }) {
  const parts = [...element.querySelectorAll(":scope > .hint[id], :scope > .error[id]")];
  return parts.map(({ id }) => id).join(" ") || null;
}

/**
 * Put a widget where the native control of a question is.
 * @param {Question} question
 * @param {...(Node | false | null | undefined)} children
 */
export function inPlace(question, ...children) {
  const native = nativeOf(question);
  const isGroup = !question.element.matches("fieldset");
  const names = isGroup ? { role: "group", "aria-labelledby": labelOf(question) } : {};
  const box = make("div", { class: "widget", ...names }, ...children);
  if (native) {
    native.hidden = true;
    for (const control of controlsIn(native)) control.disabled = true;
    native.after(box);
  } else {
    question.element.append(box);
  }
  pointLabelAt(question, box);
  return box;
}

function nativeOf({ element }) {
  const own = element.querySelector(":scope > .control, :scope > .options");
  return own ?? element.querySelector(":scope > input, :scope > select, :scope > textarea");
}

const controlsIn = (native) =>
  native.matches("input, select, textarea") ? [native] : native.querySelectorAll("input, select, textarea");

/** A <label> that named the hidden control names the widget's field now, where it has a single one. */
function pointLabelAt({ element, place }, box) {
  const label = element.querySelector("label.q-label");
  const fields = box.querySelectorAll("input, select, textarea");
  if (!label || element.querySelector("input[type=file]")) return;
  if (fields.length !== 1 || fields[0].closest("details")) return label.removeAttribute("for");
  fields[0].id ||= `widget-${place}`;
  label.htmlFor = fields[0].id;
}
