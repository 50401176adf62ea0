/** What each kind of rule decides about an element. */

import { isOfType, written } from "./answers.js";
import { isOffered, stillOffered } from "./choices.js";
import { LiveElement } from "./elements.js";
import { toBoolean, toNumber, toText } from "./values.js";

const MAX_COUNT = 1000; // instances of a repeat by its count, as on the server

const holds = (interview, element, rule) => toBoolean(interview.evaluate(rule, element));

export const DECIDE = {
  /** How many instances of a repeat there are in an element; more are kept, but do not apply. */
  count(interview, element, rule) {
    const { repeat, asked } = rule;
    const value = interview.evaluate(rule, instanceIn(element, repeat));
    const number = toNumber(value, interview.environment.zone);
    const count = Number.isFinite(number) ? Math.min(Math.trunc(number), MAX_COUNT) : 0;
    element.of(repeat).forEach((instance, at) => interview.setSpare(instance, at >= count));
    asked.set(element, count);
  },

  relevant(interview, element, rule) {
    if (element.parent?.isHidden || element.isSpare) return;
    const applies = holds(interview, element, rule);
    if (applies === element.applies) return;
    element.applies = applies;
    if (applies) interview.show(element);
    else interview.hide(element);
  },

  calculate(interview, element, rule) {
    const value = interview.evaluate(rule, element);
    interview.write(element, written(value, rule.field.type, interview.environment.zone));
  },

  choices(interview, element, { field }) {
    if (element.offered) interview.change.choices.add(element);
    element.offered = null;
    if (field.rule.chosen) interview.mark(field.rule.chosen, element);
  },

  /** Answers that are no longer offered are blanked. */
  chosen(interview, element, { field }) {
    const choices = element.text && interview.choices(element);
    if (choices) interview.write(element, stillOffered(element.text, field.kind, choices));
  },

  required(interview, element, rule) {
    const isRequired = holds(interview, element, rule);
    if (isRequired === element.isRequired) return;
    element.isRequired = isRequired;
    interview.change.relevance.add(element);
    interview.mark(rule.field.rule.problem, element);
  },

  readonly(interview, element, rule) {
    const isReadonly = holds(interview, element, rule);
    if (isReadonly === element.isReadonly) return;
    element.isReadonly = isReadonly;
    for (const one of element.iter()) interview.change.relevance.add(one);
  },

  problem(interview, element, rule) {
    if (!element.children.length) interview.judge(element, problemOf(interview, element, rule));
  },

  /** Whether a repeat applies, also where there is no instance of it. */
  open(interview, element, rule) {
    const { repeat, open } = rule;
    const isOpen = holds(interview, instanceIn(element, repeat), rule);
    if (isOpen !== open.get(element)) interview.change.repeats.push([element, repeat.name]);
    open.set(element, isOpen);
  },

  output(interview, element, rule) {
    const { number } = rule;
    const known = element.outputs?.get(number);
    if (known === undefined) return;
    const text = toText(interview.evaluate(rule, element));
    if (text !== known) interview.change.outputs.push([number, element]);
    element.outputs.set(number, text);
  },
};

/** A blank instance of a repeat, as which a rule may be asked where there is none. */
function instanceIn(element, repeat) {
  const instance = new LiveElement(repeat);
  instance.parent = element;
  return instance;
}

/** The first rule that an answer breaks. */
function problemOf(interview, element, rule) {
  const { text, field, isRequired } = element;
  if (!text) return isRequired ? "required" : null;
  if (!isOfType(text, field.type)) return "type";
  if (field.isSelect && !isOffered(text, field.kind, interview.choices(element))) return "choice";
  if (field.kind === "range" && !isInRange(+text, field.parameters)) return "constraint";
  return rule.node && !holds(interview, element, rule) ? "constraint" : null;
}

/** Whether a number is between start and end, whole steps from the start. */
function isInRange(number, { start = 0, end = 10, step = 1 }) {
  if (number < Math.min(start, end) || number > Math.max(start, end)) return false;
  const steps = (number - start) / step;
  return !(Math.abs(steps - Math.round(steps)) > 1e-9);
}
