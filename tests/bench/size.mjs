/** How many bytes the scripts of the live page's first load are, minified in one piece and compressed. */

import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const later = {
  name: "what is imported later is left out",
  setup({ onResolve }) {
    const leaveOut = ({ kind, path }) => (kind === "dynamic-import" ? { path, external: true } : null);
    onResolve({ filter: /.*/ }, leaveOut);
  },
};
const { outputFiles } = await build({
  entryPoints: ["static/js/webform/main.js"],
  bundle: true,
  minify: true,
  format: "esm",
  write: false,
  plugins: [later],
});
console.log(gzipSync(outputFiles[0].contents, { level: 9 }).length);
