// A page of work that goes on shows every three seconds how far it is. It is not loaded again: nobody is thrown out
// of what they are reading or about to press.

const EVERY_MS = 3000;

async function look() {
  const shown = document.querySelector(".desk, .dashboard");
  if (shown?.contains(document.activeElement)) return void setTimeout(look, EVERY_MS);
  const answer = await fetch(location.href).catch(() => null);
  if (!answer) return void setTimeout(look, EVERY_MS); // the network was away for a moment
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.querySelector(".desk, .dashboard");
  if (!answer.ok || answer.redirected || !shown || !now) return;
  if (!page.querySelector("[data-moving]")) return void location.reload(); // what is done has scripts of its own
  shown.replaceChildren(...now.childNodes);
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
