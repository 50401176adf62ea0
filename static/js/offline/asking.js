/** What the page "On this phone" asks before it throws something away, or shuts somebody out. */

import { ask } from "../webform/dialog.js";
import { say } from "../webform/words.js";
import { timeOf } from "./moments.js";

/** Whether to throw a draft with so many pictures and other files away. */
export const mayDiscard = ({ site, savedAt }, count) =>
  ask({
    title: say("discard_title"),
    text: `${say("discard_text", { site, time: timeOf(savedAt) })} ${count ? say("discard_files", { count }) : ""}`,
    choices: [
      { label: say("keep_it"), value: "", style: "primary" },
      { label: say("discard"), value: "discard", style: "danger" },
    ],
  });

/** Whether to sign out although nobody can sign in again before there is a network. */
export const mayLock = () =>
  ask({
    title: say("lock_title"),
    text: say("lock_text"),
    choices: [
      { label: say("stay_signed_in"), value: "", style: "primary" },
      { label: say("sign_out"), value: "lock", style: "danger" },
    ],
  });
