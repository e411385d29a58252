// Puts the rows of a line-up sheet in another order by dragging their grips, with a mouse or a finger. Without it, buttons do.
const table = document.querySelector("#line-up[data-order]");
const body = table?.tBodies[0];
const refused = document.querySelector("#order-refused");

const keys = () => [...body.rows].map((row) => row.dataset.item).join(",");

function number() {
  [...body.rows].forEach((row, at, all) => {
    row.querySelector(".place b").textContent = at + 1;
    const [up, down] = row.querySelectorAll(".steps button");
    up.disabled = at === 0;
    down.disabled = at === all.length - 1;
  });
}

function put(order) {
  order.split(",").forEach((key) => body.append(body.querySelector(`[data-item="${key}"]`)));
  number();
}

async function save(before) {
  const form = new FormData(document.querySelector("#order-form"));
  form.set("order", keys());
  form.set("seen", table.dataset.seen);
  try {
    const answer = await fetch(table.dataset.order, { method: "POST", body: new URLSearchParams(form) });
    const said = await answer.json();
    refused.hidden = answer.ok;
    if (answer.ok) {
      table.dataset.seen = said.seen;
      return;
    }
    refused.textContent = said.words;
    refused.scrollIntoView({ block: "nearest" });
  } catch {
    // The network is gone: what is shown is what is stored.
  }
  put(before);
}

// A row that is moved loses the pointer that its grip had caught: so the page listens, not the grip.
function drag(row, down) {
  const before = keys();
  const heard = new AbortController();
  row.classList.add("dragged");
  const over = (event) => {
    const other = document.elementFromPoint(event.clientX, event.clientY)?.closest("#line-up tbody tr");
    if (event.pointerId !== down.pointerId || !other || other === row) return;
    const box = other.getBoundingClientRect();
    const place = event.clientY < box.top + box.height / 2 ? "before" : "after";
    if ((place === "before" ? other.previousElementSibling : other.nextElementSibling) !== row) {
      other[place](row);
      number();
    }
  };
  const end = (event) => {
    if (event.pointerId !== down.pointerId) return;
    heard.abort();
    row.classList.remove("dragged");
    if (keys() !== before) save(before);
  };
  document.addEventListener("pointermove", over, { signal: heard.signal });
  document.addEventListener("pointerup", end, { signal: heard.signal });
  document.addEventListener("pointercancel", end, { signal: heard.signal });
}

for (const grip of body?.querySelectorAll("[data-grip]") ?? []) {
  grip.hidden = false;
  grip.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    drag(grip.closest("tr"), event);
  });
}
