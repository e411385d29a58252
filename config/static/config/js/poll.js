// Keeps each [data-poll] fragment fresh: every few seconds while it is seen, once a minute while hidden, at once on return;
// more rarely on a line that is slow or costs by the byte, and ever more rarely while there is none.
// The fragment's root says what it is as of (data-since); 204 means nothing changed. Texts come from data-text-… attributes.
import "./trusted.js";

const HIDDEN_S = 60;
const LONGEST_S = 60;
const SPARING = 3; // times the pause, where every byte counts
const GIVE_UP_MS = 8000;

function isThin() {
  const line = navigator.connection;
  return Boolean(line?.saveData) || /2g/.test(line?.effectiveType ?? "");
}

// What somebody is typing must not be lost to a reload.
function isTyping() {
  return [...document.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue);
}

// The one place where a page's script reads HTML: the server's own, and judged by trusted.js.
export const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

export function poll(box) {
  const every = () => Number(box.dataset.every); // a socket that follows the same makes it rarer
  const age = document.getElementById(box.dataset.age);
  const loaded = Date.now();
  let heard = 0;
  let failures = 0;
  let timer = 0;
  let asking = false;
  let again = false; // something changed while we asked: that answer is too old to be drawn

  function draw(html) {
    const slots = new Map([...box.querySelectorAll("[data-slot]")].map((place) => [place.dataset.slot, [...place.childNodes]]));
    box.replaceChildren(...parsed(html).body.childNodes);
    for (const place of box.querySelectorAll("[data-slot]")) { // what another fragment put there stays until it says otherwise
      if (slots.has(place.dataset.slot)) place.replaceChildren(...slots.get(place.dataset.slot).map((node) => node.cloneNode(true)));
    }
    const root = box.firstElementChild;
    if (box.dataset.state && root.dataset.state !== box.dataset.state && !isTyping()) location.reload();
    for (const part of box.querySelectorAll("[data-slot-for]")) {
      const name = part.dataset.slotFor;
      for (const place of document.querySelectorAll(`[id="${name}"], [data-slot="${name}"]`)) {
        place.replaceChildren(...[...part.childNodes].map((node) => node.cloneNode(true)));
      }
      part.remove();
    }
    box.dispatchEvent(new Event("drawn", { bubbles: true }));
  }

  const pause = () => every() * (isThin() ? SPARING : 1);

  function wait() {
    const seconds = Math.max(document.hidden ? HIDDEN_S : every(), Math.min(LONGEST_S, pause() * 2 ** failures));
    timer = setTimeout(ask, seconds * (900 + 200 * Math.random())); // spread, so that phones do not ask in step
  }

  async function ask() {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    clearTimeout(timer);
    const url = new URL(box.dataset.poll, location.href);
    url.searchParams.set("since", box.firstElementChild?.dataset.since ?? "");
    try {
      const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(GIVE_UP_MS) });
      if (answer.type === "opaqueredirect") location.reload(); // signed out: the page itself leads to the login
      if (answer.status === 200 && !again) draw(await answer.text());
      if (answer.ok) heard = Date.now();
      failures = answer.ok ? 0 : failures + 1;
    } catch {
      failures += 1; // no network: the age below tells, the next turn asks again
    }
    asking = false;
    if (again) {
      again = false;
      return ask();
    }
    if (every()) wait();
    tell();
  }

  // A page that the phone had kept is as old as that (offline.js).
  function tell() {
    if (!age || !every()) return;
    const born = Number(document.documentElement.dataset.asOf) || loaded;
    const seconds = Math.round((Date.now() - (heard || born)) / 1000);
    const isStale = seconds > 3 * pause() + GIVE_UP_MS / 1000;
    if (!heard && !isStale) return;
    const { textFresh, textStale, textMinutes, textHours } = age.dataset;
    if (isStale && textHours && seconds >= 3600) age.textContent = textHours.replace("{n}", Math.floor(seconds / 3600));
    else if (isStale && textMinutes && seconds >= 60) age.textContent = textMinutes.replace("{n}", Math.floor(seconds / 60));
    else age.textContent = (isStale ? textStale : textFresh).replace("{n}", seconds);
    age.classList.toggle("stale", isStale);
  }

  document.addEventListener("visibilitychange", () => document.hidden || ask());
  addEventListener("online", ask);
  document.addEventListener("sent", ask);
  box.addEventListener("ask", ask);
  setInterval(tell, 1000);
  ask();
}

document.querySelectorAll("[data-poll]").forEach(poll);
