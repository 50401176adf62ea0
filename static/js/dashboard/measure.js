/** How much room text takes, so that no row of a chart runs into the next. */

const WORD_BREAKS = 1.15; // lines are not filled to their end
const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));

/**
 * The lines that the longest of the texts takes at a width.
 * @param {string[]} texts
 * @param {number} width
 * @param {string} font family
 */
export function linesOf(texts, width, font) {
  pen.font = `600 12.5px ${font}`;
  const lines = texts.map((text) => {
    const length = pen.measureText(text).width;
    return Math.ceil((length > width && text.includes(" ") ? length * WORD_BREAKS : length) / width);
  });
  return Math.max(1, ...lines);
}
