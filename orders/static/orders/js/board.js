// Draws a board: the newest frame, in the next animation frame. Texts come from the page's data- attributes.
import { count, minute, tenth, time, yuan } from "../../config/js/number.js";
import { follow } from "../../config/js/socket.js";

const board = document.querySelector("[data-board]");
const words = board.dataset;
const find = (name, inside = board) => inside.querySelector(`[data-${name}]`);
const FORMATS = { count, tenth, yuan, time, minute };
const ROWS = { sessions: 6, items: 15 };
const OLD = 12000; // ms: a heartbeat comes every 10 s

let frame = JSON.parse(document.getElementById("board-frame").textContent);
let isOpen = true; // until the line proves otherwise
let skew = Date.now() - Date.parse(frame.as_of); // this clock minus the server's, at most: the fastest frame knows best
let isWaiting = false;

// --- words and figures ---------------------------------------------------------------------------------------------------

function say(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function show(name, isShown) {
  for (const element of board.querySelectorAll(`[data-${name}]`)) element.hidden = !isShown;
}

const pick = (path) => path.split(".").reduce((value, key) => value?.[key], frame);

function figures() {
  for (const element of board.querySelectorAll("[data-n]")) {
    const value = pick(element.dataset.n) ?? (element.dataset.or ? pick(element.dataset.or) : null);
    if (value == null) {
      if (element.classList.contains("at")) say(element, "");
    } else say(element, FORMATS[element.dataset.as || "count"](value));
  }
}

// --- lists: the rows of the page's own templates, filled in place -----------------------------------------------------------

function list(name, entries, fill) {
  const box = board.querySelector(`[data-list="${name}"]`);
  if (!box) return;
  const row = board.querySelector(`[data-row="${name}"]`).content.firstElementChild;
  const shown = entries.slice(0, ROWS[name]);
  while (box.children.length > shown.length) box.lastElementChild.remove();
  while (box.children.length < shown.length) box.append(row.cloneNode(true));
  shown.forEach((entry, place) => fill(box.children[place], entry));
  const left = entries.length - shown.length + (frame.more?.[name] ?? 0);
  const more = board.querySelector(`[data-more="${name}"]`);
  if (more) {
    more.hidden = !left;
    say(more, words.textMore.replace("{n}", count(left)));
  }
  board.querySelector(`[data-none="${name}"]`).hidden = entries.length > 0;
}

function lane(row, session) {
  row.className = `onair ${session.kind} ${session.state}`;
  const link = find("link", row);
  link.href = link.getAttribute("href").replace(/[^/]+\/$/, `${session.id}/`);
  say(find("kind", row), session.kind === "county_head" ? words.countyHead : "");
  say(find("title", row), session.title);
  say(find("orders", row), count(session.totals.orders));
  say(find("paid", row), yuan(session.totals.paid_fen));
  say(find("host", row), session.host);
  say(find("place", row), session.place);
  say(find("time", row), minute(session.started_at));
  say(find("state", row), session.state === "live" ? "" : board.getAttribute(`data-state-${session.state}`));
}

function good(row, item, most) {
  say(find("title", row), item.title);
  say(find("units", row), count(item.units));
  say(find("paid", row), yuan(item.paid_fen));
  const left = find("left", row);
  say(left, item.stock_left == null ? "—" : count(item.stock_left));
  left?.classList.toggle("oversold", item.stock_left != null && item.stock_left < 0);
  const bar = find("bar", row);
  bar.max = most || 1;
  bar.value = item.units;
  row.classList.toggle("best", item.units > 0 && item.units === most);
}

const moment = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });

function doubt() {
  show("checking", Boolean(frame.checking));
  if (frame.checking) say(find("checking"), words.textChecking.replace("{time}", moment.format(new Date(frame.checking.since)).slice(5)));
}

function stock() {
  const card = find("scarce");
  if (!card) return;
  const text = find("scarce-text");
  const scarce = frame.scarce;
  card.classList.toggle("bad", Boolean(scarce));
  if (!scarce) return say(text, text.dataset.textNone);
  const left = scarce.stock_left < 0 ? words.textOversold : words.textLeft;
  say(text, `${scarce.title} · ${left.replace("{n}", count(Math.abs(scarce.stock_left)))}`);
}

// --- the curve -----------------------------------------------------------------------------------------------------------

const box = find("plot");
const colour = (name) => getComputedStyle(board).getPropertyValue(name).trim();
const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
let plot = null;

function curve() {
  const { width, height } = box.getBoundingClientRect();
  if (!window.uPlot || width < 50 || height < 50) return;
  const running = frame.minutes.length - 1; // the minute that is not over yet is dashed: it would look like a fall
  const data = [
    frame.minutes.map((m) => m[0]),
    frame.minutes.map((m, at) => (at < running ? m[1] : null)),
    frame.minutes.map((m, at) => (at >= running - 1 ? m[1] : null)),
  ];
  if (!plot || plot.rem !== rem()) {
    plot?.destroy();
    const small = innerWidth < 1000 ? 12 : Math.max(11, rem() * 1.125);
    const line = { stroke: colour("--leaf"), width: small / 5, points: { show: false } };
    const axis = {
      stroke: colour("--ink-2"), font: `${small}px ${colour("--font")}`, ticks: { show: false }, border: { show: false },
      grid: { stroke: colour("--line"), width: 1 },
    };
    plot = new window.uPlot({
      width, height, legend: { show: false }, cursor: { show: false }, padding: [small / 2, small * 1.7, 0, 0],
      tzDate: (second) => window.uPlot.tzDate(new Date(second * 1000), "Asia/Shanghai"),
      scales: { y: { range: (_plot, _low, high) => [0, Math.max(4, high * 1.1)] } },
      axes: [
        { ...axis, grid: { show: false }, size: small * 2, space: small * 6, values: (_plot, ticks) => ticks.map((tick) => minute(tick * 1000)) },
        { ...axis, size: small * 3.2, space: small * 3.5, values: (_plot, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? count(tick) : "")) },
      ],
      series: [{}, { ...line, fill: colour("--leaf-soft") }, { ...line, dash: [rem() / 3, rem() / 3] }],
    }, data, box);
    plot.rem = rem();
  } else {
    if (plot.width !== width || plot.height !== height) plot.setSize({ width, height });
    plot.setData(data);
  }
}

// --- drawing, and how old what is drawn has become ---------------------------------------------------------------------------

function draw() {
  isWaiting = false;
  const most = frame.items.reduce((units, item) => Math.max(units, item.units), 0);
  figures();
  list("sessions", frame.sessions ?? [], lane);
  list("items", frame.items, (row, item) => good(row, item, most));
  show("when-live", frame.state === "live");
  show("when-quiet", frame.state !== "live");
  stock();
  doubt();
  const goal = find("goal");
  if (goal) {
    goal.value = Math.max(0, frame.totals.net_fen);
    say(find("goal-percent"), `${count((100 * frame.totals.net_fen) / frame.goal_fen)}%`);
  }
  const chip = find("state-chip");
  if (chip) {
    chip.dataset.state = frame.state;
    say(chip, board.getAttribute(`data-state-${frame.state}`) ?? "");
  }
  curve();
  age();
}

function redraw() {
  if (!isWaiting) requestAnimationFrame(draw);
  isWaiting = true;
}

const calendar = new Intl.DateTimeFormat(words.locale, { timeZone: "Asia/Shanghai", dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

function age() {
  const now = Date.now() - skew;
  const passed = Math.max(0, now - Date.parse(frame.as_of));
  const isSilent = passed > OLD;
  const text = !isOpen ? words.textLost : isSilent ? words.textSilent : words.textAge;
  const shown = passed < 10000 ? tenth(passed / 1000) : count(passed / 1000);
  say(find("age-text"), text.replace("{n}", shown).replace("{time}", time(frame.as_of)));
  board.classList.toggle("lost", !isOpen);
  board.classList.toggle("silent", isOpen && isSilent);
  say(find("clock"), calendar.format(now));
}

follow(words.socket, frame, {
  onFrame(newer) {
    frame = newer;
    skew = Math.min(skew, Date.now() - Date.parse(frame.as_of));
    redraw();
  },
  onLine(open) {
    isOpen = open;
    age();
  },
  onRefused: () => location.reload(), // signed out or moved away: the page itself says so
});
new ResizeObserver(redraw).observe(box);
setInterval(age, 500);
draw();

// --- no controls until the pointer moves -------------------------------------------------------------------------------------

const full = find("fullscreen");
full.hidden = !document.fullscreenEnabled;
full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
let still = 0;
addEventListener("pointermove", () => {
  board.classList.add("touched");
  clearTimeout(still);
  still = setTimeout(() => board.classList.remove("touched"), 3000);
});
