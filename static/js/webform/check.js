/** The last step: what must be corrected, what was left blank, and how far each section is. */

import { icon, make } from "./dom.js";
import { say } from "./words.js";

const MINUTE_MS = 60_000;
const LONGEST_NAME = 120;

const part = (name) => document.querySelector(`#check [data-part=${name}]`);

/** Show the lists as the form is now. */
export function paintCheck(page) {
  const problems = page.form.problems();
  const atFault = new Set(problems.map(({ place }) => place));
  const blank = page.sections.all.flatMap(({ questions }) =>
    questions.filter((one) => one.applies && one.takesAnswer && !one.value && !atFault.has(one.place)),
  );
  fill("faults", problems.map((problem) => fault(page, problem)));
  fill("blank", blank.map((question) => row(question, say("left_blank"), "muted")));
  fill("sections", page.sections.all.filter(({ applies }) => applies).map(sectionRow));
  const answered = page.sections.all.reduce((sum, { tally }) => sum + tally.answered, 0);
  const asked = page.sections.all.reduce((sum, { tally }) => sum + tally.asked, 0);
  const minutes = Math.max(Math.round((Date.now() - page.started) / MINUTE_MS), 1);
  part("progress").textContent = [
    say("answered", { answered, asked }),
    say("minutes", { count: minutes }),
    say("form", { version: page.definition.version }),
  ].join(" · ");
  return { problems };
}

function fill(name, rows) {
  const element = part(name);
  element.hidden = !rows.length;
  const count = element.querySelector("h2 small");
  if (count) count.textContent = String(rows.length);
  element.querySelector("ul").replaceChildren(...rows);
}

function fault(page, { place, kind }) {
  const question = page.questions.get(place);
  if (question) return row(question, question.sentence(kind), "tone-error");
  return make("li", {}, warning("error"), make("p", { class: "grow" }, say("hidden_rule")));
}

/** The label of a question as text; `code` is such as B1. */
function nameOf({ element }) {
  const label = element.querySelector(".q-label") ?? element;
  const code = label.querySelector(".code")?.textContent ?? "";
  const words = label.textContent.trim().replace(/\s+/g, " ").slice(code.length).trim();
  return { code, text: words.length > LONGEST_NAME ? `${words.slice(0, LONGEST_NAME - 1)}…` : words };
}

function row(question, remark, tone) {
  const { code, text } = nameOf(question);
  return make(
    "li",
    {},
    tone === "tone-error" && warning("error"),
    make(
      "a",
      { class: "grow row-link", href: `#q${question.place}`, lang: question.element.lang || null },
      code && make("b", { class: "code" }, code),
      `${code ? " " : ""}${text}`,
      make("span", { class: `small ${tone}` }, remark),
    ),
    icon("forward"),
  );
}

function sectionRow(section) {
  return make(
    "li",
    {},
    section.isComplete && !section.isWrong ? make("span", { class: "tone-ok" }, icon("check")) : warning("warning"),
    make("a", { class: "grow row-link plain", href: `#s${section.number}` }, section.title),
    make("span", { class: "muted nowrap" }, `${section.tally.answered} / ${section.tally.asked}`),
  );
}

const warning = (tone) => make("span", { class: `tone-${tone}` }, icon("warning"));
