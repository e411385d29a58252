// Keeps what a thumb tapped until the server has it: every tap of a [data-outbox] form with its own id and time, in order.
// The server answers a repeated tap as done, so sending once more is always safe.
const AGAIN_MS = 10_000;
const GIVE_UP_MS = 10_000;
const FINAL = new Set([204, 400, 404, 409]); // taken, or never to be taken; everything else is tried again
const RELOAD_EVERY_MS = 60_000;

const note = document.querySelector("[data-outbox-note]");
const key = `cunbo-outbox-${note.dataset.outboxNote}`; // one person's taps never leave under another's name
let sending = false;
let refused = false;

export const waiting = () => JSON.parse(localStorage.getItem(key) ?? "[]");

function keep(taps) {
  localStorage.setItem(key, JSON.stringify(taps));
  for (const place of [note, ...document.querySelectorAll("[data-outbox-count]")]) {
    place.hidden = taps.length === 0;
    place.textContent = place.dataset.text.replace("{n}", taps.length);
  }
}

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function reloadRarely() {
  const last = Number(sessionStorage.getItem(key) ?? 0);
  if (Date.now() - last < RELOAD_EVERY_MS) return;
  sessionStorage.setItem(key, Date.now());
  location.reload();
}

async function deliver(tap) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const sent = new Date().toISOString(); // beside it the server sees how wrong this phone's clock goes
  const body = new URLSearchParams({ ...tap.fields, csrfmiddlewaretoken: token, tap: tap.id, at: tap.at, sent });
  const answer = await fetch(tap.url, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(GIVE_UP_MS) });
  // Signed out, or the page's token was changed by a login elsewhere: a fresh page leads on, but never in a circle.
  if (answer.type === "opaqueredirect" || answer.status === 403) reloadRarely();
  if (FINAL.has(answer.status) && answer.status !== 204) refused = true; // the next page says why
  return FINAL.has(answer.status);
}

// A form that names no next page has shown already what its tap brings about.
function finish(tap) {
  if (tap.next) location.assign(tap.next);
  else if (refused) location.reload();
  else document.dispatchEvent(new Event("sent"));
}

async function send() {
  if (sending) return;
  sending = true;
  try {
    for (let [tap] = waiting(); tap; [tap] = waiting()) {
      if (!(await deliver(tap))) break;
      const rest = waiting().filter((other) => other.id !== tap.id);
      keep(rest);
      if (rest.length === 0) finish(tap);
    }
  } catch {
    // No network: the tap stays, the note says so, the next turn sends it.
  }
  sending = false;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-outbox]")) return;
  const fields = Object.fromEntries(new FormData(form));
  if (event.submitter?.name) fields[event.submitter.name] = event.submitter.value;
  delete fields.csrfmiddlewaretoken;
  const url = form.getAttribute("action");
  const taps = waiting();
  const last = taps.at(-1); // the same button twice in a row is one tap
  const isKept = last?.url === url && JSON.stringify(last.fields) === JSON.stringify(fields);
  const tap = { id: newId(), at: new Date().toISOString(), url, next: form.dataset.outbox, fields };
  try {
    keep(isKept ? taps : [...taps, tap]);
  } catch {
    return; // nothing can be kept here: let the form go its plain way
  }
  document.dispatchEvent(new CustomEvent("kept", { detail: tap }));
  event.preventDefault();
  send();
});

keep(waiting());
addEventListener("online", send);
setInterval(send, AGAIN_MS);
send();
