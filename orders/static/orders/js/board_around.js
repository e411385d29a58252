// What goes on around the sales: who watches, what the control desk does, what suppliers get. `around_words.py` says the same.
import { count, minute, tenth, yuan } from "../../config/js/number.js";
import { ago, serverNow } from "./board_age.js";
import { board, fill, find, list, say, show, state, words } from "./board_dom.js";

const DOT = " · ";
const isOld = (moment) => serverNow() - Date.parse(moment) >= state.stale_s * 1000;
const source = (name) => words.readings[name] ?? name;

// A number that nobody repeated is no longer one of now, also while no newer detail comes.
function current(viewers) {
  return viewers.added && isOld(viewers.since) ? { ...viewers, online: null, added: 0, stale: viewers.stale + viewers.added } : viewers;
}

function how(viewers, isLive, rooms) {
  if (rooms.length) return viewers.added > 1 ? fill(words.roomsAdded, { n: viewers.added }) : ""; // each row says how old it is
  const said = [];
  if (viewers.stale) said.push(fill(words.roomsStale, { n: viewers.stale }));
  if (viewers.added > 1) said.push(fill(words.roomsAdded, { n: viewers.added }));
  if (viewers.added) {
    const age = ago(viewers.since);
    said.push(viewers.sources.map(source).join(words.comma), viewers.added > 1 ? fill(words.oldest, { age }) : age);
  } else if (isLive && !said.length) said.push(words.noViewers);
  return said.join(DOT);
}

function figures({ visits, peak }) {
  const said = [];
  if (peak) said.push(fill(words.mostOnline, { n: count(peak.online) }));
  if (visits != null) said.push(fill(words.visits, { n: count(visits) }));
  return said.join(DOT);
}

function crowd(frame, detail) {
  if (!detail?.viewers || !find("crowd")) return;
  const viewers = current(detail.viewers);
  say(find("online"), viewers.online == null ? "—" : count(viewers.online));
  say(find("crowd-how"), how(viewers, frame.state === "live", detail.rooms ?? []));
  say(find("crowd-figures"), figures(viewers));
  list("rooms", detail.rooms ?? [], (row, room) => {
    const stale = room.is_stale || isOld(room.read_at);
    row.classList.toggle("silent", stale);
    say(find("platform", row), words.platforms[room.platform] ?? room.platform);
    say(find("number", row), count(room.online));
    say(find("age", row), `${source(room.source)} ${ago(room.read_at)}`);
    say(find("silent", row), stale ? words.stale : "");
  });
}

export function laneOnline(lane) {
  if (!lane?.online) return "";
  const [number, rooms] = lane.online;
  return fill(rooms > 1 ? words.onlineAdded : words.online, { n: count(number), rooms });
}

function waited(moment) {
  const seconds = Math.max(0, (serverNow() - Date.parse(moment)) / 1000);
  const [number, unit] = seconds < 60 ? [seconds, "s"] : seconds < 3600 ? [seconds / 60, "m"] : [seconds / 3600, "h"];
  return fill(words.waits[unit], { n: count(Math.floor(number)) });
}

function desk(detail) {
  const box = find("desk");
  if (!box || !detail?.desk) return;
  const { open_help: open, since, lost, newest } = detail.desk;
  const alarm = [];
  if (open) alarm.push(fill(words.openHelp, { n: open, age: waited(since) }));
  if (lost) alarm.push(fill(words.lostStreams, { n: lost }));
  box.classList.toggle("bad", alarm.length > 0);
  say(find("desk-alarm"), alarm.join(DOT));
  show("desk-quiet", !alarm.length);
  list("desk", newest, (row, [second, kind, title]) => {
    say(find("at", row), minute(second * 1000));
    say(find("text", row), [words.deskKinds[kind] ?? kind, title].filter(Boolean).join(DOT));
  });
}

function income(detail) {
  const figure = find("settled");
  const found = detail?.income;
  if (!figure || !found) return;
  const least = found.unsettled_units ? words.settledLeast : "{n}";
  if (found.settled_fen == null) {
    say(figure, "—");
    say(find("share"), found.is_few ? words.fewSuppliers : found.unsettled_units ? words.nothingSettled : "");
    return;
  }
  const share = found.share_permille;
  say(figure, fill(least, { n: yuan(found.settled_fen) }));
  say(find("share"), share == null ? "" : fill(words.share, { n: fill(least, { n: `${tenth(share / 10)}%` }) }));
}

export function drawAround(frame, detail) {
  crowd(frame, detail);
  desk(detail);
  income(detail);
}

// One explanation at a time; it closes with the next touch, wherever that is.
export function startMeanings() {
  const all = [...board.querySelectorAll("details.meaning")];
  addEventListener("click", (event) => all.forEach((one) => { if (one !== event.target.closest("summary")?.parentElement) one.open = false; }));
  addEventListener("keydown", (event) => { if (event.key === "Escape") all.forEach((one) => { one.open = false; }); });
}
