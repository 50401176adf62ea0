/** Regular expressions, followed along all their ways at once, as sets of places. */

import { ofTexts } from "./signature.js";

const MAX_PATTERN = 1000;
const MAX_MATCHED = 1000;
const MAX_NESTING = 20;
const MAX_TIMES = 1000;

const TIMES = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/;
const CATEGORY = /^\{(L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)\}/;
const CONTROLS = { f: "\f", n: "\n", r: "\r", t: "\t" };
const isDigit = (character) => /^[0-9]$/.test(character);
const isWord = (character) => /^[0-9A-Za-z_]$/.test(character);
const isSpace = (character) => /^[ \t\n\r\f\v]$/.test(character);
const CLASSES = { d: isDigit, w: isWord, s: isSpace };
const EDGES = {
  "^": (text, place) => place === 0,
  $: (text, place) => place === text.length,
  "\\b": (text, place) => isBorder(text, place),
  "\\B": (text, place) => !isBorder(text, place),
};

const isBorder = (text, place) => isWord(text[place - 1]) !== isWord(text[place]);

/** Whether the whole text matches; a pattern that is none, or too long, matches nothing. */
export function matches(text, pattern) {
  const way = wayOf(pattern);
  const characters = [...text];
  if (!way || characters.length > MAX_MATCHED) return false;
  return way(characters, new Set([0])).has(characters.length);
}

const known = new Map();

/** Null for what is no pattern here. */
function wayOf(pattern) {
  if (!known.has(pattern)) {
    try {
      known.set(pattern, new Pattern(pattern).whole());
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      known.set(pattern, null);
    }
  }
  return known.get(pattern);
}

class NotUnderstood extends Error {}

/** A pattern read from left to right into ways: from where a part may begin to where it may end. */
class Pattern {
  constructor(text) {
    this.characters = [...text];
    this.place = 0;
    this.nesting = 0;
    this.isCaseless = this.has("(?i)");
  }

  get next() {
    return this.characters[this.place];
  }

  take() {
    if (this.next === undefined) throw new NotUnderstood();
    return this.characters[this.place++];
  }

  has(text) {
    const isThere = this.characters.slice(this.place, this.place + text.length).join("") === text;
    if (isThere) this.place += text.length;
    return isThere;
  }

  whole() {
    if (this.characters.length > MAX_PATTERN) throw new NotUnderstood();
    const way = this.choice();
    if (this.next !== undefined) throw new NotUnderstood();
    return way;
  }

  choice() {
    const ways = [this.sequence()];
    while (this.has("|")) ways.push(this.sequence());
    return either(ways);
  }

  sequence() {
    const ways = [];
    while (this.next !== undefined && !"|)".includes(this.next)) ways.push(this.repeated(this.part()));
    return following(ways);
  }

  part() {
    for (const [opening, make] of [["(?=", ahead], ["(?!", notAhead], ["(?:"], ["("]]) {
      if (this.has(opening)) return make ? make(this.group()) : this.group();
    }
    for (const mark of Object.keys(EDGES)) {
      if (this.has(mark)) return edge(EDGES[mark]);
    }
    if (this.has(".")) return character((one) => one !== "\n");
    if (this.has("[")) return character(this.set());
    if ("*+?".includes(this.next)) throw new NotUnderstood();
    return character(this.oneOf([this.item()]));
  }

  group() {
    if (this.next === "?" || this.nesting++ === MAX_NESTING) throw new NotUnderstood();
    const inner = this.choice();
    this.nesting--;
    if (!this.has(")")) throw new NotUnderstood();
    return inner;
  }

  /** What stands between [ and ]; a ] that comes first is one of the characters. */
  set() {
    const isNegated = this.has("^");
    const items = [];
    do items.push(this.range(this.item()));
    while (!this.has("]"));
    const isIn = this.oneOf(items);
    return (one) => isIn(one) !== isNegated;
  }

  range(first) {
    if (this.next !== "-" || [undefined, "]"].includes(this.characters[this.place + 1])) return first;
    this.take();
    const last = this.item();
    if (!(first <= last)) throw new NotUnderstood();
    return (one) => first <= one.codePointAt() && one.codePointAt() <= last;
  }

  /** A character, as its number, or a class of them, as a test. */
  item() {
    const one = this.take();
    return one === "\\" ? this.escaped(this.take()) : one.codePointAt();
  }

  escaped(letter) {
    if (letter === "x") return this.numbered(2);
    if (letter === "u") return this.numbered(4);
    if (letter === "p" || letter === "P") return this.category(letter === "P");
    const test = CLASSES[letter.toLowerCase()];
    if (test) return letter in CLASSES ? test : (one) => !test(one);
    if (/^[0-9A-Za-z]$/.test(letter) && !(letter in CONTROLS)) throw new NotUnderstood();
    return (CONTROLS[letter] ?? letter).codePointAt();
  }

  numbered(length) {
    const digits = Array.from({ length }, () => this.take()).join("");
    if (!/^[0-9A-Fa-f]+$/.test(digits)) throw new NotUnderstood();
    return parseInt(digits, 16);
  }

  /** `\p{L}`, `\p{Lu}`: Unicode's general categories. */
  category(isNegated) {
    const [, name] = CATEGORY.exec(this.characters.slice(this.place).join("")) ?? [];
    if (!name) throw new NotUnderstood();
    this.place += name.length + 2;
    const test = new RegExp(`^\\p{${name}}$`, "u");
    return (one) => test.test(one) !== isNegated;
  }

  oneOf(items) {
    const tests = items.map((item) => (typeof item === "number" ? (one) => one.codePointAt() === item : item));
    const isIn = (one) => tests.some((test) => test(one));
    if (!this.isCaseless) return isIn;
    return (one) => isIn(one) || (/^[A-Za-z]$/.test(one) && (isIn(one.toLowerCase()) || isIn(one.toUpperCase())));
  }

  repeated(way) {
    const times = TIMES.exec(this.characters.slice(this.place, this.place + 12).join(""));
    if (!times) return way;
    this.place += times[0].length;
    const [, mark, from, comma, to] = times;
    const least = mark ? +(mark === "+") : +from;
    const most = mark ? (mark === "?" ? 1 : Infinity) : to ? +to : comma ? Infinity : least;
    if (most < least || least > MAX_TIMES || (most > MAX_TIMES && most < Infinity)) throw new NotUnderstood();
    return again(way, least, most);
  }
}

const kept = (places, isKept) => new Set([...places].filter(isKept));

const character = (isOne) => (text, places) =>
  new Set([...kept(places, (place) => place < text.length && isOne(text[place]))].map((place) => place + 1));

const edge = (isThere) => (text, places) => kept(places, (place) => isThere(text, place));

const following = (ways) => (text, places) => ways.reduce((reached, way) => way(text, reached), places);

const either = (ways) => (text, places) => new Set(ways.flatMap((way) => [...way(text, places)]));

/** Asked once for each place of a text, so that one within another stays cheap. */
function ahead(way) {
  let [known, of] = [new Map(), null];
  return (text, places) => {
    if (of !== text) [known, of] = [new Map(), text];
    return kept(places, (place) => {
      if (!known.has(place)) known.set(place, way(text, new Set([place])).size > 0);
      return known.get(place);
    });
  };
}

function notAhead(way) {
  const isAhead = ahead(way);
  return (text, places) => {
    const there = isAhead(text, places);
    return kept(places, (place) => !there.has(place));
  };
}

/** Repetition ends where nothing new is reached, hence never later than the text does. */
const again = (way, least, most) => (text, places) => {
  for (let times = 0; times < least; times++) {
    const before = places;
    places = way(text, places);
    if (places.size === before.size && !kept(places, (place) => !before.has(place)).size) break;
  }
  const reached = new Set(places);
  for (let [fresh, times] = [places, least]; fresh.size && times < most; times++) {
    fresh = kept(way(text, fresh), (place) => !reached.has(place));
    fresh.forEach((place) => reached.add(place));
  }
  return reached;
};

export const FUNCTIONS = { regex: ofTexts(matches) };
