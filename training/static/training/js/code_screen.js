// Counts down to the next code on the screen. The code itself comes by poll.js; each new one brings its own seconds.
const place = () => document.querySelector("[data-left]");
let shown = "";
let until = 0;

function tick() {
  const now = place();
  if (!now) return;
  if (now.dataset.code !== shown) {
    shown = now.dataset.code;
    until = performance.now() + Number(now.dataset.left) * 1000;
  }
  now.textContent = Math.max(0, Math.ceil((until - performance.now()) / 1000));
}

document.addEventListener("drawn", tick);
setInterval(tick, 250);
tick();
