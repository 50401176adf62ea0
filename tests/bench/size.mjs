/** How many bytes scripts are, minified in one piece and compressed: those of the live page's first load; with
`--offline` also those by which it works without a network, but for what only a person's wish brings. */

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { build, transform } from "esbuild";

const FORM = ["webform/main"];
const OFFLINE = ["offline/keeping", "offline/finishing", "offline/home", "offline/page", "offline/beginning"];
const WORKER = "static/js/offline/worker.js";

const isOffline = process.argv.includes("--offline");
const names = isOffline ? [...FORM, ...OFFLINE] : FORM;

const later = {
  name: "what is imported later is left out",
  setup({ onResolve }) {
    const leaveOut = ({ kind, path }) => (kind === "dynamic-import" ? { path, external: true } : null);
    onResolve({ filter: /.*/ }, leaveOut);
  },
};
const options = { bundle: true, minify: true, format: "esm", write: false, plugins: [later] };
const { outputFiles } = await build({ ...options, ...(isOffline ? { stdin: all(names) } : { entryPoints: [`static/js/${FORM}.js`] }) });

/** A script that needs all that scripts offer, so that nothing is left out as unused. */
function all(scripts) {
  const imports = scripts.map((name, at) => `import * as part${at} from "./static/js/${name}.js";`);
  const used = scripts.map((_, at) => `part${at}`);
  return { contents: `${imports.join("\n")}\nglobalThis.parts = [${used}];`, resolveDir: process.cwd() };
}

const compressed = (script) => gzipSync(script, { level: 9 }).length;
const worker = isOffline ? compressed((await transform(readFileSync(WORKER, "utf8"), { minify: true })).code) : 0;
console.log(compressed(outputFiles[0].contents) + worker);
