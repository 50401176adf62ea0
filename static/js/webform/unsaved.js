/** Says in the header that what is typed is not on the server before a button takes it there. */

const form = document.getElementById("section");
const state = document.querySelector(".saved[data-unsaved]");

form?.addEventListener("input", () => {
  if (state instanceof HTMLElement && !state.classList.contains("waiting")) {
    state.classList.add("waiting");
    state.textContent = state.dataset.unsaved ?? "";
  }
});
