/** Functions of texts and of yes and no. Characters are those of Unicode, not halves of them. */

import { stripped, wordsOf } from "../spaces.js";
import { textOf, textsOf, toBoolean, toNumber, toText } from "../values.js";
import { roundHalfUp, whole } from "./numbers.js";
import { ofTexts } from "./signature.js";

const before = (text, mark) => (mark && text.includes(mark) ? text.slice(0, text.indexOf(mark)) : "");

function after(text, mark) {
  if (!mark) return text;
  const at = text.indexOf(mark);
  return at < 0 ? "" : text.slice(at + mark.length);
}

/** Characters from `start` up to before `end`, counted from 0; negative ones from the end. */
function substr(c, text, start, end = Infinity) {
  const characters = [...toText(text)];
  const [first, last] = [start, end].map((place) => placeIn(characters.length, toNumber(place, c.zone)));
  return characters.slice(first, last).join("");
}

function placeIn(length, place) {
  if (Number.isNaN(place)) return 0;
  return Math.trunc(Math.min(Math.max(place < 0 ? place + length : place, 0), length));
}

/** XPath's substring: characters are counted from 1 and numbers are rounded. */
function substring(c, text, start, length) {
  const first = roundHalfUp(toNumber(start, c.zone));
  const last = length === undefined ? Infinity : first + roundHalfUp(toNumber(length, c.zone));
  return [...toText(text)].filter((_, at) => first <= at + 1 && at + 1 < last).join("");
}

function translate(text, old, replacement) {
  const [from, to] = [[...old], [...replacement]];
  return [...text]
    .map((character) => (from.includes(character) ? (to[from.indexOf(character)] ?? "") : character))
    .join("");
}

/** Whether a multiple choice has this one; of a blank answer, whether none is asked for. */
function selected(text, choice) {
  const wanted = stripped(choice);
  return wanted ? wordsOf(text).includes(wanted) : !wordsOf(text).length;
}

const isBlank = (value) => (typeof value === "number" ? value !== value : toText(value) === "");

/** Whether between `least` and `most` of the answers are yes; negative limits are none. */
const checklist = (c, least, most, ...values) =>
  isBetween(c, least, most, each(values).filter(toBoolean).length);

/** As `checklist`, with a weight after each answer, or all answers and then all weights. */
function weightedChecklist(c, least, most, ...values) {
  const answers = each(values.filter((_, at) => at % 2 === 0));
  const weights = each(values.filter((_, at) => at % 2));
  const total = answers
    .slice(0, weights.length)
    .reduce((sum, answer, at) => (toBoolean(answer) ? sum + toNumber(weights[at], c.zone) : sum), 0);
  return isBetween(c, least, most, total);
}

const each = (values) =>
  values.flatMap((value) => (Array.isArray(value) ? value.map((node) => [node]) : [value]));

function isBetween(c, least, most, count) {
  const [low, high] = [toNumber(least, c.zone), toNumber(most, c.zone)];
  return (low < 0 || count >= low) && (high < 0 || count <= high);
}

export const FUNCTIONS = {
  boolean: (c, value) => toBoolean(value),
  "boolean-from-string": ofTexts((text) => text === "1" || text === "true"),
  checklist,
  coalesce: (c, ...values) => values.find((value) => !isBlank(value)) ?? "",
  concat: (c, ...values) => textsOf(values).join(""),
  contains: ofTexts((text, part) => text.includes(part)),
  "count-selected": ofTexts((text) => wordsOf(text).length),
  "ends-with": ofTexts((text, end) => text.endsWith(end)),
  false: () => false,
  join: (c, separator, ...values) => textsOf(values).join(toText(separator)),
  "normalize-space": ofTexts((text) => wordsOf(text).join(" ")),
  not: (c, value) => !toBoolean(value),
  once: (c, value) => textOf(c.node) || (isBlank(value) ? "" : toText(value)),
  selected: ofTexts(selected),
  "selected-at": (c, text, place) => wordsOf(toText(text))[whole(toNumber(place, c.zone))] ?? "",
  "starts-with": ofTexts((text, start) => text.startsWith(start)),
  string: (c, value = [c.node]) => toText(value),
  "string-length": ofTexts((text) => [...text].length),
  substr,
  substring,
  "substring-after": ofTexts(after),
  "substring-before": ofTexts(before),
  translate: ofTexts(translate),
  true: () => true,
  "weighted-checklist": weightedChecklist,
};
