// The card of what is presented: it changes under the thumb, also without network, and follows the server when nothing waits.
import { waiting } from "../../config/js/outbox.js";

const SLIP_MS = 600; // a second tap this soon is a thumb that slipped, and would skip an item
const stage = document.getElementById("stage");
const form = document.getElementById("pitch");
let changed = 0;

const cards = () => [...stage.querySelectorAll("[data-card]")];
const mine = (tap) => tap.url === form.getAttribute("action");

function show(product) {
  const card = cards().find((one) => one.dataset.card === product);
  if (!card) return location.reload(); // the line-up was changed meanwhile
  if (!card.hidden) return;
  const hadFocus = stage.contains(document.activeElement);
  for (const one of cards()) one.hidden = one !== card;
  for (const slot of document.querySelectorAll("button.slot")) {
    slot.disabled = slot.value === product;
  }
  if (hadFocus) card.querySelector("button").focus({ preventScroll: true });
}

if (stage) {
  document.addEventListener("submit", (event) => {
    if (event.target !== form || Date.now() - changed > SLIP_MS) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("kept", ({ detail: tap }) => {
    if (!mine(tap)) return;
    changed = Date.now();
    show(tap.fields.product);
    if (stage.getBoundingClientRect().top < 0) stage.scrollIntoView();
  });
  document.addEventListener("drawn", ({ target }) => {
    const product = target.firstElementChild?.dataset.pitching;
    if (product !== undefined && waiting().length === 0) show(product);
  });
  const last = waiting().filter(mine).at(-1);
  if (last) show(last.fields.product);
}
