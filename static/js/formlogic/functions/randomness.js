/** Functions that draw: numbers, identifiers and orders. */

import { drawnUuid } from "../uuids.js";
import { nodesOf, toNumber, toText } from "../values.js";
import { seedFromWords } from "./secrets.js";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const MAX_LENGTH = 1000;
const MODULUS = 2_147_483_647; // Park and Miller's generator, as in JavaRosa and ODK Web Forms
const MULTIPLIER = 16_807;

/** A random UUID, or that many random letters and digits. */
function uuid(c, length) {
  const { random } = c.environment;
  if (length === undefined) return drawnUuid(random);
  const wanted = Math.min(Math.max(toNumber(length, c.zone), 0), MAX_LENGTH);
  return Array.from({ length: Number.isNaN(wanted) ? 0 : wanted }, () => ALPHABET[Math.floor(random() * 62)]).join("");
}

/** The nodes in a random order, always the same one for the same seed. */
function randomize(c, value, seed) {
  const drawn = () => Math.floor(c.environment.random() * MODULUS);
  return shuffled(nodesOf(value), seed === undefined ? drawn() : seedOf(seed, c.zone));
}

/** The whole part of a number; of other words a hash of them, as in ODK Web Forms. */
function seedOf(value, zone) {
  const [number, text] = [toNumber(value, zone), toText(value)];
  if (Number.isFinite(number)) return Math.trunc(number) % MODULUS;
  return typeof value === "number" || !text ? 0 : seedFromWords(text, MODULUS);
}

/** Fisher and Yates' shuffle, inside out, drawing from Park and Miller's generator. */
function shuffled(nodes, seed) {
  let state = seed > 0 ? seed : seed + MODULUS - 1;
  const result = [];
  nodes.forEach((node, place) => {
    state = (state * MULTIPLIER) % MODULUS;
    const chosen = Math.floor(((state - 1) * (place + 1)) / (MODULUS - 1));
    result.push(node);
    [result[place], result[chosen]] = [result[chosen], node];
  });
  return result;
}

export const FUNCTIONS = { random: (c) => c.environment.random(), randomize, uuid };
