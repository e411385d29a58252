// Keeps each [data-poll] fragment fresh: every few seconds while it is seen, once a minute while hidden, at once on return.
// The fragment's root says what it is as of (data-since); 204 means nothing changed. Texts come from data-text-… attributes.
const HIDDEN_S = 60;
const GIVE_UP_MS = 8000;

export function poll(box) {
  const every = Number(box.dataset.every);
  const age = document.getElementById(box.dataset.age);
  const born = Date.now();
  let heard = 0;
  let timer = 0;
  let asking = false;

  function draw(html) {
    box.innerHTML = html;
    const root = box.firstElementChild;
    if (box.dataset.state && root.dataset.state !== box.dataset.state) location.reload();
    for (const part of box.querySelectorAll("[data-slot-for]")) {
      document.getElementById(part.dataset.slotFor)?.replaceChildren(...part.childNodes);
    }
  }

  async function ask() {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    const url = new URL(box.dataset.poll, location.href);
    url.searchParams.set("since", box.firstElementChild?.dataset.since ?? "");
    try {
      const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(GIVE_UP_MS) });
      if (answer.type === "opaqueredirect") location.reload(); // signed out: the page itself leads to the login
      if (answer.status === 200) draw(await answer.text());
      if (answer.ok) heard = Date.now();
    } catch {
      // No network: the age below tells, the next turn asks again.
    }
    asking = false;
    const seconds = document.hidden ? Math.max(every, HIDDEN_S) : every;
    if (every) timer = setTimeout(ask, seconds * (900 + 200 * Math.random())); // spread, so that phones do not ask in step
    tell();
  }

  function tell() {
    if (!age || !every) return;
    const seconds = Math.round((Date.now() - (heard || born)) / 1000);
    const isStale = seconds > 3 * every + GIVE_UP_MS / 1000;
    if (!heard && !isStale) return;
    age.textContent = (isStale ? age.dataset.textStale : age.dataset.textFresh).replace("{n}", seconds);
    age.classList.toggle("stale", isStale);
  }

  document.addEventListener("visibilitychange", () => document.hidden || ask());
  addEventListener("online", ask);
  setInterval(tell, 1000);
  ask();
}

document.querySelectorAll("[data-poll]").forEach(poll);
