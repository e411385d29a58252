// The service worker of the school's phone pages. What opens without network: the roll call of a lesson, and the page behind the code
// of a screen (as its shell). Everything is asked of the server first; what is kept answers only where no answer comes. Pages hold
// names: they are thrown away after a day and a half, and when the server says that nobody is signed in.
const PAGES = "cunbo-school-pages";
const PARTS = "cunbo-school-parts";
const ROLL = /^\/school\/lessons\/[0-9a-f-]{36}\/roll\/$/;
const CODE = /^\/s\/[\w-]+\/$/;
const SHELL = "/s/";
const KEPT_MS = 36 * 3600 * 1000;
const PAGES_AT_MOST = 20;
const PATIENCE_MS = 8000; // a line so weak that it is none

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

const ageOf = (answer) => Date.now() - Date.parse(answer.headers.get("date") ?? "");

async function kept(name, key) {
  const cache = await caches.open(name);
  const answer = await cache.match(key);
  if (answer && name === PAGES && !(Math.abs(ageOf(answer)) < KEPT_MS)) {
    await cache.delete(key);
    return undefined;
  }
  return answer;
}

async function keep(name, key, answer) {
  const cache = await caches.open(name);
  await cache.put(key, answer);
  const keys = name === PAGES ? await cache.keys() : [];
  for (const old of keys.slice(0, Math.max(0, keys.length - PAGES_AT_MOST))) await cache.delete(old);
}

const forget = async (key) => (await caches.open(PAGES)).delete(key);

function inTime(request) {
  return new Promise((resolve, reject) => {
    setTimeout(reject, PATIENCE_MS, new Error("no answer"));
    fetch(request).then(resolve, reject);
  });
}

async function page(event, key) {
  const fallback = await kept(PAGES, key);
  try {
    const answer = await (fallback ? inTime(event.request) : fetch(event.request));
    if (answer.type === "opaqueredirect") await forget(key);
    else if (answer.ok && key !== SHELL) await keep(PAGES, key, answer.clone());
    return answer;
  } catch (error) {
    if (fallback) return fallback;
    throw error;
  }
}

async function part(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok) await keep(PARTS, request.url, answer.clone());
    return answer;
  } catch (error) {
    const found = await kept(PARTS, request.url);
    if (found) return found;
    throw error;
  }
}

addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate" && ROLL.test(pathname)) event.respondWith(page(event, pathname));
  else if (mode === "navigate" && CODE.test(pathname)) event.respondWith(page(event, SHELL));
  else if (pathname.startsWith("/static/")) event.respondWith(part(event.request));
});

// A page that was loaded before this worker was there says what to keep of it.
async function take({ path, parts }) {
  const answer = await fetch(path, { credentials: "same-origin", redirect: "manual" });
  if (answer.ok) await keep(PAGES, path, answer);
  else await forget(path);
  for (const url of parts) {
    const found = await fetch(url);
    if (found.ok) await keep(PARTS, url, found);
  }
}

addEventListener("message", (event) => event.waitUntil(take(event.data).catch(() => undefined)));
