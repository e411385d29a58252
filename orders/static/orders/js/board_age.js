// How old what is shown has become. Measured from when it was heard, by a clock that nobody sets, so that a wrong clock of the screen
// does no harm; a machine that slept is found by the clock that somebody sets.
import { count, tenth, time } from "../../config/js/number.js";
import { board, fill, find, say, state, words } from "./board_dom.js";

const BEAT = 10000; // ms: a heartbeat when nothing happens
const MOVING = 2000; // a rate above zero is said again this often
const GRACE = 3000;
const DETAIL_LATE = 30000;
const DRIFT = 1e-4; // by how much two clocks may part

let skew = null; // our steady clock minus the server's: of all frames the fastest knows best, and it is forgotten slowly
let heard = null; // {asOf, steady, wall, isMoving}
let detailOf = null;
let line = "open";
const steady = () => performance.timeOrigin + performance.now();
const calendar = new Intl.DateTimeFormat(state.locale, { timeZone: "Asia/Shanghai", dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

export function hearFrame(frame) {
  const now = steady();
  const asOf = Date.parse(frame.as_of);
  const leak = heard ? (now - heard.steady) * DRIFT : 0;
  skew = Math.min(skew === null ? Infinity : skew + leak, now - asOf);
  heard = { asOf, steady: now, wall: Date.now(), isMoving: frame.rate.s60 > 0 && !frame.counties };
}

export function hearDetail(detail) {
  detailOf = detail && Date.parse(detail.as_of);
}

export function hearLine(newLine) {
  line = newLine;
}

const since = () => Math.max(0, steady() - heard.steady, Date.now() - heard.wall);
export const passed = () => Math.max(0, heard.steady - skew - heard.asOf) + since();
export const serverNow = () => heard.asOf + passed();

function sentence(age) {
  if (line === "lost") return words.ageLost;
  if (line === "delayed") return words.ageDelayed;
  return age > (heard.isMoving ? MOVING : BEAT) + GRACE ? words.ageSilent : words.age;
}

export function tellAge() {
  const age = passed();
  const text = sentence(age);
  const shown = age < 10000 ? tenth(age / 1000) : count(age / 1000);
  const isDetailLate = detailOf && line !== "lost" && heard.asOf - detailOf > DETAIL_LATE;
  const late = isDetailLate ? ` · ${fill(words.ageDetail, { time: time(detailOf) })}` : "";
  say(find("age-text"), fill(text, { n: shown, time: time(heard.asOf) }) + late);
  board.classList.toggle("lost", text === words.ageLost);
  board.classList.toggle("silent", text === words.ageSilent || text === words.ageDelayed);
  say(find("clock"), calendar.format(serverNow()));
}

// `3 seconds ago` in the words of the page, for the freshness of a source.
export function ago(moment) {
  const seconds = Math.max(0, (serverNow() - Date.parse(moment)) / 1000);
  if (seconds < 60) return fill(words.seconds, { n: count(Math.floor(seconds)) });
  if (seconds < 3600) return fill(words.minutes, { n: count(Math.floor(seconds / 60)) });
  return fill(words.hours, { n: count(Math.floor(seconds / 3600)) });
}
