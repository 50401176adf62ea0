/** Archives without compression, as any computer opens them: what is in them (XML, JSON, photos) is read without us. */

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const VERSION = 20;
const NAMES_IN_UTF8 = 0x0800;
const FIRST_DAY = 0x21; // 1980-01-01: there is none before
const LARGEST = 0xffff_ffff;
const MOST = 0xffff;

/** This is no archive of ours, or a damaged one. */
export class BrokenArchive extends Error {
  sentence = "import_broken";
}

/** @param {{name: string, blob: Blob}[]} files @returns {Promise<Blob>} */
export async function zipped(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, blob } of files) {
    const path = new TextEncoder().encode(name);
    const facts = { crc: crc32(new Uint8Array(await blob.arrayBuffer())), size: blob.size, path, offset };
    parts.push(localHeader(facts), path, blob);
    directory.push(centralHeader(facts), path);
    offset += LOCAL_BYTES + path.length + blob.size;
  }
  const size = directory.reduce((sum, part) => sum + part.byteLength, 0);
  if (files.length > MOST || offset + size > LARGEST) throw new RangeError("too much for one archive");
  return new Blob([...parts, ...directory, endOf(files.length, size, offset)], { type: "application/zip" });
}

/** The files of an archive that `zipped` made, by name. @param {Blob} archive @throws {BrokenArchive} */
export async function unzipped(archive) {
  const end = await viewOf(archive, archive.size - END_BYTES, END_BYTES);
  if (!end || end.getUint32(0, true) !== END) throw new BrokenArchive();
  const directory = await viewOf(archive, end.getUint32(16, true), end.getUint32(12, true));
  const files = new Map();
  for (let at = 0, left = end.getUint16(10, true); left; left -= 1) {
    const facts = directory && entryAt(directory, at);
    if (!facts) throw new BrokenArchive();
    files.set(facts.name, await contentOf(archive, facts));
    at = facts.next;
  }
  return files;
}

function header(size, numbers) {
  const view = new DataView(new ArrayBuffer(size));
  let at = 0;
  for (const [bytes, number] of numbers) {
    if (bytes === 2) view.setUint16(at, number, true);
    else view.setUint32(at, number, true);
    at += bytes;
  }
  return view;
}

const common = ({ crc, size, path }) => [
  [2, VERSION], [2, NAMES_IN_UTF8], [2, 0], [2, 0], [2, FIRST_DAY], [4, crc], [4, size], [4, size], [2, path.length], [2, 0],
];

const localHeader = (facts) => header(LOCAL_BYTES, [[4, LOCAL], ...common(facts)]);

const centralHeader = (facts) =>
  header(CENTRAL_BYTES, [[4, CENTRAL], [2, VERSION], ...common(facts), [2, 0], [2, 0], [2, 0], [4, 0], [4, facts.offset]]);

const endOf = (count, size, offset) => header(END_BYTES, [[4, END], [4, 0], [2, count], [2, count], [4, size], [4, offset]]);

function entryAt(directory, at) {
  if (at + CENTRAL_BYTES > directory.byteLength || directory.getUint32(at, true) !== CENTRAL) return null;
  const length = directory.getUint16(at + 28, true);
  const next = at + CENTRAL_BYTES + length + directory.getUint16(at + 30, true) + directory.getUint16(at + 32, true);
  if (next > directory.byteLength) return null;
  const path = new Uint8Array(directory.buffer, at + CENTRAL_BYTES, length);
  const number = (offset) => directory.getUint32(at + offset, true);
  return { name: new TextDecoder().decode(path), crc: number(16), size: number(20), offset: number(42), next };
}

async function contentOf(archive, { crc, size, offset }) {
  const local = await viewOf(archive, offset, LOCAL_BYTES);
  if (!local || local.getUint32(0, true) !== LOCAL) throw new BrokenArchive();
  const start = offset + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
  const content = archive.slice(start, start + size);
  if (crc32(new Uint8Array(await content.arrayBuffer())) !== crc) throw new BrokenArchive();
  return content;
}

async function viewOf(archive, start, size) {
  const slice = start < 0 ? new Blob() : archive.slice(start, start + size);
  return slice.size === size ? new DataView(await slice.arrayBuffer()) : null;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let code = byte;
  for (let bit = 0; bit < 8; bit += 1) code = code & 1 ? (code >>> 1) ^ 0xedb88320 : code >>> 1;
  return code;
});

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let code = ~0;
  for (const byte of bytes) code = TABLE[(code ^ byte) & 0xff] ^ (code >>> 8);
  return ~code >>> 0;
}
