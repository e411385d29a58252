// Rows of a run-of-show are dragged into another order; the buttons beside them do the same without this script.
const list = document.querySelector("[data-drag]");
const form = document.getElementById(list?.dataset.drag);
let held = null;

const rowOf = (event) => event.target.closest?.("li[draggable]");

list?.addEventListener("dragstart", (event) => {
  held = rowOf(event);
  if (!held) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", held.dataset.key);
  held.classList.add("held");
});

list?.addEventListener("dragover", (event) => {
  const row = rowOf(event);
  if (!held || !row) return;
  event.preventDefault();
  for (const each of list.children) each.classList.toggle("over", each === row && row !== held);
});

list?.addEventListener("drop", (event) => {
  const row = rowOf(event);
  if (!held || !row || row === held) return;
  event.preventDefault();
  row.before(held);
  form.elements.order.value = [...list.children].map((each) => each.dataset.key).join(",");
  form.submit();
});

list?.addEventListener("dragend", () => {
  for (const each of list.children) each.classList.remove("held", "over");
  held = null;
});
