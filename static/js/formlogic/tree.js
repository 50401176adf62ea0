/** The instance tree that expressions walk: elements with a name, a text and children. */

/**
 * A node of an interview. `name` is local, `text` is blank where nothing was answered.
 *
 * Other kinds of node are elements with a marked name, so that one class serves every axis:
 * `@id` is an attribute, `#text`, `#comment` and `#document` are what they say. Forms have answers
 * in leaves and no mixed content, hence a leaf's text is kept in the leaf itself. An instance of a
 * repeat that does not apply is `absent`: it keeps its place, and no step of a path leads to it.
 */
export class Element {
  constructor(name, text = "") {
    this.name = name;
    this.text = text;
    /** @type {Element[]} */
    this.children = [];
    /** @type {Element | null} */
    this.parent = null;
    /** @type {Record<string, string>} */
    this.attributes = {};
    this.absent = false;
  }

  append(child) {
    child.parent = this;
    this.children.push(child);
    return child;
  }

  child(name) {
    return this.children.find((child) => child.name === name) ?? null;
  }

  /** This element and all below it, in document order. */
  *iter() {
    yield this;
    for (const child of this.children) yield* child.iter();
  }

  /** The absolute path, such as `/data/member[2]/age`; [n] only where there are several. */
  path() {
    if (!this.parent) return `/${this.name}`;
    const twins = this.parent.children.filter((child) => child.name === this.name);
    const place = twins.length > 1 ? `[${twins.indexOf(this) + 1}]` : "";
    return `${this.parent.path()}/${this.name}${place}`;
  }
}

/** The invisible parent of a root, from which absolute paths begin; the root is unchanged. */
export function documentOf(root) {
  if (root.name === "#document") return root;
  const document = new Element("#document");
  document.children = [root];
  return document;
}

export function attributeOf(element, name) {
  const attribute = new Element(`@${name}`, element.attributes[name]);
  attribute.parent = element;
  return attribute;
}

/** Where nodes stand. Trees come as they are met; children are counted once for each parent. */
class Order {
  trees = new Map();
  places = new Map();

  /** The tree, then the places from the top down; attributes come before the children. */
  key(node) {
    const key = [];
    for (; node.parent; node = node.parent) {
      if (node.name[0] === "@") {
        key.push(Object.keys(node.parent.attributes).indexOf(node.name.slice(1)), -1);
      } else {
        key.push(this.place(node, node.parent));
      }
    }
    if (node.name === "#document") [node] = node.children; // its root does not know of it
    else key.push(0);
    if (!this.trees.has(node)) this.trees.set(node, this.trees.size);
    return [...key, this.trees.get(node)].reverse();
  }

  /** The text of a leaf is no child of its own. */
  place(node, parent) {
    if (!this.places.has(parent)) {
      this.places.set(parent, new Map(parent.children.map((child, at) => [child, at])));
    }
    return this.places.get(parent).get(node) ?? 0;
  }
}

function compareKeys(a, b) {
  const at = a.findIndex((place, index) => place !== b[index]);
  return at < 0 ? a.length - b.length : at < b.length ? a[at] - b[at] : 1;
}

/** The nodes without duplicates, in the order of their document; of several, one by one. */
export function inDocumentOrder(nodes) {
  if (nodes.length < 2) return nodes;
  const order = new Order();
  return nodes
    .map((node) => [order.key(node), node])
    .sort(([a], [b]) => compareKeys(a, b))
    .filter(([key], at, all) => !at || compareKeys(all[at - 1][0], key))
    .map(([, node]) => node);
}
