// A screen that is never closed loads itself anew when another release runs: asked once an hour, and when its line comes back.
const HOUR = 3600e3;
const REST = 60e3; // while servers are changed one by one, old and new answer in turns: not more than once a minute
const SPREAD = 10e3;

// Only once the server answers: a page that is gone cannot come back by itself.
export async function reload() {
  for (;;) {
    const answer = await fetch(location, { cache: "no-store" }).catch(() => null);
    if (answer && answer.status < 500) return location.reload();
    await new Promise((resolve) => setTimeout(resolve, 2000 + Math.random() * SPREAD));
  }
}

export async function compareRelease() {
  const shown = document.documentElement.dataset.release;
  const told = await fetch("/release", { cache: "no-store" }).then((answer) => (answer.ok ? answer.text() : "")).catch(() => "");
  if (!shown || !told || told === shown) return;
  const wait = Math.max(0, REST - performance.now()) + Math.random() * SPREAD;
  setTimeout(reload, wait);
}

setInterval(compareRelease, HOUR * (0.9 + Math.random() / 5));
