// The cards move by themselves at a chosen speed and are read aloud. Without this script the page is read and turned as it is.
const tools = document.querySelector("[data-tools]");
const speak = document.querySelector("[data-speak]");
const cards = [...document.querySelectorAll(".read")];
let speed = 0; // pixels a second
let last = 0;
let rest = 0;
let lock = null;

function step(now) {
  if (!speed) return;
  rest += (speed * Math.min(now - last, 100)) / 1000;
  last = now;
  const whole = Math.floor(rest);
  if (whole) {
    rest -= whole;
    scrollBy({ top: whole, behavior: "instant" });
  }
  requestAnimationFrame(step);
}

async function stayAwake(isWanted) {
  if (!isWanted) {
    lock?.release();
    lock = null;
    return;
  }
  try {
    lock ??= await navigator.wakeLock?.request("screen");
  } catch {
    lock = null; // a phone that saves power says no
  }
}

tools?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-speed]");
  if (!button) return;
  const wasStill = !speed;
  speed = Number(button.dataset.speed);
  for (const each of tools.querySelectorAll("[data-speed]")) each.setAttribute("aria-pressed", String(each === button));
  stayAwake(speed > 0);
  if (speed && wasStill) {
    last = performance.now();
    requestAnimationFrame(step);
  }
});

const here = () => cards.find((card) => card.getBoundingClientRect().bottom > innerHeight / 3) ?? cards.at(-1);
const hasVoice = () => speechSynthesis.getVoices().some((voice) => voice.lang.toLowerCase().startsWith("zh"));

if ("speechSynthesis" in globalThis && speak) {
  const words = speak.textContent;
  const offer = () => (speak.hidden = !hasVoice());
  const said = (isOn) => (speak.textContent = isOn ? speak.dataset.textOff : words);
  offer();
  speechSynthesis.addEventListener?.("voiceschanged", offer);
  speak.addEventListener("click", () => {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel();
      said(false);
      return;
    }
    for (const line of here().querySelectorAll("[data-read] p, [data-read] li")) {
      const aloud = new SpeechSynthesisUtterance(line.innerText);
      aloud.lang = "zh-CN";
      aloud.rate = 0.95;
      aloud.onend = () => speechSynthesis.pending || said(false);
      speechSynthesis.speak(aloud);
    }
    said(true);
  });
  addEventListener("pagehide", () => speechSynthesis.cancel());
}
if (tools && cards.length) tools.hidden = false;
