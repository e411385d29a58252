// The list is replaced by poll.js every few seconds and by htmx after a tap; either way its buttons work, its figures reach
// their places outside, and whoever uses a keyboard stays where they were.
const box = document.getElementById("alerts");
const unsent = document.getElementById("unsent");
const filter = document.getElementById("kind");
let focused = "";

box.addEventListener("focusin", (event) => {
  focused = event.target.id;
});
box.addEventListener("focusout", (event) => {
  if (event.relatedTarget) focused = "";
});

new MutationObserver(() => {
  htmx.process(box);
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
}).observe(box, { childList: true });

document.addEventListener("htmx:afterSwap", () => {
  for (const part of box.querySelectorAll("[data-slot-for]")) {
    document.getElementById(part.dataset.slotFor)?.replaceChildren(...part.childNodes);
  }
});
filter.form.querySelector("button").hidden = true;
filter.addEventListener("change", () => filter.form.submit());
document.addEventListener("htmx:beforeSwap", (event) => {
  unsent.hidden = true;
  if (!event.detail.xhr.responseText.includes("data-since")) {
    event.preventDefault();
    location.reload(); // signed out, gone or broken: the page itself says so
  }
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    unsent.hidden = false;
    unsent.scrollIntoView();
  });
}
