/** Forms with files: what was pressed once cannot be pressed again while the server works. */

for (const input of document.querySelectorAll(".desk input[type=file]")) {
  input.hasChangeListener = true; // the admin skin would look for a text field beside each
}

function hold(isHeld) {
  for (const button of document.querySelectorAll(".desk form button[type=submit]:not([data-off])")) {
    button.disabled = isHeld;
  }
}

for (const form of document.querySelectorAll(".desk form")) {
  form.addEventListener("submit", () => {
    form.setAttribute("aria-busy", "true");
    hold(true);
  });
}

addEventListener("pageshow", () => hold(false)); // also when coming back to the page
