// Moves sessions on the calendar: by a drag, by the buttons of the bar below, by the keys. The server decides; whatever it refuses
// lies where it was, and it says why. Times are the county's wall clock throughout, so they are counted as if they were UTC.
import { parsed } from "../../config/js/poll.js";

const sheet = document.getElementById("calendar");
const bar = document.getElementById("mover");
const said = document.getElementById("said");
const QUARTER = 15;
const DAY = 24 * 60;
const isMonth = sheet?.dataset.calendar === "month";

let picked = null; // the session in hand: its block, where it lay, where it would go
let drag = null;
let isBusy = false;

const minutes = (text) => Date.parse(`${text}Z`) / 60_000;
const written = (count) => new Date(count * 60_000).toISOString().slice(0, 16);
const blockOf = (target) => target.closest?.("[data-id]");
const laneOf = (block) => block.closest("[data-lane]")?.dataset.lane ?? "";
const shown = new Intl.DateTimeFormat(document.documentElement.lang, {
  month: "numeric", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC",
});

function pick(block) {
  if (picked?.block === block) return;
  drop();
  const { id, starts } = block.dataset;
  picked = { block, id, from: minutes(starts), to: minutes(starts), lane: laneOf(block), row: block.closest(".line"), home: [block.parentElement, block.nextSibling] };
  block.classList.add("picked");
  bar.querySelector("[data-title]").textContent = block.querySelector(".what").textContent;
  bar.querySelector("[data-open]").href = block.href;
  const back = encodeURIComponent(location.pathname + location.search);
  bar.querySelector("[data-move]").href = `${addressOf(id)}?next=${back}`;
  bar.hidden = false;
  tell();
}

// Back to where it lay, and out of the hand.
function drop() {
  if (!picked) return;
  putBack();
  picked.block.classList.remove("picked");
  picked = null;
  bar.hidden = true;
}

function putBack() {
  const { block, home } = picked;
  block.classList.remove("moving");
  block.style.gridColumnStart = block.style.transform = "";
  if (block.parentElement !== home[0]) home[0].insertBefore(block, home[1]);
  Object.assign(picked, { to: picked.from, row: block.closest(".line") });
}

const isMoved = () => picked.to !== picked.from || (picked.row?.dataset.lane ?? "") !== picked.lane;

function tell() {
  const moved = isMoved();
  const when = shown.format(new Date(picked.to * 60_000));
  const lane = moved && picked.row ? ` · ${picked.row.querySelector("h3").textContent}` : "";
  bar.querySelector("[data-when]").textContent = (moved ? bar.dataset.textTo.replace("{when}", when) : when) + lane;
  for (const button of bar.querySelectorAll("[data-save], [data-drop]")) button.hidden = !moved;
  picked.block.classList.toggle("moving", moved);
}

// Where it would lie is shown where that is on the page; the words of the bar always say it.
function shift(by, lanes = 0) {
  picked.to += by;
  const strip = picked.row?.closest(".strip");
  if (strip && lanes) {
    const rows = [...strip.querySelectorAll("[data-lane]")];
    const row = rows[rows.indexOf(picked.row) + lanes];
    if (row) {
      picked.row = row;
      row.querySelector(".axis").append(picked.block);
      picked.block.focus({ preventScroll: true });
    }
  }
  if (strip) {
    const column = (picked.to - minutes(`${strip.dataset.day}T00:00`)) / QUARTER - sheet.dataset.hour * 4 + 1;
    picked.block.style.gridColumnStart = column >= 1 && column <= 96 - sheet.dataset.hour * 4 ? column : "";
  }
  tell();
}

function addressOf(id) {
  return sheet.dataset.address.replace("00000000-0000-0000-0000-000000000000", id);
}

async function save() {
  if (!picked || isBusy || !isMoved()) return;
  isBusy = true;
  const { block, id, to, lane, row } = picked;
  const body = new FormData(bar.querySelector("form"));
  body.set("version", block.dataset.version);
  body.set("starts_at", written(to));
  body.set("next", location.pathname + location.search);
  const wanted = row?.dataset.lane ?? "";
  if (wanted !== lane && sheet.dataset.lanes === "host") body.set("host", wanted);
  if (wanted !== lane && sheet.dataset.lanes === "resource") {
    body.set("resource_from", lane);
    body.set("resource_to", wanted);
  }
  try {
    const answer = await fetch(addressOf(id), { method: "POST", body, headers: { "X-Piece": "1" }, redirect: "error" });
    const isPiece = answer.headers.get("Content-Type")?.startsWith("text/html") && [200, 409, 422].includes(answer.status);
    if (!isPiece) throw new Error(answer.status);
    const piece = await answer.text();
    drop();
    if (answer.status !== 422) await refresh(id);
    said.replaceChildren(...parsed(piece).body.childNodes);
    said.scrollIntoView({ block: "nearest" });
  } catch {
    said.replaceChildren(Object.assign(document.createElement("div"), { className: "banner bad", textContent: bar.dataset.textFailed }));
    drop();
  }
  isBusy = false;
}

// The same page anew: figures and sheet. Who had the session under his finger has it again.
async function refresh(id) {
  const answer = await fetch(location.href, { redirect: "manual" });
  if (!answer.ok) return location.reload();
  const fresh = parsed(await answer.text());
  for (const part of ["#calendar", ".figures"]) {
    const [now, then] = [document.querySelector(part), fresh.querySelector(part)];
    if (now && then) now.replaceChildren(...then.childNodes);
  }
  const hour = fresh.getElementById("calendar")?.dataset.hour;
  if (hour) {
    sheet.classList.replace(`h${sheet.dataset.hour}`, `h${hour}`);
    sheet.dataset.hour = hour;
  }
  sheet.querySelector(`[data-id="${CSS.escape(id)}"]`)?.focus();
}

const STEPS = isMonth
  ? { ArrowLeft: [-DAY, 0], ArrowRight: [DAY, 0], ArrowUp: [-7 * DAY, 0], ArrowDown: [7 * DAY, 0] }
  : { ArrowLeft: [-QUARTER, 0], ArrowRight: [QUARTER, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function onKey(event) {
  const block = blockOf(event.target);
  if (event.key === "Escape" && picked) {
    event.preventDefault();
    if (drag) endDrag();
    const { block: held } = picked;
    putBack();
    tell();
    held.focus();
    return;
  }
  if (!block || event.altKey || event.ctrlKey || event.metaKey || isBusy) return;
  if (event.key === "Enter" && picked && isMoved()) {
    event.preventDefault();
    save();
    return;
  }
  const step = event.shiftKey && STEPS[event.key]?.[0] ? [Math.sign(STEPS[event.key][0]) * DAY, 0] : STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  pick(block);
  shift(...step);
}

function onDown(event) {
  const block = blockOf(event.target);
  if (!block || event.button || event.pointerType === "touch" || event.ctrlKey || event.metaKey || isBusy) return;
  const box = block.getBoundingClientRect();
  drag = { block, x: event.clientX, y: event.clientY, grip: event.clientX - box.left, isOn: false };
}

function onMove(event) {
  if (!drag) return;
  const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!drag.isOn && Math.hypot(x, y) < 6) return;
  if (!drag.isOn) {
    drag.isOn = true;
    pick(drag.block);
    putBack();
    drag.block.classList.add("dragged");
    drag.block.setPointerCapture(event.pointerId);
  }
  drag.block.style.transform = `translate(${x}px, ${y}px)`;
  aim(event.clientX, event.clientY);
  tell();
}

// What lies under the pointer: a day of the sheet, or a lane and a quarter of an hour.
function aim(x, y) {
  const under = document.elementsFromPoint(x, y).find((one) => one !== drag.block && !drag.block.contains(one) && one.closest("[data-day]"));
  const day = under?.closest("[data-day]");
  if (!day) return;
  const clock = ((picked.from % DAY) + DAY) % DAY;
  if (isMonth) {
    picked.to = minutes(`${day.dataset.day}T00:00`) + clock;
    return;
  }
  const axis = (under.closest(".line") ?? day.querySelector(".line:not(.hours)"))?.querySelector(".axis");
  const box = axis?.getBoundingClientRect();
  const hour = Number(sheet.dataset.hour);
  const quarter = box ? Math.round(((x - drag.grip - box.left) / box.width) * (96 - hour * 4)) : clock / QUARTER - hour * 4;
  picked.to = minutes(`${day.dataset.day}T00:00`) + hour * 60 + Math.max(0, Math.min(95 - hour * 4, quarter)) * QUARTER;
  // Of another day only those who host then have rows: who drops there moves the day, not the host.
  const home = picked.home[0].closest(".line");
  const takesRow = sheet.dataset.lanes !== "host" || home.closest("[data-day]") === day;
  picked.row = (takesRow && under.closest("[data-lane]")) || home;
}

function endDrag() {
  drag.block.classList.remove("dragged");
  drag.block.style.transform = "";
  drag = null;
}

function onUp() {
  if (!drag) return;
  const wasOn = drag.isOn;
  endDrag();
  if (!wasOn) return;
  addEventListener("click", (event) => event.preventDefault(), { capture: true, once: true });
  setTimeout(save);
}

if (sheet && bar) {
  sheet.addEventListener("pointerdown", onDown);
  addEventListener("pointermove", onMove);
  addEventListener("pointerup", onUp);
  addEventListener("pointercancel", () => drag && (endDrag(), drop()));
  addEventListener("keydown", onKey);
  sheet.addEventListener("dragstart", (event) => blockOf(event.target) && event.preventDefault());
  sheet.addEventListener("focusin", (event) => blockOf(event.target) && !isBusy && pick(blockOf(event.target)));
  // A click takes it in hand, a double click opens it; Enter opens at once (a key's click has no detail).
  sheet.addEventListener("click", (event) => {
    const block = blockOf(event.target);
    if (!block || event.defaultPrevented || !event.detail || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.detail < 2) event.preventDefault();
    pick(block);
  });
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !picked || isBusy) return;
    const { minutes: by = 0, days = 0, lanes = 0 } = button.dataset;
    if ("save" in button.dataset) save();
    else if ("drop" in button.dataset) drop();
    else shift(Number(by) + Number(days) * DAY, Number(lanes));
  });
}
