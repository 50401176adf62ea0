/** The sum of the weights, as it is typed. */

const table = document.querySelector(".weighing");
const sum = table.querySelector("[data-sum]");

function show() {
  const points = [...table.querySelectorAll("input")].map((input) => Math.round(100 * (Number(input.value) || 0)));
  const total = points.reduce((a, b) => a + b, 0);
  sum.querySelector("output").value = `${(total / 100).toFixed(2)} %`;
  sum.classList.toggle("off", total !== 10_000);
  sum.hidden = false;
}

table.addEventListener("input", show);
show();
