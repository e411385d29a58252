// A board's line: hands on only what is newer, notices when it is dead, comes back by itself, and asks by GET while no socket opens.
const FIRST = 1000; // ms; doubled after each failure up to LONGEST, then a random part of it: a thousand boards must not come back at once
const LONGEST = 30000;
const MOVE = 5000; // within this after a server said that it restarts
const SILENCE = 25000; // two heartbeats and a half
const QUIET = 13000; // a heartbeat and 3 s
const DAY = 24 * 3600e3;
const POLL = 4000;
const RESTART = 1012;
const REFUSED = 4400; // close codes from here on are the server's word that trying again is no use

export function isNewer(message, last) {
  if (!last || message.epoch !== last.epoch) return true;
  return message.version > last.version || (message.version === last.version && message.as_of > last.as_of);
}

export function pause(code, failures, random = Math.random) {
  return random() * (code === RESTART ? MOVE : Math.min(LONGEST, FIRST * 2 ** failures));
}

// Where a socket's messages can be had by GET: `frame` and `detail`.
function answers(address) {
  const frame = new URL(address);
  frame.protocol = location.protocol;
  frame.pathname = frame.pathname.replace(/^\/ws\//, "/api/v1/");
  frame.searchParams.delete("detail");
  const detail = new URL(frame);
  detail.pathname += "detail/";
  return { frame, detail };
}

// `onMessage(part, message)` for each newer frame or detail of `newest` ({frame, detail}), `onLine("open" | "delayed" | "lost")`,
// `onBack()` each time a socket opens again, `onRefused()` when the right has gone.
export function follow(path, newest, { onMessage, onLine, onBack, onRefused }) {
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.searchParams.set("detail", "1");
  let hangUp = () => {}; // ends the present socket, quietly
  let retry = 0;
  let failures = 0;
  let heardAt = Date.now();
  let polledAt = 0;
  let isOpen = false;
  let wasOpen = false;

  function take(message) {
    const part = message.part ?? "frame";
    if (!isNewer(message, newest[part])) return;
    newest[part] = message;
    onMessage(part, message);
  }

  function tellLine() {
    onLine(isOpen ? "open" : Date.now() - polledAt < 3 * POLL ? "delayed" : "lost");
  }

  function heard() {
    heardAt = Date.now();
    if (isOpen) return;
    isOpen = true;
    failures = 0;
    tellLine();
    if (wasOpen) onBack();
    wasOpen = true;
  }

  function connect() {
    hangUp();
    clearTimeout(retry);
    const socket = new WebSocket(address);
    let watchdog = 0;
    let isOver = false;

    const end = () => {
      isOver = true;
      isOpen = false;
      clearTimeout(watchdog);
      clearTimeout(renewal);
      socket.close();
    };
    const over = (code) => {
      if (isOver) return;
      end();
      if (code >= REFUSED) return onRefused();
      tellLine();
      if (code !== RESTART) failures += 1;
      retry = setTimeout(connect, pause(code, failures - 1));
    };
    const listen = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(over, SILENCE, 0);
    };
    const renewal = setTimeout(connect, DAY * (1 - Math.random() / 10)); // once a day, not all in the same minute
    hangUp = end;
    listen();
    socket.onmessage = (message) => {
      if (isOver) return;
      listen();
      heard();
      take(JSON.parse(message.data));
    };
    socket.onclose = (event) => over(event.code);
  }

  // While no socket opens (a proxy in between, a cap that is reached): the same by GET, a few seconds late.
  async function poll() {
    if (!isOpen && failures > 1) {
      const { frame, detail } = answers(address);
      const ask = async (url) => {
        const answer = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(8000) });
        return { status: answer.status, message: answer.ok ? await answer.json() : null };
      };
      const [first, second] = await Promise.all([ask(frame), ask(detail)]).catch(() => []); // also one that breaks off
      if ([401, 403, 404].includes(first?.status)) return onRefused();
      if (first?.message && !isOpen) {
        polledAt = Date.now();
        take(first.message);
      }
      if (second?.message && !isOpen) take(second.message);
      tellLine();
    }
    setTimeout(poll, POLL * (0.75 + Math.random() / 2));
  }

  // After a sleep, a lost network, a page out of the cache: at once, when nothing has been heard for longer than it should take.
  function wake() {
    if (Date.now() - heardAt < QUIET) return;
    failures = Math.min(failures, 1);
    connect();
  }
  addEventListener("online", wake);
  addEventListener("pageshow", (event) => event.persisted && wake());
  document.addEventListener("visibilitychange", () => document.hidden || wake());
  let tick = Date.now();
  setInterval(() => {
    if (Date.now() - tick > QUIET) wake(); // the machine slept
    tick = Date.now();
  }, 5000);

  connect();
  poll();
}
