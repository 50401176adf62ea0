/** "Computed 2 minutes ago", kept true while the page is open. */

const UNITS = /** @type {const} */ ([
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
]);

/** @param {ParentNode} root */
export function tellAge(root) {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
  for (const time of root.querySelectorAll("time")) {
    time.title ||= time.textContent ?? "";
    const seconds = Math.max(0, (Date.now() - Date.parse(time.dateTime)) / 1000);
    const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? UNITS[3];
    const text = words.format(-Math.floor(seconds / length), unit);
    if (time.textContent !== text) time.textContent = text;
  }
}
