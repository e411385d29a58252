// Has a page and its parts kept on this phone, so that it opens without network: <body data-…> is not needed, the page says its own
// path by [data-keep]. A browser without service workers loses only that; its taps wait all the same.
import "../../config/js/trusted.js";

const WORKER = "/school-worker.js";
const place = document.querySelector("[data-keep]");

async function keep() {
  const registration = await navigator.serviceWorker.register(WORKER, { scope: place.dataset.scope });
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const parts = loaded.filter((name) => new URL(name).pathname.startsWith("/static/"));
  const say = () => worker.state === "activated" && worker.postMessage({ path: place.dataset.keep, parts });
  worker.addEventListener("statechange", say);
  say();
  document.addEventListener("sent", say);
}

if (place && navigator.serviceWorker) {
  addEventListener("load", () => keep().catch(() => undefined)); // private windows have none
}

// A random name that this phone gave itself: it tells two phones apart, and nobody who holds one.
function device() {
  try {
    const found = localStorage.getItem("cunbo-device") ?? crypto.randomUUID();
    localStorage.setItem("cunbo-device", found);
    return found;
  } catch {
    return "";
  }
}

for (const field of document.querySelectorAll("input[name=device]")) field.value = device();
