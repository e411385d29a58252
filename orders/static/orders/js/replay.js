// Plays an ended session again: whole states, asked for in chunks and shown one after the other. Nothing is added up here.
import { count, minute, yuan } from "../../config/js/number.js";

const page = document.querySelector("[data-replay]");
const words = page.dataset;
const head = JSON.parse(document.getElementById("replay-head").textContent);
const find = (name, inside = page) => inside.querySelector(`[data-${name}]`);
const SPEEDS = [1, 10, 30, 60];
const CHUNK = 60;
const AHEAD = 15; // states in hand before the next chunk is asked for
const RETRY = 2000; // ms

const states = new Map(); // by position
let position = head.last; // the page opens on what it came to
let place = position; // the same, with a part of a step
let speed = 60;
let isPlaying = false;
let asking = null;
let drawnAt = 0;

function say(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

// --- states ---------------------------------------------------------------------------------------------------------------

async function ask(from) {
  const answer = await fetch(`${words.src}?from=${from}&count=${CHUNK}`, { headers: { Accept: "application/json" } });
  if (answer.status === 401 || answer.status === 403 || answer.status === 404) return location.reload(); // the page itself says why
  if (!answer.ok) throw new Error(answer.status);
  const chunk = await answer.json();
  if (chunk.epoch !== head.epoch || chunk.version !== head.version || chunk.last !== head.last) return anew();
  chunk.states.forEach((state, n) => states.set(from + n, state));
}

// Something was booked since the page was made (a late refund): it is made anew, at the same moment.
function anew() {
  isPlaying = false;
  location.hash = `at${position}`;
  location.reload();
}

// Asks for the state at `wanted` if it is not here; one question at a time, the newest wish last.
function need(wanted) {
  if (asking || states.has(wanted)) return;
  const from = states.has(wanted - 1) ? wanted : Math.floor(wanted / CHUNK) * CHUNK;
  asking = ask(from)
    .then(() => { find("lost").hidden = true; })
    .catch(() => {
      find("lost").hidden = false;
      return new Promise((later) => { setTimeout(later, RETRY); });
    })
    .finally(() => {
      asking = null;
      draw();
    });
}

// --- drawing --------------------------------------------------------------------------------------------------------------

const clock = (at) => (at == null ? words.textAfter : minute(at * 1000));

function good(row, [, units, paid, , left], most) {
  say(find("units", row), count(units));
  say(find("paid", row), yuan(paid));
  const box = find("left", row);
  if (box) {
    say(box, left == null ? "—" : left < 0 ? words.textOversold.replace("{n}", count(-left)) : count(left));
    box.classList.toggle("oversold", left != null && left < 0);
  }
  const bar = find("bar", row);
  if (bar) {
    bar.max = most;
    bar.value = Math.max(0, units);
  }
}

function presenting(at) {
  if (at == null) return "";
  return head.pitches.findLast(([from, to]) => from <= at && (to == null || at < to))?.[2] ?? "";
}

// What was said of people online within ten minutes before: a sum of rooms, never of people.
const afterwards = find("crowd").textContent;
function watching(at) {
  if (at == null || at > head.ended_at || !head.online.length) return afterwards;
  const last = head.online.map((points) => points.findLast(([second]) => second <= at)).filter((point) => point && at - point[0] < head.stale_s);
  if (!last.length) return words.textUnread;
  const text = last.length > 1 ? words.textOnlineAdded : words.textOnline;
  return text.replace("{n}", count(last.reduce((sum, [, number]) => sum + number, 0))).replace("{rooms}", last.length);
}

// The state of `position`; while it is on its way, what is shown stays, clock and all.
function draw() {
  const state = states.get(position);
  need(state ? Math.min(position + AHEAD, head.last) : position);
  if (!state) return;
  for (const element of page.querySelectorAll("[data-n]")) {
    const value = state.totals[element.dataset.n];
    say(element, element.dataset.as ? yuan(value) : count(value));
  }
  const most = Math.max(1, ...state.items.map((item) => item[1]));
  page.querySelectorAll("[data-good]").forEach((row, n) => good(row, state.items[n], most));
  const others = find("others");
  if (others) good(others, state.others, most);
  say(find("moment"), clock(state.at));
  say(find("pitching"), presenting(state.at));
  say(find("crowd"), watching(state.at));
  const scrub = find("scrub");
  scrub.value = position;
  scrub.setAttribute("aria-valuetext", words.textMoment.replace("{time}", clock(state.at)).replace("{n}", count(state.totals.orders)));
  find("shown").setAttribute("width", position);
  for (const end of ["x1", "x2"]) find("now").setAttribute(end, position);
  page.classList.toggle("after", state.at == null);
}

// --- playing --------------------------------------------------------------------------------------------------------------

function tick(now) {
  if (!isPlaying) return;
  const passed = Math.max(0, Math.min(1000, now - drawnAt)); // a page that slept does not jump
  drawnAt = now;
  if (states.has(position)) place = Math.min(head.last, place + (passed / 1000) * (speed / head.step_s));
  if (Math.floor(place) !== position) {
    position = Math.floor(place);
    draw();
  } else if (!states.has(position)) draw();
  if (position === head.last) play(false);
  else requestAnimationFrame(tick);
}

function play(wanted) {
  isPlaying = wanted;
  say(find("play"), isPlaying ? words.textPause : words.textPlay);
  page.classList.toggle("playing", isPlaying);
  if (!isPlaying) return;
  if (position === head.last) seek(0);
  drawnAt = performance.now();
  requestAnimationFrame(tick);
}

function seek(wanted) {
  position = Math.max(0, Math.min(head.last, wanted));
  place = position;
  draw();
}

function turn(wanted) {
  speed = wanted;
  for (const button of page.querySelectorAll("[data-speed]")) button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === speed));
}

const faster = (by) => turn(SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, SPEEDS.indexOf(speed) + by))]);
const KEYS = {
  " ": () => play(!isPlaying),
  ArrowLeft: () => seek(position - 1),
  ArrowRight: () => seek(position + 1),
  ArrowUp: () => faster(1),
  ArrowDown: () => faster(-1),
  Home: () => seek(0),
  End: () => seek(head.last),
};

addEventListener("keydown", (event) => {
  const isAsked = !event.altKey && !event.ctrlKey && !event.metaKey && KEYS[event.key];
  const isButton = event.key === " " && event.target.closest("button, a"); // a button that has the focus keeps its own key
  if (!isAsked || isButton) return;
  event.preventDefault();
  isAsked();
});
find("play").addEventListener("click", () => play(!isPlaying));
find("scrub").addEventListener("input", (event) => seek(Number(event.target.value)));
page.addEventListener("click", (event) => {
  const to = event.target.closest("[data-speed], [data-seek]");
  if (to?.dataset.speed) turn(Number(to.dataset.speed));
  if (to?.dataset.seek) {
    event.preventDefault();
    seek(Number(to.dataset.seek));
    scrollTo({ top: 0 });
  }
});

// --- this screen, with the keys and the memory of the boards: theme, privacy, full screen ----------------------------------------

const root = document.documentElement;

function keep(name, value) {
  root.dataset[name] = value;
  try { localStorage.setItem(`board-${name}`, value); } catch { /* forbidden: then it lasts as long as the page */ }
  find("privacy-button").setAttribute("aria-pressed", String(root.dataset.privacy === "on"));
}

function kept(name, otherwise) {
  try { return localStorage.getItem(`board-${name}`) ?? otherwise; } catch { return otherwise; }
}

const turnTheme = () => keep("theme", root.dataset.theme === "day" ? "night" : "day");
const turnPrivacy = () => keep("privacy", root.dataset.privacy === "on" ? "off" : "on");
Object.assign(KEYS, { F2: turnPrivacy, F4: turnTheme });
keep("theme", new URLSearchParams(location.search).get("theme") ?? kept("theme", "night"));
keep("privacy", kept("privacy", "off"));
find("privacy-button").addEventListener("click", turnPrivacy);
find("theme-button").addEventListener("click", turnTheme);
const full = find("fullscreen");
full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
full.hidden = !document.fullscreenEnabled;
for (const name of ["player", "scrub", "privacy-button", "theme-button"]) find(name).hidden = false;
find("minutes").open = false; // without a script it is all there is
const asked = /^#at(\d+)$/.exec(location.hash);
if (asked) seek(Number(asked[1]));
else need(0);
