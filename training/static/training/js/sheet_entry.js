// A paper sheet by keyboard: a digit and the next line is there; Enter goes on too, arrows go up and down. Never sends the form by
// accident: the last line leads to the button.
const lines = [...document.querySelectorAll("[data-digit]")];
const button = document.querySelector("form[data-sheet] button");
const DIGITS = /^[1-4]$/;

const go = (place) => (lines[place] ?? button).focus();

lines.forEach((line, place) => {
  line.addEventListener("focus", () => line.select());
  line.addEventListener("input", () => {
    const typed = line.value.normalize("NFKC"); // full-width digits of a Chinese keyboard
    line.value = DIGITS.test(typed) ? typed : "";
    if (line.value) go(place + 1);
  });
  line.addEventListener("keydown", (event) => {
    const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.isComposing) return;
    event.preventDefault();
    go(Math.max(0, place + step));
  });
});
lines.find((line) => !line.value)?.focus();
