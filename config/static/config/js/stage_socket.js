// Follows the stage of a session: whenever anything on it changes, every [data-stage] fragment is asked anew, at once. The socket
// says no more than how new the stage is; poll.js fetches and draws. While no socket is open, the fragments ask every few seconds.
import { pause } from "./socket.js";
import "./poll.js";

const SILENCE_MS = 25_000; // two heartbeats of the server and a half
const OPEN_S = 60;
const REFUSED = 4400; // close codes from here on are the server's word that trying again is no use

const boxes = [...document.querySelectorAll("[data-stage]")];

function follow(path, followers) {
  const every = new Map(followers.map((box) => [box, box.dataset.every]));
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  let version = null;
  let failures = 0;
  let heardAt = 0;
  let socket = null;
  let retry = 0;
  let watchdog = 0;

  const ask = () => followers.forEach((box) => box.dispatchEvent(new Event("ask")));
  const pace = (seconds) => followers.forEach((box) => (box.dataset.every = seconds ?? every.get(box)));

  function over(code) {
    clearTimeout(watchdog);
    socket = null;
    pace(null);
    ask();
    if (code >= REFUSED) return; // signed out, or no longer in charge: the answer to what was asked leads on
    retry = setTimeout(connect, pause(code, failures));
    failures += 1;
  }

  function listen() {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => socket?.close(), SILENCE_MS);
  }

  function connect() {
    clearTimeout(retry);
    const mine = new WebSocket(address);
    socket = mine;
    listen();
    mine.onmessage = ({ data }) => {
      heardAt = Date.now();
      failures = 0;
      listen();
      pace(OPEN_S);
      const told = JSON.parse(data).version;
      if (told !== version) ask(); // the first word too: what was missed while there was no line
      version = told;
    };
    mine.onclose = ({ code }) => mine === socket && over(code);
  }

  function wake() {
    if (Date.now() - heardAt < SILENCE_MS / 2) return;
    failures = 0;
    if (!socket) connect();
  }

  addEventListener("online", wake);
  addEventListener("pageshow", ({ persisted }) => persisted && wake());
  document.addEventListener("visibilitychange", () => document.hidden || wake());
  connect();
}

for (const path of new Set(boxes.map((box) => box.dataset.stage))) {
  follow(path, boxes.filter((box) => box.dataset.stage === path));
}
