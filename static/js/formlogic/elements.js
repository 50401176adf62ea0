/** The tree of an interview as it is being filled in, and the places in it. */

import { Element } from "./tree.js";

/** What is at one place. `text` is what expressions read: blank where it does not apply. */
export class LiveElement extends Element {
  constructor(field, own = "") {
    super(field.name);
    this.field = field;
    this.own = own; // the text as it was entered or computed
    this.attributes = field.attributes;
    this.absent = field.isRepeat;
    this.isHidden = true; // until it is decided that it applies
    this.isSpare = false; // an instance beyond the count of its repeat
    this.isRequired = false;
    this.isReadonly = false;
    this.problem = null;
    this.offered = null; // the choices, once somebody asked for them
    this.outputs = null; // texts by their numbers, once somebody asked for them
  }

  /** Puts a child where the form has it: behind its twins, before what comes later. */
  insert(child) {
    const at = this.children.findIndex(({ field }) => field.index > child.field.index);
    child.parent = this;
    this.children.splice(at < 0 ? this.children.length : at, 0, child);
    return child;
  }

  /** The children of one field. */
  of(field) {
    return this.children.filter((child) => child.field === field);
  }

  /** As pages write paths: with a number for each repeat, also where there is one instance. */
  get place() {
    const number = this.field.isRepeat ? `[${this.parent.of(this.field).indexOf(this) + 1}]` : "";
    return `${this.parent?.place ?? ""}/${this.name}${number}`;
  }

  /** The element of a field that this one is in, or is. */
  within(field) {
    return this.field === field ? this : this.parent.within(field);
  }
}

/** A tree of LiveElements, complete but for instances of repeats. */
export function elementsOf([, content], path, graph) {
  const field = graph.field(path);
  if (!Array.isArray(content) && !field.children.length) return new LiveElement(field, content);
  const element = new LiveElement(field);
  for (const child of content || []) element.append(elementsOf(child, `${path}/${child[0]}`, graph));
  for (const child of field.children) {
    if (!child.isRepeat && !element.child(child.name)) element.insert(elementsOf([child.name, ""], child.path, graph));
  }
  return element;
}

/** The tree as `[name, text]` or `[name, [child, ...]]`. */
export const treeOf = ({ name, own, children }) => [name, children.length ? children.map(treeOf) : own];

/** All problems in the order of the form. */
export function problemsOf(root) {
  const broken = [...root.iter()].filter(({ problem }) => problem);
  return broken.map(({ place, problem }) => ({ place, kind: problem }));
}

/** All elements of a field at or below one above it. */
export function elementsAt(field, anchor) {
  if (field === anchor.field) return [anchor];
  return elementsAt(field.parent, anchor).flatMap((element) => element.of(field));
}

/** The element at a place such as `/data/member[2]/age`; without a number, the first one. */
export function elementAt(root, place) {
  const [, , ...steps] = place.split("/");
  return steps.reduce((element, step) => {
    const [name, number = "1"] = step.split("[");
    return element?.children.filter((child) => child.name === name)[parseInt(number) - 1];
  }, root);
}
