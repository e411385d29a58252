// Rows of a plan are added and taken away without loading the page; without this script the same buttons ask the server.
const form = document.getElementById("plan");
const rowsOf = (prefix) => [...document.getElementById(prefix).children];

function number(prefix) {
  const rows = rowsOf(prefix);
  rows.forEach((row, index) => {
    row.querySelector("[data-number]").textContent = index + 1;
    row.querySelector("[data-drop]").value = `${prefix}-${index}`;
    for (const element of row.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
      for (const name of ["name", "id", "for", "aria-describedby"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace(/(^|_| )([a-z]+)-(?:\d+|__prefix__)-/g, `$1$2-${index}-`));
      }
    }
  });
  form.elements[`${prefix}-TOTAL_FORMS`].value = rows.length;
  if (prefix === "segments") offer(rows.length);
}

// Guests and goods may stand in as many stretches as there are.
function offer(stretches) {
  for (const select of form.querySelectorAll('select[name$="-segment"]')) {
    const words = select.dataset.text ?? "";
    while (select.options.length - 1 > stretches) select.remove(select.options.length - 1);
    for (let n = select.options.length; n <= stretches; n++) select.add(new Option(words.replace("{number}", n) || n, n));
  }
}

function told() {
  document.getElementById("clashes").dispatchEvent(new Event("check"));
}

form.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add]");
  const drop = event.target.closest("[data-drop]");
  if (add) {
    event.preventDefault();
    const prefix = add.dataset.add;
    const row = document.getElementById(`${prefix}-row`).content.firstElementChild.cloneNode(true);
    document.getElementById(prefix).append(row);
    number(prefix);
    if (prefix !== "segments") offer(rowsOf("segments").length);
    row.querySelector("input, select").focus();
  } else if (drop) {
    const row = drop.closest("fieldset");
    const prefix = row.parentElement.id;
    if (prefix === "segments") return; // what belongs to a stretch moves up: the server knows how
    event.preventDefault();
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    number(prefix);
    (next?.querySelector("input, select") ?? form.querySelector(`[data-add="${prefix}"]`)).focus();
    told();
  }
});

document.getElementById("wrong")?.focus();
