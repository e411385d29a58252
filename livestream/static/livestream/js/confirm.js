// Says that somebody is there: at the first touch, key or scroll. Robots that fetch or draw a link to show it touch nothing.
const GESTURES = ["pointerdown", "touchstart", "keydown", "scroll"];

function seen() {
  for (const gesture of GESTURES) removeEventListener(gesture, seen);
  fetch(location.href, { method: "POST", body: new URLSearchParams({ answer: "seen", quiet: "on" }), keepalive: true }).catch(() => listen());
}

function listen() {
  for (const gesture of GESTURES) addEventListener(gesture, seen, { passive: true });
}

listen();
