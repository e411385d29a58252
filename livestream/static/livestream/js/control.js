// A press at the control desk goes out without leaving the page: the answer's sentence is shown, the stage is asked anew.
import { parsed } from "../../config/js/poll.js";

const GIVE_UP_MS = 8000;
const said = document.getElementById("said");
const kept = new WeakMap(); // the id of a press that got no answer: pressed again, it is the same tap

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function tapOf(button) {
  if (!kept.has(button)) kept.set(button, { id: newId(), at: new Date().toISOString() });
  return kept.get(button);
}

async function press(form, button) {
  const body = new FormData(form, button);
  const { id, at } = tapOf(button ?? form);
  body.set("tap", id);
  body.set("at", at);
  body.set("sent", new Date().toISOString());
  const headers = { "HX-Request": "true" };
  const answer = await fetch(form.action, { method: "POST", body, headers, redirect: "manual", signal: AbortSignal.timeout(GIVE_UP_MS) });
  if (answer.type === "opaqueredirect" || ![200, 409, 422].includes(answer.status)) return location.reload();
  kept.delete(button ?? form);
  said.replaceChildren(...parsed(await answer.text()).body.childNodes);
  document.dispatchEvent(new Event("sent"));
  if (!answer.ok) return;
  form.reset();
  if (form.dataset.press === "reload") location.reload();
}

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
    said.replaceChildren(document.getElementById("no-line").content.cloneNode(true));
  } finally {
    if (button) delete button.dataset.busy;
  }
});
