// Keys on an interview's page: each presses the button or link that carries it, unless somebody is typing.

const WRITING = "input, textarea, select, [contenteditable]";

/** @param {KeyboardEvent} event */
function press(event) {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (target instanceof Element && target.closest(WRITING)) return;
  const pressed = /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="${CSS.escape(key.toLowerCase())}"]`));
  if (!pressed) return;
  event.preventDefault();
  const reason = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("#decision textarea"));
  const isUnsaid = pressed.dataset.key === "r" && !reason?.value.trim();
  if (isUnsaid && !document.querySelector(".said:not(.over, .reply)")) reason?.focus(); // why it is returned
  else pressed.click();
}

document.addEventListener("keydown", press);

const works = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-keys]"));
if (works) {
  works.checked = localStorage.getItem("keys") !== "off"; // heeded by shell.js, for every page
  works.addEventListener("change", () => localStorage.setItem("keys", works.checked ? "on" : "off"));
}
