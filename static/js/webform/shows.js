/** Lets people see the password that they type, until it is sent. */

const shows = document.getElementById("shows").content.firstElementChild;

for (const field of document.querySelectorAll("input[type=password]")) {
  const label = shows.cloneNode(true);
  (field.closest("label") ?? field).after(label);
  label.querySelector("input").addEventListener("change", (event) => {
    field.type = event.target.checked ? "text" : "password";
  });
  field.form.addEventListener("submit", () => {
    field.type = "password";
  });
}
