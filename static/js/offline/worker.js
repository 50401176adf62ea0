/* The service worker: pages of the field open without a network. Django writes `const SHELL = {version, files}` before this
   file. What changes something on the server, and the office's pages, never pass here. A new version waits until no page of
   the one before is open, as browsers do by themselves: no interview changes its application half way. */

/* global SHELL */

const SHELL_CACHE = `shell-${SHELL.version}`;
const OFFLINE = "/offline/";
const PATIENCE_MS = 3_000;
const PAGES = /^\/(offline\/)?$/;
const LIVE = /^\/fill\/\d+\/[^/]+\/$/;
const KEPT = /^\/(static|fill\/\d+)\//; // under addresses of which the content never changes
const SYNC = "outbox";

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("sync", (event) => event.tag === SYNC && event.waitUntil(wakePages()));
self.addEventListener("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});

/** The whole shell or nothing: `addAll` keeps none of them where one fails. */
async function install() {
  const cache = await caches.open(SHELL_CACHE);
  await cache.addAll(SHELL.files.map((file) => new Request(file, { cache: "no-cache" })));
}

/** Shells go that no page needs any more: neither this version's nor that of a form on this phone. */
async function takeOver() {
  const names = await caches.keys();
  const needed = new Set([SHELL_CACHE, ...names.map((name) => /^kit-.*\+(shell-.*)$/.exec(name)?.[1])]);
  const old = names.filter((name) => name.startsWith("shell-") && !needed.has(name));
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function wakePages() {
  for (const client of await self.clients.matchAll({ type: "window" })) client.postMessage(SYNC);
}

/** A promise of an answer; undefined leaves the request to the browser. */
function answerTo(request) {
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || request.cache === "reload") return undefined;
  if (LIVE.test(pathname)) return fromNetworkFirst(request, () => kept(pathname));
  if (PAGES.test(pathname) && request.mode === "navigate") return fromNetworkFirst(request, () => kept(OFFLINE));
  if (KEPT.test(pathname)) return fromPhoneFirst(request, pathname + search);
  return undefined;
}

/** From this version's shell before anything else that holds it. Whom an answer varies by, it was kept for. */
const kept = async (address) =>
  (await caches.match(address, { cacheName: SHELL_CACHE, ignoreVary: true })) ??
  caches.match(address, { ignoreVary: true });

async function fromPhoneFirst(request, address) {
  return (await kept(address)) ?? fetch(request);
}

/** What the phone has, where the network does not answer well within some seconds. */
async function fromNetworkFirst(request, keptAnswer) {
  const answer = fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const first = await Promise.race([answer.catch(() => undefined), late]);
  if (first && first.status < 500) return first;
  return (await keptAnswer()) ?? answer;
}
