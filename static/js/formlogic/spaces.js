/** The four kinds of space that XPath knows; Unicode's others are part of a text. */

/** @param {string} text */
export const stripped = (text) => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");

/** @param {string} text */
export const wordsOf = (text) => text.split(/[ \t\r\n]+/).filter(Boolean);
