/** What one step of an interview changed, for whoever shows it. */

const placed = (elements) => new Set([...elements].map(({ place }) => place));

/** Gathered by elements, as places may still move; told by places as they are in the end. */
export class Change {
  values = new Set();
  relevance = new Set(); // also of what is required or read-only now, or no longer
  problems = new Set();
  choices = new Set();
  outputs = []; // [number, element]
  repeats = []; // [element, name of the repeat in it]
  removed = []; // places, as they were

  inPlaces() {
    return {
      values: placed(this.values),
      relevance: placed(this.relevance),
      problems: placed(this.problems),
      choices: placed(this.choices),
      outputs: new Set(this.outputs.map(([number, { place }]) => `${number}@${place}`)),
      repeats: new Set(this.repeats.map(([{ place }, name]) => `${place}/${name}`)),
      removed: this.removed,
    };
  }
}
