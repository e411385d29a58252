// A board's socket: hands on only what is newer, notices a dead line, and comes back by itself.
const FIRST = 1000; // ms; doubled after each failure up to LONGEST, then a random part of it: a thousand boards must not come back at once
const LONGEST = 30000;
const SILENCE = 25000; // two heartbeats and a half
const REFUSED = 4400; // close codes from here on are the server's word that trying again is no use

export function isNewer(frame, last) {
  if (!last || frame.epoch !== last.epoch) return true;
  return frame.version > last.version || (frame.version === last.version && frame.as_of > last.as_of);
}

// `onFrame(frame)` for each newer frame, `onLine(isOpen)` when the line goes or comes, `onRefused()` when the right has gone.
export function follow(path, last, { onFrame, onLine, onRefused }) {
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  let failures = 0;

  function connect() {
    const socket = new WebSocket(address);
    let watchdog = 0;
    let isOver = false;

    const over = (code) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(watchdog);
      onLine(false);
      if (code >= REFUSED) return onRefused();
      const most = Math.min(LONGEST, FIRST * 2 ** failures++);
      setTimeout(connect, Math.random() * most);
    };
    const listen = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => { socket.close(); over(0); }, SILENCE);
    };
    listen();
    socket.onmessage = (message) => {
      listen();
      failures = 0;
      onLine(true);
      const frame = JSON.parse(message.data);
      if (!isNewer(frame, last)) return;
      last = frame;
      onFrame(frame);
    };
    socket.onclose = (event) => over(event.code);
  }
  addEventListener("online", () => { failures = 0; });
  connect();
}
