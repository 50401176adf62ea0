/** What becomes of a finished interview, answer by answer: nothing is dropped, nothing is believed without checksums. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { again, answered, entering, isDue, nextDue, parcels, receiptOnly } from "../../../static/js/offline/outbox.js";

const NOW = 1_764_200_000_000;
const PHOTOS = ["a", "b", "c"].map((name) => ({ name: `${name}.jpg`, sha256: name.repeat(64), size: 3_000_000 }));
const finished = { id: "5", door: "/s/demo/submission", xml: new Uint8Array(2_000), sha256: "f".repeat(64), files: PHOTOS };
const entry = entering({ ...finished, title: "Visit", site: "S1" }, NOW);

const receipt = (facts = {}) => ({
  instanceID: entry.instanceID,
  sha256: entry.sha256,
  received: "2026-11-27T09:00:00Z",
  files: Object.fromEntries(PHOTOS.map(({ name, sha256 }) => [name, sha256])),
  ...facts,
});
const after = (status, facts) => answered(entry, { status, ...facts }, NOW);

test("it is sent when the server answers with the same checksums, new or once more", () => {
  for (const status of [201, 202]) {
    const sent = after(status, { receipt: receipt() });
    assert.equal(sent.state, "sent");
    assert.equal(sent.receipt.received, "2026-11-27T09:00:00Z");
    assert.equal("xml" in receiptOnly(sent), false);
    assert.equal(receiptOnly(sent).sha256, entry.sha256);
  }
});

test("without a receipt, or with another checksum, it stays", () => {
  const files = { ...receipt().files, "b.jpg": "0".repeat(64) };
  const doubts = [null, receipt({ sha256: "0".repeat(64) }), receipt({ files })];
  for (const doubt of doubts) {
    const kept = after(201, { receipt: doubt });
    assert.deepEqual([kept.state, kept.trouble, kept.xml], ["waiting", "differs", entry.xml]);
    assert.ok(kept.nextTry > NOW);
  }
});

test("while files are missing it goes on at once, and pauses where nothing gets further", () => {
  const files = { "a.jpg": PHOTOS[0].sha256, "b.jpg": "", "c.jpg": "" };
  const first = after(201, { receipt: receipt({ files }) });
  assert.deepEqual([first.state, first.trouble, first.there, first.nextTry], ["waiting", "files", ["a.jpg"], NOW]);
  const stuck = answered(first, { status: 202, receipt: receipt({ files }) }, NOW);
  assert.deepEqual([stuck.state, stuck.trouble], ["waiting", "files"]);
  assert.ok(stuck.nextTry > NOW);
});

test("what may pass is tried again, later each time, up to a limit", () => {
  for (const [status, trouble] of [[0, "no_answer"], [200, "no_answer"], [302, "no_answer"], [401, "signed_out"], [403, "signed_out"], [408, "busy"], [429, "busy"], [500, "busy"], [503, "busy"]]) {
    const kept = after(status);
    assert.deepEqual([kept.state, kept.trouble, kept.xml], ["waiting", trouble, entry.xml], String(status));
  }
  const pauses = [];
  let kept = entry;
  for (let tries = 0; tries < 12; tries += 1) {
    kept = answered(kept, { status: 0 }, NOW);
    pauses.push(kept.nextTry - NOW);
  }
  assert.deepEqual(pauses.slice(0, 4), [5_000, 10_000, 20_000, 40_000]);
  assert.equal(pauses.at(-1), 600_000);
  assert.deepEqual(pauses, pauses.toSorted((one, other) => one - other));
});

test("a refusal is kept with its sentence until a person tries again", () => {
  const refused = after(409, { said: "There is another interview." });
  assert.deepEqual([refused.state, refused.said, refused.xml], ["refused", "There is another interview.", entry.xml]);
  assert.equal(isDue(refused, Infinity), false);
  assert.equal(isDue(again(refused, NOW), NOW), true);
});

test("the next moment is that of what waits first", () => {
  const later = { ...entry, nextTry: NOW + 9 };
  assert.equal(nextDue([later, { ...entry, state: "sent", nextTry: 0 }, { ...later, nextTry: NOW + 3 }]), NOW + 3);
  assert.equal(nextDue([]), Infinity);
  assert.equal(isDue(later, NOW), false);
});

test("files go in as many requests as the server takes them in", () => {
  const names = (mostBytes, one = entry) => parcels(one, mostBytes).map(({ files, isLast }) => [files.map(({ name }) => name), isLast]);
  assert.deepEqual(names(100_000_000), [[["a.jpg", "b.jpg", "c.jpg"], true]]);
  assert.deepEqual(names(7_000_000), [[["a.jpg", "b.jpg"], false], [["c.jpg"], true]]);
  assert.deepEqual(names(1_000), [[["a.jpg"], false], [["b.jpg"], false], [["c.jpg"], true]]);
  assert.deepEqual(names(7_000_000, { ...entry, there: ["a.jpg"] }), [[["b.jpg", "c.jpg"], true]]);
  assert.deepEqual(names(7_000_000, { ...entry, there: ["a.jpg", "b.jpg", "c.jpg"] }), [[[], true]]);
});

test("at most a hundred files go at once", () => {
  const files = Array.from({ length: 250 }, (_, at) => ({ name: `${at}.jpg`, sha256: "", size: 1 }));
  assert.deepEqual(parcels({ ...entry, files }, 100_000_000).map((parcel) => parcel.files.length), [100, 100, 50]);
});
