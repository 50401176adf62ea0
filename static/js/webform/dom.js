/** Elements made by hand: what comes from data goes in as text, never as markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] those that are false or missing are left out
 * @param {...(Node | string | null | undefined | false)} children
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value != null) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter(Boolean));
  return element;
}

/** A button that never submits. */
export function button(label, onPress, attributes = {}) {
  const made = make("button", { type: "button", class: "button", ...attributes }, ...[label].flat());
  made.addEventListener("click", onPress);
  return made;
}

/** An icon of the sprite from which the page's own icons come. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  const sprite = document.querySelector(".icon use")?.getAttribute("href")?.split("#")[0] ?? "";
  use.setAttribute("href", `${sprite}#${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** What the page carries as JSON in `<script type="application/json" id=…>`. */
export function carried(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}");
}
