/** How a function is evaluated: given the context first and then its values. */

import { textOf, toNumber, toText } from "../values.js";

/** A function of texts; where it may do without any, it is given the context's own. */
export const ofTexts =
  (compute) =>
  (c, ...values) =>
    values.length ? compute(...values.map(toText)) : compute(textOf(c.node));

export const ofNumbers =
  (compute) =>
  (c, ...values) =>
    compute(...values.map((value) => toNumber(value, c.zone)));
