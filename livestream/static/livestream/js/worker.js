// The service worker of phone pages. TOLD (views/worker.py) says which of them open without network. Everything is asked of the
// server first; what is kept answers only where no answer comes. Pages hold names: they are thrown away after a day and a half, and
// all of them when the server says that nobody is signed in. What another release kept goes when this one begins.
const RELEASE = location.search.slice(1);
const OURS = `cunbo-${TOLD.name}-`;
const PAGES = `${OURS}pages${RELEASE && `-${RELEASE}`}`;
const PARTS = `${OURS}parts${RELEASE && `-${RELEASE}`}`;
const KEPT_MS = 36 * 3600 * 1000;
const PAGES_AT_MOST = 20;
const PATIENCE_MS = 8000; // a line so weak that it is none
const PATTERNS = TOLD.pages.map(([pattern, shell]) => [new RegExp(pattern), shell]);

async function begin() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== PAGES && name !== PARTS).map((name) => caches.delete(name)));
  await clients.claim();
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(begin()));

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

// By this phone's own clock, so that the page can say how old it is.
async function marked(answer) {
  const headers = new Headers(answer.headers);
  headers.set("x-kept-at", Date.now());
  return new Response(await answer.blob(), { status: answer.status, headers });
}

async function keep(name, key, answer) {
  const cache = await caches.open(name);
  await cache.put(key, name === PAGES ? await marked(answer) : answer);
  const keys = name === PAGES ? await cache.keys() : [];
  for (const old of keys.slice(0, Math.max(0, keys.length - PAGES_AT_MOST))) await cache.delete(old);
}

function inTime(request) {
  return new Promise((resolve, reject) => {
    setTimeout(reject, PATIENCE_MS, new Error("no answer"));
    fetch(request).then(resolve, reject);
  });
}

async function page(event, key, isShell) {
  const fallback = await kept(PAGES, key);
  try {
    const answer = await (fallback ? inTime(event.request) : fetch(event.request));
    if (answer.type === "opaqueredirect") await caches.delete(PAGES);
    else if (answer.ok && !isShell) await keep(PAGES, key, answer.clone());
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
  const [, shell] = (mode === "navigate" && PATTERNS.find(([pattern]) => pattern.test(pathname))) || [];
  if (shell !== undefined) event.respondWith(page(event, shell || pathname, Boolean(shell)));
  else if (pathname.startsWith("/static/")) event.respondWith(part(event.request));
});

// A page that was loaded before this worker was there says what to keep of it.
async function take({ path, parts }) {
  const answer = await fetch(path, { credentials: "same-origin", redirect: "manual" });
  if (answer.ok) await keep(PAGES, path, answer);
  else await (await caches.open(PAGES)).delete(path);
  for (const url of parts) {
    const found = await fetch(url, { cache: "force-cache" }); // the page has just fetched it
    if (found.ok) await keep(PARTS, url, found);
  }
}

// Such a page may have been on its way when this worker began: it belongs to none until it is claimed.
addEventListener("message", (event) => event.waitUntil(Promise.all([clients.claim(), take(event.data)]).catch(() => undefined)));
