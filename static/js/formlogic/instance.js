/** Instance XML out, byte for byte as the server writes it. */

const OPENROSA = "http://openrosa.org/xforms";
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;" };

const escaped = (text, special) => text.replace(special, (character) => ENTITIES[character]);

/** The XML of a tree `[name, text]` or `[name, [child, ...]]` with the attributes of its root. */
export function writeInstance([name, content], attributes) {
  const pairs = Object.entries({ "xmlns:orx": OPENROSA, ...attributes });
  const head = pairs.map(([key, value]) => ` ${key}="${escaped(value, /[&<>"\t\n\r]/g)}"`).join("");
  const children = Array.isArray(content) ? content : [];
  const inside = children.map((child) => written(child, child[0] === "meta" ? "orx:" : "")).join("");
  return `<?xml version='1.0' encoding='UTF-8'?>\n${element(name, head, inside)}`;
}

function written([name, content], prefix) {
  const inside = Array.isArray(content)
    ? content.map((child) => written(child, prefix)).join("")
    : escaped(content, /[&<>\r]/g);
  return element(prefix + name, "", inside);
}

const element = (name, head, inside) => `<${name}${head}${inside ? `>${inside}</${name}>` : "/>"}`;
