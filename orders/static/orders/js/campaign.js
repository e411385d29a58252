// This year's campaign and the last one's as two lines, drawn from the table below them: nothing is asked for or added up here.
import { count } from "../../config/js/number.js";

const look = getComputedStyle(document.documentElement);
const colour = (name) => look.getPropertyValue(name).trim();
const yuan = (fen) => (fen === undefined ? null : Number(fen) / 100);
let plots = [];

function options(box) {
  const axis = { stroke: colour("--ink-2"), font: `13px ${colour("--font")}`, ticks: { show: false }, grid: { stroke: colour("--line"), width: 1 } };
  return {
    width: box.clientWidth, height: box.clientHeight, legend: { show: false }, cursor: { show: false }, padding: [8, 12, 0, 0],
    scales: { x: { time: false }, y: { range: (_plot, low, high) => [Math.min(0, low ?? 0), Math.max(1, (high ?? 0) * 1.1)] } },
    axes: [
      { ...axis, grid: { show: false }, incrs: [1, 2, 5, 10, 30], values: (_plot, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? tick : "")) },
      { ...axis, size: 64, values: (_plot, ticks) => ticks.map((tick) => count(tick)) },
    ],
    series: [
      {},
      { stroke: colour("--ink-3"), width: 2, dash: [6, 5], points: { show: true, size: 5 } },
      { stroke: colour("--brand"), width: 3, points: { show: true, size: 7 } },
    ],
  };
}

function draw() {
  plots.forEach((plot) => plot.destroy());
  plots = [];
  const rows = [...document.querySelectorAll("[data-days] [data-day]")];
  if (!window.uPlot || !rows.length) return;
  for (const box of document.querySelectorAll("[data-curve]")) {
    const name = box.dataset.curve;
    const last = `last${name[0].toUpperCase()}${name.slice(1)}`;
    const columns = [
      rows.map((row) => Number(row.dataset.day)),
      rows.map((row) => yuan(row.dataset[last])),
      rows.map((row) => yuan(row.dataset[name])),
    ];
    plots.push(new window.uPlot(options(box), columns, box));
  }
}

let waiting = 0;
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(draw, 150);
});
document.addEventListener("drawn", draw);
draw();
