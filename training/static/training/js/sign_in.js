// A trainee's sign-in without network: the tap waits on the phone with its time, and the page says so. Opened from what the phone
// kept (no network at all), the page learns from its own address which code was scanned. A page without the form only sends what waits,
// and has the same parts, so that they are kept with the shell.
import { waiting } from "../../config/js/outbox.js";
import "./offline.js";

const form = document.getElementById("sign-in");
const note = document.getElementById("kept-note");

function show(tap) {
  const at = new Date(tap.at);
  const time = `${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`;
  note.querySelector("[data-text]").textContent = note.querySelector("[data-text]").dataset.text.replace("{time}", time);
  note.hidden = false;
  form.hidden = true;
}

if (form) {
  if (form.hasAttribute("data-shell")) form.setAttribute("action", location.pathname);
  form.dataset.outbox = form.getAttribute("action");
  const mine = (tap) => tap.url === form.getAttribute("action");
  document.addEventListener("kept", ({ detail: tap }) => mine(tap) && show(tap));
  const last = waiting().filter(mine).at(-1);
  if (last) show(last);
}
