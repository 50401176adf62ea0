/** Archives that other programs read, and that are read back whole or not at all. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { BrokenArchive, unzipped, zipped } from "../../../static/js/offline/zip.js";

const FILES = { "phone.json": "{}", "5/submission.xml": "<data>访谈</data>", "5/files/照片.jpg": "\u0000ÿ".repeat(500), empty: "" };
const blobs = Object.entries(FILES).map(([name, text]) => ({ name, blob: new Blob([text]) }));

test("what goes in comes out", async () => {
  const found = await unzipped(await zipped(blobs));
  assert.deepEqual([...found.keys()], Object.keys(FILES));
  for (const [name, text] of Object.entries(FILES)) assert.equal(await found.get(name).text(), text);
  assert.equal((await unzipped(await zipped([]))).size, 0);
});

test("another program opens it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "zip-"));
  const path = join(folder, "interviews.zip");
  writeFileSync(path, Buffer.from(await (await zipped(blobs)).arrayBuffer()));
  execFileSync("python3", ["-m", "zipfile", "-e", path, folder]);
  for (const [name, text] of Object.entries(FILES)) assert.equal(readFileSync(join(folder, name), "utf8"), text);
  rmSync(folder, { recursive: true });
});

test("a damaged archive is none", async () => {
  const whole = new Uint8Array(await (await zipped(blobs)).arrayBuffer());
  const at = new TextDecoder("latin1").decode(whole).indexOf("<data>");
  const changed = whole.with(at, 0);
  for (const bytes of [changed, whole.slice(0, -1), whole.slice(10), new Uint8Array(0)]) {
    await assert.rejects(unzipped(new Blob([bytes])), BrokenArchive);
  }
});
