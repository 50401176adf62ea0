/** Values of expressions and how one kind becomes another (XPath 1.0, section 4, with dates). */

import { Moment, momentFromText } from "./moments.js";
import { stripped } from "./spaces.js";

/** @typedef {string | number | boolean | Moment | Element[]} Value */

const SILENT = ["#comment", "#processing-instruction"]; // no part of the text of what is around them
export const DECIMAL = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i;
const NUMBER = /^[ \t\r\n]*(-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)[ \t\r\n]*$/i;
const EXPONENT = /^(-?)(\d)(?:\.(\d+))?e([-+]\d+)$/;

/** XPath's string value. */
export function textOf(node) {
  if (!node.children.length) return node.text;
  const heard = node.children.filter((child) => !SILENT.includes(child.name));
  return node.text + heard.map(textOf).join("");
}

/** @param {Value} value */
export function toText(value) {
  if (Array.isArray(value)) return value.length ? textOf(value[0]) : "";
  if (value instanceof Moment) return value.text;
  return typeof value === "number" ? textFromNumber(value) : String(value);
}

/** A number; of a date the days since 1970-01-01 on the interview's calendar. */
export function toNumber(value, zone) {
  if (Array.isArray(value)) return value.length ? numberFromText(textOf(value[0]), zone) : NaN;
  if (typeof value === "string") return numberFromText(value, zone);
  return value instanceof Moment ? value.days : +value;
}

/** As XPath, but a blank answer is false, as in ODK Collect. */
export function toBoolean(value) {
  if (Array.isArray(value)) return value.length > 0 && (value[0].children.length > 0 || value[0].text !== "");
  return !!value;
}

/** The date that a text or a date says; numbers are none. */
export function toMoment(value, zone) {
  if (value instanceof Moment) return value;
  const isText = typeof value === "string" || Array.isArray(value);
  return isText ? momentFromText(stripped(toText(value)), zone) : null;
}

/** The nodes of a value that must be a set of them; none of any other. */
export const nodesOf = (value) => (Array.isArray(value) ? value : []);

/** The texts of all values, each node of a set by itself. */
export const textsOf = (values) =>
  values.flatMap((value) => (Array.isArray(value) ? value.map(textOf) : [toText(value)]));

/** A decimal, a decimal with an exponent, or a date as days; NaN for anything else. */
export function numberFromText(text, zone) {
  const match = NUMBER.exec(text);
  if (match) return +match[1];
  return (text.includes("-") ? momentFromText(stripped(text), zone)?.days : null) ?? NaN;
}

/** The shortest decimal that reads back as the same number, never with an exponent. */
export function textFromNumber(number) {
  const text = String(number);
  const match = EXPONENT.exec(text);
  if (!match) return text;
  const [, sign, whole, fraction = "", exponent] = match;
  const digits = whole + fraction;
  return exponent < 0
    ? `${sign}0.${"0".repeat(-exponent - 1)}${digits}`
    : sign + digits.padEnd(+exponent + 1, "0");
}
