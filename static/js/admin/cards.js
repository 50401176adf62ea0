/** Enrolment cards: choosing everybody, and printing. Both work without: by hand, and by the browser's menu. */

const all = document.querySelector("[data-all]");
if (all) {
  const box = all.querySelector("input");
  const people = [...document.querySelectorAll("input[name=people]")];
  box.addEventListener("change", () => people.forEach((person) => { person.checked = box.checked; }));
  all.hidden = people.length < 2;
}

const button = document.querySelector("[data-print]");
if (button) {
  button.addEventListener("click", () => window.print());
  button.hidden = false;
}
