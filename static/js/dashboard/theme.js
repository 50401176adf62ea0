/**
 * Colours and type of the charts, read from the style sheet.
 *
 * @typedef {{ink: string, ink2: string, ink3: string, line: string, edge: string, paper: string, primary: string, bar: string,
 *   beside: string, warn: string, focus: string, font: string}} Theme
 */

/**
 * @param {Element} element
 * @returns {Theme}
 */
export function themeOf(element) {
  const style = getComputedStyle(element);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    ink: colour("--ink"),
    ink2: colour("--ink-2"),
    ink3: colour("--ink-3"),
    line: colour("--line"),
    edge: colour("--edge"),
    paper: colour("--paper"),
    primary: colour("--pri"),
    bar: colour("--bar"),
    beside: colour("--bar-beside"),
    warn: colour("--warn"),
    focus: colour("--focus"),
    font: style.fontFamily, // the computed family: with "inherit" ECharts measures text wrongly
  };
}

/**
 * What every chart begins with.
 * @param {Theme} theme
 */
export function base(theme) {
  return {
    animation: false,
    textStyle: { fontFamily: theme.font, color: theme.ink2, fontSize: 12 },
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: theme.paper,
      borderColor: theme.edge,
      textStyle: { color: theme.ink, fontFamily: theme.font, fontSize: 12.5 },
    },
  };
}

/**
 * What a pointer reads on a figure.
 * @param {string} title
 * @param {import("./page.js").Figure} figure
 */
export function describe(title, figure) {
  if (figure.value === null) return `${title}\n${figure.text}: ${figure.reason}`;
  return [title, figure.interval ? `${figure.text} (${figure.interval})` : figure.text, figure.people]
    .concat(figure.remark || [])
    .join("\n");
}
