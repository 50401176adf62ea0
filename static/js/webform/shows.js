/** Lets people see the passwords that they type into a form, until they are sent. */

const shows = document.getElementById("shows").content.firstElementChild;

for (const form of document.forms) {
  const fields = form.querySelectorAll("input[type=password]");
  if (fields.length) offer(form, fields);
}

function offer(form, fields) {
  const label = shows.cloneNode(true);
  const last = fields[fields.length - 1];
  (last.closest("label") ?? last).after(label);
  const become = (type) => fields.forEach((field) => (field.type = type));
  label.querySelector("input").addEventListener("change", (event) => become(event.target.checked ? "text" : "password"));
  form.addEventListener("submit", () => become("password"));
}
