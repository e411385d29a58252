// The minutes as a curve, and on the same axis what was presented and what went wrong. Marks are elements over the canvas: their
// words can be read, shortened and styled like all others.
import { count, minute } from "../../config/js/number.js";
import { board, fill, find, say, words } from "./board_dom.js";

const ROWS = 3; // of names above each other
const NAME = 1.9; // rem: one of these rows, as board.css sets it
const LEAST = 3.5; // rem: a name with less room is left out
const box = find("plot");
const colour = (name) => getComputedStyle(board).getPropertyValue(name).trim();
const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
let plot = null;
let made = ""; // what the plot was made for: theme and size of letters cannot be changed later
let drawn = "";
let marks = null;

function headroom(height) {
  // How much higher than the curve the plot is: the names above each other must not cover its peak.
  if (!marks?.pitches.length) return 1.1;
  const names = ROWS * NAME * rem();
  return height > names * 1.5 ? height / (height - names) : 1.5;
}

function options(size) {
  const small = innerWidth < 1000 ? 12 : Math.max(11, rem() * 1.375);
  const line = { stroke: colour("--leaf"), width: small / 6, points: { show: false } };
  const axis = {
    stroke: colour("--ink-2"), font: `${small}px ${colour("--font")}`, ticks: { show: false }, border: { show: false },
    grid: { stroke: colour("--line"), width: 1 },
  };
  return {
    ...size, legend: { show: false }, cursor: { show: false }, padding: [small / 2, small * 1.7, 0, 0],
    tzDate: (second) => window.uPlot.tzDate(new Date(second * 1000), "Asia/Shanghai"),
    scales: { y: { range: (self, _low, high) => [0, Math.max(4, high * headroom(self.bbox.height / devicePixelRatio))] } },
    axes: [
      { ...axis, grid: { show: false }, size: small * 2, space: small * 4.5, values: (_plot, ticks) => ticks.map((tick) => minute(tick * 1000)) },
      { ...axis, size: small * 3.2, space: small * 3, values: (_plot, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? count(tick) : "")) },
    ],
    series: [{}, { ...line, fill: colour("--leaf-soft") }, { ...line, dash: [rem() / 3, rem() / 3] }],
    hooks: { draw: [place] },
  };
}

function columns(minutes) {
  const running = minutes.length - 1; // the minute that is not over yet is dashed: it would look like a fall
  return [
    minutes.map((m) => m[0]),
    minutes.map((m, at) => (at < running ? m[1] : null)),
    minutes.map((m, at) => (at >= running - 1 ? m[1] : null)),
  ];
}

// --- marks ---------------------------------------------------------------------------------------------------------------

function rows(over, kind, number) {
  const found = over.getElementsByClassName(kind);
  while (found.length > number) found[found.length - 1].remove();
  while (found.length < number) {
    const mark = document.createElement("span");
    mark.className = kind;
    mark.append(document.createElement("b"));
    over.append(mark);
  }
  return found;
}

function place(drawnPlot) {
  if (!marks) return;
  const { over, scales: { x } } = drawnPlot;
  const width = over.clientWidth;
  const at = (second) => (Math.min(Math.max(second, x.min), x.max) - x.min) / (x.max - x.min) * width;
  const pitches = marks.pitches.filter(([, to]) => to === null || to > x.min);
  const bands = rows(over, "pitch", pitches.length);
  pitches.forEach(([from, to, title], place) => {
    const left = at(from);
    const next = pitches[place + ROWS];
    const wide = (next ? at(next[0]) : width) - left;
    const band = bands[place];
    band.style.left = `${left}px`;
    band.style.width = `${Math.max(2, at(to ?? x.max) - left)}px`;
    band.dataset.row = place % ROWS;
    band.classList.toggle("open", to === null);
    band.firstElementChild.style.maxWidth = `${wide - 4}px`;
    say(band.firstElementChild, wide < LEAST * rem() ? "" : title);
  });
  const incidents = marks.incidents.filter(([second]) => second >= x.min && second <= x.max + 60);
  const signs = rows(over, "incident", incidents.length);
  incidents.forEach(([second, kind], place) => {
    signs[place].style.left = `${at(second)}px`;
    signs[place].classList.toggle("to-left", at(second) > width * 0.8);
    say(signs[place].firstElementChild, words.incidents[kind] ?? kind);
  });
}

// --- in words --------------------------------------------------------------------------------------------------------------

function told(minutes) {
  const most = minutes.reduce((best, entry) => (entry[1] > best[1] ? entry : best));
  const sum = minutes.reduce((total, entry) => total + entry[1], 0);
  let text = fill(words.curve, { sum: count(sum), most: count(most[1]), time: minute(most[0] * 1000) });
  const stamped = (entries, name) => entries.map((entry) => `${minute(entry[0] * 1000)} ${name(entry)}`.trim()).join(", ");
  if (marks?.pitches.length) text += fill(words.curvePitches, { list: stamped(marks.pitches, (pitch) => pitch[2]) });
  if (marks?.incidents.length) {
    text += fill(words.curveIncidents, { list: stamped(marks.incidents, ([, kind, note]) => `${words.incidents[kind] ?? kind} ${note ?? ""}`) });
  }
  return text;
}

export function drawCurve(frame, detail) {
  const { width, height } = box.getBoundingClientRect();
  if (!window.uPlot || width < 50 || height < 50 || !frame.minutes.length) return;
  const size = { width, height };
  const wanted = [document.documentElement.dataset.theme, rem(), innerWidth < 1000].join();
  const now = JSON.stringify([wanted, size, frame.minutes, detail?.pitches, detail?.incidents]);
  if (now === drawn) return;
  drawn = now;
  marks = detail ? { pitches: detail.pitches ?? [], incidents: detail.incidents ?? [] } : null;
  if (!plot || made !== wanted) {
    plot?.destroy();
    box.replaceChildren();
    plot = new window.uPlot(options(size), columns(frame.minutes), box);
    made = wanted;
  } else {
    if (plot.width !== width || plot.height !== height) plot.setSize(size);
    plot.setData(columns(frame.minutes));
  }
  say(find("told"), told(frame.minutes));
}

export function watchSize(redraw) {
  new ResizeObserver(redraw).observe(box);
}
