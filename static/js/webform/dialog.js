/** Asking a person to decide, in a modal dialog that the keyboard can leave. */

import { button, make } from "./dom.js";

/**
 * @param {{title: string, text: string, choices: {label: string, value: string, style?: string}[]}} question
 * @returns {Promise<string>} the value chosen, blank when the dialog was closed
 */
export function ask({ title, text, choices }) {
  const buttons = choices.map(({ label, value, style = "" }) =>
    button(label, () => dialog.close(value), { class: `button ${style}` }),
  );
  const dialog = /** @type {HTMLDialogElement} */ (make(
    "dialog",
    { class: "ask", "aria-labelledby": "ask-title", "aria-describedby": "ask-text" },
    make("h2", { id: "ask-title" }, title),
    make("p", { id: "ask-text" }, text),
    make("div", { class: "stack" }, ...buttons),
  ));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
}
