// Counts the minutes in which this page is looked at and tells each of them by the form beside it, which the outbox keeps.
// The clock is the server's: how far this phone's own one is off does not matter.
const IDLE_MS = 10 * 60_000; // longer without a touch, and perhaps nobody is there
const AWAY_MINUTES = 15; // at most, for one opening of a file in another window
const page = document.querySelector("[data-study]");
const form = page.querySelector("form[data-minute]");
const asks = page.querySelector("[data-study-idle]");
const total = page.querySelector("[data-study-count]");
const began = performance.now();
let seen = 0; // milliseconds of the minute that is being counted
let last = began;
let touched = began;
let left = null; // since when a file is open in another window
let told = 0;

const minuteNow = () => Math.floor((Number(page.dataset.now) + (performance.now() - began) / 1000) / 60);

function tell(minute) {
  form.elements.minute.value = minute;
  form.requestSubmit();
  told += 1;
  total.textContent = Number(total.dataset.minutes) + told;
}

function turn() {
  const now = performance.now();
  const isThere = document.visibilityState === "visible" && now - touched < IDLE_MS;
  asks.hidden = now - touched < IDLE_MS;
  if (isThere) seen += Math.min(now - last, 2000);
  last = now;
  if (seen < 60_000) return;
  seen -= 60_000;
  tell(minuteNow());
}

function comeBack() {
  if (document.visibilityState !== "visible" || left === null) return;
  const away = Math.min(AWAY_MINUTES, Math.floor((performance.now() - left) / 60_000));
  left = null;
  touched = performance.now();
  for (let ago = away; ago > 0; ago -= 1) tell(minuteNow() - ago);
}

for (const kind of ["pointerdown", "keydown", "scroll", "touchstart"]) {
  addEventListener(kind, () => { touched = performance.now(); }, { passive: true });
}
for (const link of page.querySelectorAll("[data-study-file]")) {
  link.addEventListener("click", () => { left = performance.now(); });
}
document.addEventListener("visibilitychange", comeBack);
setInterval(turn, 1000);
