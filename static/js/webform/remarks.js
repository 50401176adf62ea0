/** What reviewers asked of a returned interview, beside the questions that it is about. */

import { make } from "./dom.js";

/**
 * @param {import("./page.js").Page} page
 * @param {{remarks: {place: string, text: string, by: string, is_reply: boolean}[]}} instance in the order in which they were made
 */
export function show(page, { remarks }) {
  for (const remark of remarks) {
    if (remark.place) page.sections.at(remark.place)?.bind();
    const question = page.questions.get(remark.place);
    const places = question?.applies ? [question.element] : page.root.querySelectorAll(".section[data-path]");
    for (const place of places) {
      const last = [...place.querySelectorAll(":scope > :is(.q-label, .section-head, .remark)")].at(-1);
      last?.after(shown(remark));
    }
  }
}

function shown({ text, by, is_reply }) {
  const lines = text.split("\n").flatMap((line, at) => (at ? [make("br"), line] : [line]));
  const said = make("blockquote", { class: `remark${is_reply ? " reply" : ""}`, lang: "" }, ...lines);
  if (by) said.append(make("footer", { class: "small muted" }, by));
  return said;
}
