/** Tables are open where there is no JavaScript; here the charts speak first. */
for (const details of document.querySelectorAll("#dashboard details.as-table")) {
  details.removeAttribute("open");
}
document.querySelector("#chooser .dash-button")?.setAttribute("hidden", "");
document.querySelector("#chooser")?.addEventListener("change", (event) => {
  /** @type {HTMLFormElement} */ (event.currentTarget).requestSubmit();
});
