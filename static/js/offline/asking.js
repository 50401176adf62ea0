/** What the page "On this phone" asks before it throws something away. */

import { ask } from "../webform/dialog.js";
import { say } from "../webform/words.js";

/** Whether to throw a draft away. */
export const mayDiscard = () =>
  ask({
    title: say("discard_title"),
    text: say("discard_text"),
    choices: [
      { label: say("keep_it"), value: "", style: "primary" },
      { label: say("discard"), value: "discard", style: "danger" },
    ],
  });
