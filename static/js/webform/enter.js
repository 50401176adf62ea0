/** Leads browsers that can run it to the live page, from classic pages and from what starts an interview.

`?plain` in an address switches this off in that tab. */

const PLAIN = "plain";
const isAble = typeof HTMLDialogElement === "function" && "findLast" in Array.prototype;

function wantsPlain() {
  try {
    if (new URLSearchParams(location.search).has(PLAIN)) sessionStorage.setItem(PLAIN, "1");
    return sessionStorage.getItem(PLAIN) === "1";
  } catch {
    return true; // without storage the wish could not be kept from page to page
  }
}

function lead() {
  const page = document.querySelector("[data-live-now]");
  if (page) return location.replace(page.dataset.liveNow + location.hash);
  for (const link of document.querySelectorAll("a[data-live]")) link.href = link.dataset.live;
  for (const form of document.querySelectorAll("form[data-live]")) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "live", value: "1" });
    form.append(field);
  }
  return undefined;
}

if (isAble && !wantsPlain()) lead();
