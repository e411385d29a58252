// Draws a frame and its details, in the next animation frame.
import { count, minute, tenth, time, yuan } from "../../config/js/number.js";
import { tellAge } from "./board_age.js";
import { drawAround } from "./board_around.js";
import { drawCurve } from "./board_curve.js";
import { board, fill, find, pick, room, say, show, words } from "./board_dom.js";
import { drawLists } from "./board_lists.js";
import { isPrivate } from "./board_screen.js";

const FORMATS = { count, tenth, yuan, time, minute, text: String };
const NAMED_MONTHS = 6; // more that are missing are only counted
const moment = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });

function figures(whole, name, isHidden) {
  for (const element of board.querySelectorAll(`[data-${name}]`)) {
    const { or, as = "count" } = element.dataset;
    const value = pick(whole, element.dataset[name]) ?? (or ? pick(whole, or) : null);
    const isAbsent = value == null || (as === "yuan" && isHidden);
    say(element, isAbsent ? (element.classList.contains("at") ? "" : "—") : FORMATS[as](value));
  }
}

function goal(frame, isHidden) {
  const bar = find("goal");
  if (!bar || isHidden || !frame.goal_fen) return;
  bar.value = Math.max(0, frame.totals.net_fen);
  say(find("goal-percent"), `${count((100 * frame.totals.net_fen) / frame.goal_fen)}%`);
}

function pace(frame, detail) {
  const last = detail?.pace;
  show("pace", Boolean(last));
  if (!last || !find("pace")) return;
  const now = frame.totals.orders;
  const percent = last.orders ? Math.round((100 * (now - last.orders)) / last.orders) : null;
  say(find("pace-percent"), percent == null ? "—" : `${percent < 0 ? "" : "+"}${percent}%`);
  say(find("pace-both"), fill(words.pace, { now: count(now), then: count(last.orders) }));
}

function missing(leaders) {
  const months = leaders?.uncovered;
  if (!months) return say(find("missing"), "");
  if (months.length > NAMED_MONTHS) return say(find("missing"), fill(words.uncoveredMany, { n: months.length }));
  say(find("missing"), months.length ? fill(words.uncovered, { months: months.join(words.comma) }) : words.noneUncovered);
}

function chip(frame) {
  const element = find("state-chip");
  if (!element) return;
  element.dataset.state = frame.state;
  say(element, words.states[frame.state] ?? "");
}

function doubt(frame) {
  show("checking", Boolean(frame.checking));
  if (frame.checking) say(find("checking"), fill(words.checking, { time: moment.format(new Date(frame.checking.since)).slice(5) }));
}

export function paint(frame, detail) {
  const isHidden = isPrivate() || frame.totals.paid_fen == null;
  board.classList.toggle("moneyless", isHidden);
  board.classList.toggle("million", frame.totals.orders >= 1e6);
  show("hidden-money", isHidden);
  figures(frame, "n", isHidden);
  figures(detail, "d", isHidden);
  drawLists(frame, detail, isHidden, room);
  drawAround(frame, detail);
  show("when-live", frame.state === "live");
  show("when-quiet", frame.state !== "live");
  goal(frame, isHidden);
  pace(frame, detail);
  missing(detail?.leaders);
  chip(frame);
  doubt(frame);
  drawCurve(frame, detail);
  tellAge();
}
