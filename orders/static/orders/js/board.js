// A board: follows its line and paints what is newest. Every part of it has a module of its own.
import { compareRelease, reload } from "../../config/js/release.js";
import { follow } from "../../config/js/socket.js";
import { hearDetail, hearFrame, hearLine, tellAge } from "./board_age.js";
import { startMeanings } from "./board_around.js";
import { watchSize } from "./board_curve.js";
import { board, state } from "./board_dom.js";
import { paint } from "./board_paint.js";
import { onScreenChange, startScreen } from "./board_screen.js";
import { tellSummary } from "./board_summary.js";

const newest = { frame: state.frame, detail: state.detail };
let isWaiting = false;

function redraw() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    paint(newest.frame, newest.detail);
  });
}

hearFrame(newest.frame);
hearDetail(newest.detail);
startScreen();
startMeanings();
follow(board.dataset.socket, newest, {
  onMessage(part, message) {
    if (part === "frame") hearFrame(message);
    else hearDetail(message);
    redraw();
  },
  onLine(line) {
    hearLine(line);
    tellAge();
  },
  onBack: compareRelease,
  onRefused: reload, // signed out or moved away: the page itself says so
});
watchSize(redraw);
onScreenChange(redraw);
setInterval(tellAge, 500);
setInterval(redraw, 15000); // ages of sources grow without news
tellSummary(() => newest);
paint(newest.frame, newest.detail);
