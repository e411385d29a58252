// The roll call under the thumb: what was tapped is shown at once, also without network, and says that it waits until it is stored.
import { waiting } from "../../config/js/outbox.js";
import "./offline.js";

const LOOK_AGAIN_MS = 500;
const form = document.getElementById("roll");
const rows = new Map([...document.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
const counts = document.querySelectorAll("[data-count]");

const mine = (tap) => tap.url === form.getAttribute("action");

function show(mark) {
  const [enrolment, presence] = mark.split(":");
  const row = rows.get(enrolment);
  if (!row) return;
  row.dataset.presence = presence;
  for (const button of row.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === mark));
  }
}

function tell() {
  const marks = new Set(waiting().filter(mine).map((tap) => tap.fields.mark.split(":")[0]));
  for (const [enrolment, row] of rows) row.querySelector("[data-waits]").hidden = !marks.has(enrolment);
  for (const place of counts) {
    const words = place.dataset.count.split(" ");
    place.textContent = [...rows.values()].filter((row) => words.includes(row.dataset.presence)).length;
  }
}

document.addEventListener("kept", ({ detail: tap }) => {
  if (!mine(tap)) return;
  show(tap.fields.mark);
  tell();
});
document.addEventListener("sent", tell);
setInterval(tell, LOOK_AGAIN_MS);
for (const tap of waiting().filter(mine)) show(tap.fields.mark);
tell();
