/** Choices found by words in them while somebody types, of tens of thousands in a few milliseconds. */

const LABEL = "\u0001"; // before each label; neither can be in a text of a form
const NAME = "\u0002"; // before each name

/** Letters without case, and wide ones as narrow ones. */
const folded = (text) => text.normalize("NFKC").toLowerCase();

/** All choices as one text, so that the search itself is the browser's own. */
class Searchable {
  constructor(choices) {
    this.choices = choices;
    this.text = folded(choices.map(({ name, label }) => LABEL + label + NAME + name).join(""));
    this.starts = [];
    for (let at = this.text.indexOf(LABEL); at >= 0; at = this.text.indexOf(LABEL, at + 1)) this.starts.push(at);
  }

  find(words, limit) {
    const phrase = folded(words).trim();
    if (!phrase) return this.choices.slice(0, limit);
    const all = phrase.split(/\s+/);
    const longest = all.reduce((a, b) => (b.length > a.length ? b : a));
    const found = new Set();
    for (const needle of [LABEL + phrase, NAME + phrase, longest]) {
      for (const row of this.#rows(needle)) {
        if (found.size >= limit) break;
        const line = this.text.slice(this.starts[row], this.starts[row + 1]);
        if (all.every((word) => line.includes(word))) found.add(row);
      }
    }
    return [...found].map((row) => this.choices[row]);
  }

  /** The rows in which a text is, in their order. */
  *#rows(needle) {
    for (let at = this.text.indexOf(needle); at >= 0; ) {
      const row = this.#rowAt(at);
      yield row;
      at = row + 1 < this.starts.length ? this.text.indexOf(needle, this.starts[row + 1]) : -1;
    }
  }

  #rowAt(place) {
    let [low, high] = [0, this.starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= place) low = middle;
      else high = middle;
    }
    return low;
  }
}

const known = new WeakMap();

/**
 * At most `limit` choices that have all the words; first those whose label or name begins so. Lists
 * are prepared when they are first searched.
 *
 * @param {Choice[]} choices
 */
export function search(choices, words, limit) {
  if (!known.has(choices)) known.set(choices, new Searchable(choices));
  return known.get(choices).find(words, limit);
}
