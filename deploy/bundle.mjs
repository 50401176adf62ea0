/** Puts the scripts of the pages of the field together into few, minified files under `build/static`, of the same names:
a phone asks for a handful of files in place of forty. While developing, pages load the scripts as they are written.

What pages load at once is put together by who needs it. Two rules keep scripts from importing each other in a circle,
as hashed names could not be given then: what asks for scripts later on stays apart from what asks for none, and of the
former, what those later scripts need is in a part of its own. */

import { rmSync } from "node:fs";
import { relative, resolve } from "node:path";

import { transform } from "esbuild";
import { rollup } from "rollup";

const SOURCE = resolve("static");
const TARGET = resolve("build/static");
const [MAIN, KEEPING, PAGE, HOME] = ["webform/main", "offline/keeping", "offline/page", "offline/home"].map(script);
const NAMED = [MAIN, PAGE, HOME, script("webform/enter"), script("webform/unsaved")]; // by templates

function script(name) {
  return `${SOURCE}/js/${name}.js`;
}

const nameOf = (path) => relative(SOURCE, path);

const minify = {
  name: "minify",
  renderChunk: async (code) => ({ code: (await transform(code, { minify: true, format: "esm" })).code, map: null }),
};

/** Scripts with all that they import, at once or also later. */
function reached(about, scripts, { isLater = false } = {}) {
  const found = new Set();
  const wanted = [...scripts];
  for (let path = wanted.pop(); path; path = wanted.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const { importedIds, dynamicallyImportedIds } = about(path);
    wanted.push(...importedIds, ...(isLater ? dynamicallyImportedIds : []));
  }
  return found;
}

/** A function that names the part of each script; what it leaves is put where it is needed. */
function partsBy(about) {
  const [live, page, home] = [[MAIN, KEEPING], [PAGE], [HOME]].map((scripts) => reached(about, scripts));
  const first = new Set([MAIN, KEEPING, PAGE, HOME]);
  const later = [...reached(about, first, { isLater: true })].filter((path) => !first.has(path) && about(path).dynamicImporters.length);
  const neededLater = new Set(later.flatMap((path) => [...reached(about, about(path).importedIds)]));
  const asks = (path) => [...reached(about, [path])].some((one) => about(one).dynamicallyImportedIds.length);
  return (path) => {
    if (asks(path)) return live.has(path) && neededLater.has(path) ? "steps" : null;
    if (live.has(path)) return page.has(path) || home.has(path) ? "shared" : "live";
    return page.has(path) && home.has(path) ? "phone" : null;
  };
}

let partOf;
const bundle = await rollup({
  input: Object.fromEntries(NAMED.map((path) => [nameOf(path).replace(/\.js$/, ""), path])),
  preserveEntrySignatures: "allow-extension",
  onwarn: (warning) => {
    throw new Error(warning.message);
  },
});
rmSync(TARGET, { recursive: true, force: true });
await bundle.write({
  dir: TARGET,
  format: "es",
  plugins: [minify],
  entryFileNames: "[name].js",
  chunkFileNames: ({ facadeModuleId, name }) => (facadeModuleId ? nameOf(facadeModuleId) : `js/parts/${name}.js`),
  manualChunks: (path, { getModuleInfo }) => (partOf ??= partsBy(getModuleInfo))(path),
});
