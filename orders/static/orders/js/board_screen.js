// What belongs to this screen and not to what it shows: theme, privacy, full screen, controls that come when somebody is there.
import { board, find, show } from "./board_dom.js";

const root = document.documentElement;
const changed = new EventTarget();

export const isPrivate = () => root.dataset.privacy === "on";
export const onScreenChange = (listen) => changed.addEventListener("change", listen);

function keep(name, value) {
  try { localStorage.setItem(name, value); } catch { /* forbidden: then it lasts as long as the page */ }
  changed.dispatchEvent(new Event("change"));
}

function turnTheme() {
  const theme = root.dataset.theme === "day" ? "night" : "day";
  root.dataset.theme = theme;
  const address = new URL(location.href);
  if (address.searchParams.has("theme")) { // the address must not turn it back at the next load
    address.searchParams.set("theme", theme);
    history.replaceState(null, "", address);
  }
  keep("board-theme", theme);
}

function turnPrivacy() {
  root.dataset.privacy = isPrivate() ? "off" : "on";
  showPrivacy();
  keep("board-privacy", root.dataset.privacy);
}

function showPrivacy() {
  find("privacy-button").setAttribute("aria-pressed", String(isPrivate()));
}

function turnFull() {
  if (document.fullscreenElement) document.exitFullscreen();
  else root.requestFullscreen();
}

let still = 0;
function touch() {
  board.classList.add("touched");
  clearTimeout(still);
  still = setTimeout(() => board.classList.remove("touched"), 3000);
}

export function startScreen() {
  const keys = { F2: turnPrivacy, F4: turnTheme };
  show("theme-button", true);
  show("privacy-button", true);
  show("fullscreen", document.fullscreenEnabled);
  find("theme-button").addEventListener("click", turnTheme);
  find("privacy-button").addEventListener("click", turnPrivacy);
  find("fullscreen").addEventListener("click", turnFull);
  showPrivacy();
  addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  addEventListener("pointermove", touch);
  addEventListener("pointerdown", touch);
}
