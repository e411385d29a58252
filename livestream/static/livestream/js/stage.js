// What the host sees on air changes under the thumb, also without network, and follows the server when nothing waits. Every tap that
// waits is shown as done, again and again, until the server has said so itself.
import "../../config/js/stage_socket.js";
import { waiting } from "../../config/js/outbox.js";

const SLIP_MS = 600; // a second tap this soon is a thumb that slipped, and would skip an item
const stage = document.getElementById("stage");
const sale = document.getElementById("sale");
const form = document.getElementById("pitch");
const url = form?.getAttribute("action");
let changed = 0;

const all = (what) => [...document.querySelectorAll(what)];
const mine = () => waiting().filter((tap) => tap.url === url);

function show(product) {
  const cards = all("[data-card]").filter((card) => card.dataset.card === product);
  if (cards.length === 0) return product && location.reload(); // the line-up was changed meanwhile
  const hadFocus = stage.contains(document.activeElement);
  for (const card of all("[data-card]")) card.hidden = card.dataset.card !== product;
  for (const slot of all("button.slot")) slot.disabled = slot.value === product || slot.hasAttribute("data-off");
  if (hadFocus) cards.at(-1).querySelector("button")?.focus({ preventScroll: true });
  choose(product);
}

// Most who ring up want what is being shown.
function choose(product) {
  const picked = sale?.elements.product;
  if (!picked || picked.form.dataset.touched) return;
  picked.value = product;
  price();
}

function price() {
  const option = sale.elements.product.selectedOptions[0];
  if (option) sale.elements.price.value = option.dataset.price;
}

function mark(product, state) {
  for (const card of all(`[data-item="${product}"]`)) card.dataset.state = state;
}

function hide(what) {
  for (const one of all(what)) one.hidden = true;
}

// What a tap brings about, as far as a page can show it.
const EFFECTS = {
  pitch: ({ product }) => show(product),
  sold_out: ({ product }) => mark(product, "sold_out"),
  again: ({ product }) => mark(product, "listed"),
  seen: ({ about }) => hide(`[data-prompt="${about}"]`),
  take_back: ({ order_no }) => hide(`[data-order="${order_no}"]`),
};

function count() {
  for (const told of all("[data-waiting]")) {
    const number = mine().filter((tap) => tap.fields.kind === told.dataset.waiting).length;
    told.hidden = number === 0;
    told.textContent = told.dataset.text.replace("{n}", number);
  }
}

function effect(tap) {
  EFFECTS[tap.fields.kind]?.(tap.fields);
}

if (stage) {
  document.addEventListener("submit", (event) => {
    if (event.target !== form || Date.now() - changed > SLIP_MS) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("kept", ({ detail: tap }) => {
    if (tap.url !== url) return;
    if (tap.fields.kind === "pitch") changed = Date.now();
    effect(tap);
    count();
    if (location.hash && location.hash !== "#stage") location.replace("#stage"); // the sheet goes down again
    if (tap.fields.kind === "tally") delete sale.dataset.touched;
    if (tap.fields.kind === "pitch" && stage.getBoundingClientRect().top < 0) stage.scrollIntoView();
  });
  document.addEventListener("drawn", ({ target }) => {
    const product = target.firstElementChild?.dataset.pitching;
    const waits = mine();
    if (product && !waits.some((tap) => tap.fields.kind === "pitch")) show(product);
    waits.forEach(effect);
    count();
  });
  document.addEventListener("sent", count);
  sale?.addEventListener("input", ({ target }) => {
    sale.dataset.touched = "yes";
    if (target.name === "product") price();
  });
  mine().forEach(effect);
  count();
}
