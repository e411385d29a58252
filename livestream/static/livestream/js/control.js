// A press at the control desk goes out without leaving the page: the answer's sentence is shown, the stage is asked anew.
import { parsed } from "../../config/js/poll.js";

const GIVE_UP_MS = 8000;
const TOLD_MS = 4000;
const said = document.getElementById("said");
const kept = new WeakMap(); // the id of a press that got no answer: pressed again, it is the same tap

let timer = 0;
let wanted = ""; // the item whose panel is on its way

// What was done goes by itself; what was refused stays until the next press.
function tell(...words) {
  clearTimeout(timer);
  said.replaceChildren(...words);
}

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function tapOf(button) {
  if (!kept.has(button)) kept.set(button, newId());
  return kept.get(button);
}

async function press(form, button) {
  const body = new FormData(form, button);
  body.set("tap", tapOf(button ?? form));
  const headers = { "HX-Request": "true" };
  const answer = await fetch(form.action, { method: "POST", body, headers, redirect: "manual", signal: AbortSignal.timeout(GIVE_UP_MS) });
  if (answer.type === "opaqueredirect" || ![200, 409, 422].includes(answer.status)) return location.reload();
  kept.delete(button ?? form);
  tell(...parsed(await answer.text()).body.childNodes);
  if (answer.ok) timer = setTimeout(tell, TOLD_MS);
  document.dispatchEvent(new Event("sent"));
  if (!answer.ok) return;
  form.reset();
  if (form.closest("#panel")) return showItem(form.elements.item.value);
  if (form.dataset.press === "reload") location.reload();
}

// What was typed for this item meanwhile stands in its new panel too. The id of the field with the cursor.
function carryTyped(old, fresh) {
  const forms = new Map([...fresh.querySelectorAll("form")].map((form) => [form.elements.press.value, form]));
  for (const { name, form, value, defaultValue } of old.querySelectorAll("input:not([type=hidden])")) {
    const same = forms.get(form.elements.press.value)?.elements[name];
    if (same && value !== defaultValue) same.value = value;
  }
  return old.contains(document.activeElement) ? document.activeElement.id : "";
}

// The panel of an item comes without the rest of the page; where it does not come, the page itself does. Until it is there nothing
// can be typed for the item before.
async function showItem(item) {
  const panel = () => document.getElementById("panel");
  const there = new URL(item ? `?item=${item}` : location.pathname, location.href);
  wanted = item;
  panel().inert = item !== panel().dataset.item;
  try {
    const answer = await fetch(there, { redirect: "manual", signal: AbortSignal.timeout(GIVE_UP_MS) });
    const fresh = parsed(await answer.text()).getElementById("panel");
    if (wanted !== item) return; // another was chosen meanwhile
    const cursor = fresh.dataset.item === panel().dataset.item ? carryTyped(panel(), fresh) : "";
    panel().replaceWith(fresh);
    if (cursor) document.getElementById(cursor)?.focus({ preventScroll: true });
    history.replaceState(null, "", there);
    fresh.scrollIntoView({ block: "nearest" });
  } catch {
    if (wanted === item) location.assign(there);
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.more");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  showItem(new URLSearchParams(link.search).get("item"));
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-press]")) return;
  event.preventDefault();
  const button = event.submitter;
  if (button?.dataset.busy) return;
  if (button) button.dataset.busy = "1";
  try {
    await press(form, button);
  } catch {
    tell(document.getElementById("no-line").content.cloneNode(true));
  } finally {
    if (button) delete button.dataset.busy;
  }
});
