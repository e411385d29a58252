// Keeps what a thumb tapped until the server has it: every tap of a [data-outbox] form with its own id and time, in order.
// The server answers a repeated tap as done, so sending once more is always safe. Each tap lies under a key of its own, so that two
// tabs never write over each other; one tab at a time sends.
const AGAIN_MS = 10_000;
const GIVE_UP_MS = 10_000;
const FINAL = new Set([204, 400, 404, 409]); // taken, or never to be taken; everything else is tried again
const RELOAD_EVERY_MS = 60_000;
const CLOCK = "cunbo-clock"; // how many milliseconds this phone's clock is behind the server's
const SLACK_MS = 60_000; // less is the line, not the clock

const note = document.querySelector("[data-outbox-note]");
const key = `cunbo-outbox-${note.dataset.outboxNote}`; // one person's taps never leave under another's name
let sending = false;
let refused = false;

const places = () => Object.keys(localStorage).filter((name) => name.startsWith(`${key}:`)).sort();
const read = (place) => JSON.parse(localStorage.getItem(place));
export const waiting = () => places().map(read).filter(Boolean);

// Its place in the queue is a number, for a clock may jump.
function add(tap) {
  const last = Number(places().at(-1)?.split(":")[1] ?? 0);
  localStorage.setItem(`${key}:${String(last + 1).padStart(9, "0")}:${tap.id}`, JSON.stringify(tap));
}

function drop(tap) {
  for (const place of places()) if (place.endsWith(`:${tap.id}`)) localStorage.removeItem(place);
}

function tell() {
  const { length } = places();
  for (const place of [note, ...document.querySelectorAll("[data-outbox-count]")]) {
    place.hidden = length === 0;
    place.textContent = place.dataset.text.replace("{n}", length);
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

// What the server's clock says, once; kept as long as it holds, so that all taps of a queue are moved alike and none overtakes.
async function clock() {
  if (!("outboxClock" in note.dataset)) return 0;
  const known = localStorage.getItem(CLOCK);
  if (known !== null) return Number(known);
  const answer = await fetch("/release", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(GIVE_UP_MS) });
  return judge(answer, 0);
}

function judge(answer, known) {
  const ahead = Date.parse(answer.headers.get("date")) - Date.now();
  const found = Number.isNaN(ahead) || Math.abs(ahead - known) < SLACK_MS ? known : ahead;
  localStorage.setItem(CLOCK, found);
  return found;
}

const moved = (ms, by) => new Date(ms + by).toISOString();

async function deliver(tap) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const ahead = await clock();
  const sent = moved(Date.now(), ahead); // beside it the server sees how wrong this phone's clock goes
  const body = new URLSearchParams({ ...tap.fields, csrfmiddlewaretoken: token, tap: tap.id, at: moved(Date.parse(tap.at), ahead), sent });
  const answer = await fetch(tap.url, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(GIVE_UP_MS) });
  if (answer.type !== "opaqueredirect") judge(answer, ahead);
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

async function sendAll() {
  for (let [tap] = waiting(); tap; [tap] = waiting()) {
    if (!(await deliver(tap))) return;
    drop(tap);
    tell();
    if (places().length === 0) finish(tap);
  }
}

async function send() {
  if (sending) return;
  sending = true;
  try {
    if (navigator.locks) await navigator.locks.request(key, { ifAvailable: true }, (mine) => mine && sendAll());
    else await sendAll();
  } catch {
    // No network: the tap stays, the note says so, the next turn sends it.
  }
  sending = false;
}

// The same button twice in a row is one tap, but for a form that counts its presses [data-outbox-each].
function isRepeat(tap, form) {
  const last = waiting().at(-1);
  const isSame = last?.url === tap.url && JSON.stringify(last.fields) === JSON.stringify(tap.fields);
  return isSame && !("outboxEach" in form.dataset);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-outbox]")) return;
  const fields = Object.fromEntries(new FormData(form));
  if (event.submitter?.name) fields[event.submitter.name] = event.submitter.value;
  delete fields.csrfmiddlewaretoken;
  const tap = { id: newId(), at: new Date().toISOString(), url: form.getAttribute("action"), next: form.dataset.outbox, fields };
  try {
    if (!isRepeat(tap, form)) add(tap);
  } catch {
    return; // nothing can be kept here: let the form go its plain way
  }
  tell();
  document.dispatchEvent(new CustomEvent("kept", { detail: tap }));
  event.preventDefault();
  send();
});

// Taps of an earlier release lie together under one key.
for (const tap of JSON.parse(localStorage.getItem(key) ?? "[]")) add(tap);
localStorage.removeItem(key);
tell();
addEventListener("online", send);
addEventListener("storage", tell);
setInterval(send, AGAIN_MS);
send();
