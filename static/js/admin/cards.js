/** Enrolment cards: a button that prints. Without it they are printed by the browser's menu. */

const button = document.querySelector("[data-print]");
button.addEventListener("click", () => window.print());
button.hidden = false;
