// Has a page and its parts kept on this phone, so that it opens without network: a [data-keep] element names the page's path, the
// worker and what it reaches. A browser without service workers loses only that; its taps wait all the same.
import "./trusted.js";

const place = document.querySelector("[data-keep]");

const rarely = Number(place?.dataset.rarely ?? 0) * 1000; // a page that changes with every tap is fetched anew no more often
const isKept = Boolean(navigator.serviceWorker?.controller); // the worker has seen this page come, and keeps it
let last = Date.now();

async function keep() {
  const registration = await navigator.serviceWorker.register(place.dataset.worker, { scope: place.dataset.scope });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const parts = loaded.filter((name) => new URL(name).pathname.startsWith("/static/"));
  const say = () => worker.state === "activated" && worker.postMessage({ path: place.dataset.keep, parts });
  worker.addEventListener("statechange", say);
  if (!isKept || worker.state !== "activated") say();
  document.addEventListener("sent", () => {
    if (Date.now() - last < rarely) return;
    last = Date.now();
    say();
  });
}

// What is shown without network is as old as what was kept; poll.js says so.
async function date() {
  const shown = await caches.match(location.pathname);
  const at = Number(shown?.headers.get("x-kept-at"));
  if (at) document.documentElement.dataset.asOf = at;
}

if (place && navigator.serviceWorker) {
  date().catch(() => undefined);
  addEventListener("load", () => keep().catch(() => undefined)); // private windows have none
}
