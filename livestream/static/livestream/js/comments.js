// Keys of the comments desk: N note, Alt+1…7 its kind, J and K along what waits, A answer, D done, Q quick answers, H hide.
const note = document.querySelector("[data-note]");
const waiting = [...document.querySelectorAll("[data-comment]")];
let here = -1;

function go(step) {
  if (!waiting.length) return;
  here = Math.min(waiting.length - 1, Math.max(0, here + step));
  waiting[here].focus();
  waiting[here].scrollIntoView({ block: "nearest" });
}

function open(name) {
  const part = waiting[here]?.querySelector(name);
  if (!part) return;
  part.open = true;
  part.querySelector("input, button")?.focus();
}

const KEYS = {
  n: () => note?.querySelector("[name=words]").focus(),
  j: () => go(1),
  k: () => go(-1),
  a: () => waiting[here]?.querySelector("[data-answer]").focus(),
  d: () => waiting[here]?.querySelector("form.answer").requestSubmit(waiting[here].querySelector("[data-done]")),
  q: () => open(".quick"),
  h: () => open(".hide"),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey) return;
  if (event.altKey) {
    const digit = /^Digit([1-7])$/.exec(event.code)?.[1];
    const button = digit && note?.querySelector(`[data-key="${digit}"]`);
    if (!button) return;
    event.preventDefault();
    note.requestSubmit(button);
    return;
  }
  if (event.target.matches("input, textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("focusin", (event) => {
  const found = waiting.indexOf(event.target.closest("[data-comment]"));
  if (found >= 0) here = found;
});
