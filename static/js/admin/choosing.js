// "Choose all on this page": one box ticks and clears those of its form whose name it carries.

for (const all of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-all]"))) {
  const boxes = /** @type {HTMLInputElement[]} */ ([...(all.form?.elements ?? [])]).filter((box) => box.name === all.dataset.all);
  const label = all.closest("label");
  if (label) label.hidden = boxes.length < 2;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  for (const box of boxes) box.addEventListener("change", () => (all.checked = boxes.every((one) => one.checked)));
}
