// A question that was answered says so at once, also while the answer waits for the network.
import { waiting } from "../../config/js/outbox.js";

const done = document.getElementById("done");
const cards = [...document.querySelectorAll("[data-step]")];

function show({ step, fine }) {
  const card = cards.find((one) => one.dataset.step === step);
  if (!card) return;
  card.dataset.fine = fine;
  for (const told of card.querySelectorAll(".told")) told.hidden = told.dataset.told !== fine;
  const details = card.querySelector("details");
  if (details) details.open = false;
  if (done) done.textContent = `${cards.filter((one) => one.dataset.fine === "1").length}/${done.dataset.asked}`;
}

const mine = (tap) => tap.fields.kind === "look" && cards[0]?.querySelector("form").getAttribute("action") === tap.url;

document.addEventListener("kept", ({ detail: tap }) => mine(tap) && show(tap.fields));
waiting().filter(mine).forEach((tap) => show(tap.fields));
