/** Digests and encodings. The browser's own digests are no use here: they answer later. */

import { ofTexts } from "./signature.js";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const bytesOf = (text) => new TextEncoder().encode(text);
const turned = (word, by) => (word << by) | (word >>> (32 - by));

/** The text with a bit, zeros and its length in bits behind it, so that it fills whole blocks. */
function padded(bytes, blockSize, isLittle) {
  const lengthSize = blockSize / 8;
  const size = Math.ceil((bytes.length + 1 + lengthSize) / blockSize) * blockSize;
  const view = new DataView(new ArrayBuffer(size));
  bytes.forEach((byte, at) => view.setUint8(at, byte));
  view.setUint8(bytes.length, 0x80);
  view.setBigUint64(isLittle ? size - lengthSize : size - 8, BigInt(bytes.length) * 8n, isLittle);
  return view;
}

function bytesOfWords(words, isLittle) {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  words.forEach((word, at) => view.setInt32(at * 4, word, isLittle));
  return new Uint8Array(view.buffer);
}

/** RFC 1321. */
function md5(bytes) {
  const view = padded(bytes, 64, true);
  const turns = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
  const sum = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < view.byteLength; block += 64) {
    let [a, b, c, d] = sum;
    for (let at = 0; at < 64; at++) {
      const round = at >> 4;
      const mixed = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round];
      const place = [at, 5 * at + 1, 3 * at + 5, 7 * at][round] % 16;
      const sine = Math.floor(Math.abs(Math.sin(at + 1)) * 2 ** 32);
      const word = (a + mixed + sine + view.getInt32(block + place * 4, true)) | 0;
      [a, d, c, b] = [d, c, b, (b + turned(word, turns[round * 4 + (at % 4)])) | 0];
    }
    [a, b, c, d].forEach((word, at) => (sum[at] = (sum[at] + word) | 0));
  }
  return bytesOfWords(sum, true);
}

/** FIPS 180-4, section 6.1. */
function sha1(bytes) {
  const view = padded(bytes, 64, false);
  const sum = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let block = 0; block < view.byteLength; block += 64) {
    const words = Array.from({ length: 16 }, (_, at) => view.getInt32(block + at * 4));
    let [a, b, c, d, e] = sum;
    for (let at = 0; at < 80; at++) {
      words[at] ??= turned(words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16], 1);
      const round = Math.floor(at / 20);
      const mixed = [(b & c) | (~b & d), b ^ c ^ d, (b & c) | (b & d) | (c & d), b ^ c ^ d][round];
      const added = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][round];
      const next = (turned(a, 5) + mixed + e + added + words[at]) | 0;
      [e, d, c, b, a] = [d, c, turned(b, 30), a, next];
    }
    [a, b, c, d, e].forEach((word, at) => (sum[at] = (sum[at] + word) | 0));
  }
  return bytesOfWords(sum, false);
}

const PRIMES = Array.from({ length: 410 }, (_, at) => at).filter(
  (number) => number > 1 && !Array.from({ length: 19 }, (_, at) => at + 2).some((by) => by < number && number % by === 0),
);

/** The first 64 bits behind the point of a prime's square (2) or cube (3) root. */
function rootBits(prime, degree) {
  const power = BigInt(degree);
  const wanted = BigInt(prime) << (64n * power);
  let [root, next] = [wanted, BigInt(prime) << 64n];
  while (next < root) {
    root = next;
    next = ((power - 1n) * root + wanted / root ** (power - 1n)) / power;
  }
  return BigInt.asUintN(64, root);
}

/** FIPS 180-4, sections 6.2 to 6.5: SHA-256, SHA-384 and SHA-512 differ in numbers only. */
function sha2(bytes, bits) {
  const [size, rounds, shifts] =
    bits === 256
      ? [32, 64, [7, 18, 3, 17, 19, 10, 2, 13, 22, 6, 11, 25]]
      : [64, 80, [1, 8, 7, 19, 61, 6, 28, 34, 39, 14, 18, 41]];
  const [s0, s1, s2, t0, t1, t2, u0, u1, u2, v0, v1, v2] = shifts.map(BigInt);
  const fit = (word) => BigInt.asUintN(size, word);
  const turn = (word, by) => (word >> by) | fit(word << (BigInt(size) - by));
  const top = (word) => word >> BigInt(64 - size);
  const primes = bits === 384 ? PRIMES.slice(8, 16) : PRIMES.slice(0, 8);
  const sum = primes.map((prime) => top(rootBits(prime, 2)));
  const added = PRIMES.slice(0, rounds).map((prime) => top(rootBits(prime, 3)));
  const view = padded(bytes, size * 2, false);
  const wordAt = (at) => (size === 32 ? BigInt(view.getUint32(at)) : view.getBigUint64(at));
  for (let block = 0; block < view.byteLength; block += size * 2) {
    const words = Array.from({ length: 16 }, (_, at) => wordAt(block + (at * size) / 8));
    let [a, b, c, d, e, f, g, h] = sum;
    for (let at = 0; at < rounds; at++) {
      if (at > 15) {
        const [x, y] = [words[at - 15], words[at - 2]];
        const early = turn(x, s0) ^ turn(x, s1) ^ (x >> s2);
        const late = turn(y, t0) ^ turn(y, t1) ^ (y >> t2);
        words[at] = fit(words[at - 16] + early + words[at - 7] + late);
      }
      const chosen = (e & f) ^ (fit(~e) & g);
      const one = h + (turn(e, v0) ^ turn(e, v1) ^ turn(e, v2)) + chosen + added[at] + words[at];
      const two = (turn(a, u0) ^ turn(a, u1) ^ turn(a, u2)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, fit(d + one), c, b, a, fit(one + two)];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => (sum[at] = fit(sum[at] + word)));
  }
  const hex = sum.map((word) => word.toString(16).padStart(size / 4, "0")).join("");
  return Uint8Array.from(hex.slice(0, bits / 4).match(/../g), (pair) => parseInt(pair, 16));
}

const DIGESTS = {
  MD5: md5,
  "SHA-1": sha1,
  "SHA-256": (bytes) => sha2(bytes, 256),
  "SHA-384": (bytes) => sha2(bytes, 384),
  "SHA-512": (bytes) => sha2(bytes, 512),
};

/** Blank for an algorithm or an encoding that the specification does not have. */
function digest(text, algorithm, encoding = "base64") {
  if (!Object.hasOwn(DIGESTS, algorithm) || !["base64", "hex"].includes(encoding)) return "";
  const found = DIGESTS[algorithm](bytesOf(text));
  if (encoding === "base64") return btoa(String.fromCharCode(...found));
  return Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A whole number below the modulus, with a sign, from a hash of the words. */
export function seedFromWords(text, modulus) {
  const first = new DataView(sha2(bytesOf(text), 256).buffer).getBigInt64(0);
  return Number(first % BigInt(modulus));
}

/** The UTF-8 text that was encoded; blank where it was none. */
function base64Decode(text) {
  if (!BASE64.test(text)) return "";
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

export const FUNCTIONS = {
  "base64-decode": ofTexts(base64Decode),
  digest: ofTexts(digest),
};
