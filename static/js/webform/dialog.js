/** Asking a person to decide, in a modal dialog that the keyboard can leave. */

import { button, make } from "./dom.js";
import { say } from "./words.js";

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

/** Whether to go although not everything is saved. */
export const mayLeave = () =>
  ask({
    title: say("not_saved_title"),
    text: say("not_saved_text"),
    choices: [
      { label: say("stay"), value: "", style: "primary" },
      { label: say("leave"), value: "leave", style: "danger" },
    ],
  });

/** Whose answers count where two pages saved: "mine", "other", or blank for neither yet. */
export const whoseCount = ({ isEitherKept }) =>
  ask({
    title: say("conflict_title"),
    text: `${say("conflict_text")} ${isEitherKept ? say("conflict_kept") : ""}`,
    choices: [
      { label: say("keep_mine"), value: "mine", style: "primary" },
      { label: say("take_other"), value: "other" },
    ],
  });

/** Whether to remove an instance of a repeat together with its answers. */
export const mayRemove = (number) =>
  ask({
    title: say("remove_title", { number }),
    text: say("remove_text"),
    choices: [
      { label: say("keep_it"), value: "", style: "primary" },
      { label: say("remove"), value: "remove", style: "danger" },
    ],
  });
