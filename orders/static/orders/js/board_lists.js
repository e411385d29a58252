// The lists of a board, row by row, as the fragments of the page fill them.
import { count, jin, minute, yuan } from "../../config/js/number.js";
import { ago } from "./board_age.js";
import { laneOnline } from "./board_around.js";
import { fill, find, list, say, show, words } from "./board_dom.js";

const money = (fen, isHidden) => (isHidden || fen == null ? "—" : yuan(fen));
const most = (entries, of) => entries.reduce((high, entry) => Math.max(high, of(entry)), 0);
const platform = (name) => words.platforms[name] ?? name;

function bar(row, value, high) {
  const element = find("bar", row);
  element.max = high || 1;
  element.value = value;
  row.classList.toggle("best", value > 0 && value === high);
}

function link(row, id) {
  const element = find("link", row);
  if (element.hasAttribute("href")) element.href = element.getAttribute("href").replace(/[^/]+\/$/, `${id}/`);
}

function alarm(row, scope, detail) {
  const found = detail?.alerts?.find((alert) => alert.scope === scope);
  say(find("alarm", row), found ? words.alerts[found.kind] ?? "" : "");
}

function lanes(frame, detail, isHidden) {
  list("sessions", frame.sessions ?? [], (row, session) => {
    const lane = detail?.lanes?.[session.id];
    const pitch = lane?.pitch ? fill(words.pitching, { title: lane.pitch }) : lane?.top ? fill(words.best, { title: lane.top }) : "";
    row.className = `onair ${session.kind} ${session.state}`;
    link(row, session.id);
    alarm(row, `session:${session.id}`, detail);
    say(find("watched", row), laneOnline(lane));
    say(find("kind", row), session.kind === "county_head" ? words.countyHead : "");
    say(find("title", row), session.title);
    say(find("orders", row), count(session.totals.orders));
    say(find("paid", row), money(session.totals.paid_fen, isHidden));
    say(find("host", row), session.host);
    say(find("place", row), session.place);
    say(find("time", row), minute(session.started_at));
    find("from", row).hidden = Boolean(pitch);
    say(find("pitch", row), pitch);
    say(find("state", row), session.state === "live" ? "" : words.states[session.state] ?? "");
  }, (frame.sessions?.length ?? 0) + (frame.more?.sessions ?? 0));
}

function counties(frame, detail, isHidden) {
  list("counties", frame.counties ?? [], (row, county) => {
    row.className = `onair ${county.state}`;
    link(row, county.id);
    alarm(row, `county:${county.id}`, detail);
    say(find("title", row), county.title);
    say(find("orders", row), count(county.totals.orders));
    say(find("paid", row), money(county.totals.paid_fen, isHidden));
    say(find("live", row), count(county.live));
    find("when-on", row).hidden = !county.live;
    find("when-off", row).hidden = Boolean(county.live);
  }, (frame.counties?.length ?? 0) + (frame.more?.counties ?? 0));
}

function goods(frame, detail) {
  const high = most(frame.items ?? [], (item) => item.units);
  list("items", frame.items ?? [], (row, item) => {
    say(find("title", row), item.title);
    say(find("units", row), count(item.units));
    bar(row, item.units, high);
  });
  const weights = detail?.by_weight ?? [];
  const heaviest = most(weights, (entry) => entry[1]);
  list("weights", weights, (row, [title, grams]) => {
    say(find("title", row), title);
    say(find("jin", row), fill(words.jin, { n: jin(grams) }));
    bar(row, grams, heaviest);
  });
  const villages = [...(detail?.villages?.top ?? [])].sort((a, b) => b[1] - a[1]);
  list("villages", villages, (row, [name, units]) => {
    say(find("name", row), name);
    say(find("units", row), count(units));
  });
}

// As many as there is room for, in the order of the line-up: those that run out and those that sell before others.
const isShort = ({ stock_left: left, units }) => left != null && left * 10 <= left + units;
function fitting(items, number) {
  if (items.length <= number) return items;
  const ranked = [...items].sort((a, b) => isShort(b) - isShort(a) || b.units - a.units).slice(0, number);
  return items.filter((item) => ranked.includes(item));
}

function slots(frame, isHidden, number) {
  const high = most(frame.items ?? [], (item) => item.units);
  list("slots", fitting(frame.items ?? [], number), (row, item) => {
    const left = find("left", row);
    const isOversold = item.stock_left != null && item.stock_left < 0;
    say(find("title", row), item.title);
    say(find("units", row), count(item.units));
    say(find("paid", row), money(item.paid_fen, isHidden));
    if (item.state) say(left, words.itemStates[item.state] ?? item.state);
    else say(left, item.stock_left == null ? "—" : isOversold ? fill(words.oversold, { n: count(-item.stock_left) }) : count(item.stock_left));
    left.classList.toggle("out", Boolean(item.state));
    left.classList.toggle("oversold", !item.state && isOversold);
    left.classList.toggle("short", !item.state && !isOversold && isShort(item));
    bar(row, item.units, high);
  }, (frame.items?.length ?? 0) + (frame.more?.items ?? 0));
}

function alerts(detail) {
  const card = find("alerts");
  if (!card) return;
  card.classList.toggle("bad", Boolean(detail?.alert_count));
  list("alerts", detail?.alerts ?? [], (row, alert) => {
    const isGone = alert.kind === "selling_out" && alert.number === 0;
    const figure = alert.number == null ? "" : isGone ? words.soldOut : fill(words.alertFigures[alert.kind] ?? "", { n: count(alert.number) });
    row.classList.toggle("known", alert.is_acknowledged);
    say(find("kind", row), words.alerts[alert.kind] ?? "");
    say(find("figure", row), figure);
    say(find("title", row), alert.title ?? "");
    say(find("known", row), alert.is_acknowledged ? words.acknowledged : "");
  }, detail?.alert_count ?? 0, words.moreAlerts);
  show("absent", !detail);
  show('none="alerts"', detail && !detail.alert_count);
}

function sources(detail) {
  list("sources", detail?.sources ?? [], (row, source) => {
    row.classList.toggle("silent", source.is_silent);
    say(find("platform", row), platform(source.platform));
    say(find("shop", row), source.shop);
    say(find("cause", row), words.causes[source.cause] ?? "");
    find("cause", row).hidden = source.cause === "push";
    say(find("heard", row), ago(source.heard_at));
    say(find("silent", row), source.is_silent ? words.silent : "");
  });
}

function events(detail, isHidden) {
  list("moments", detail?.moments ?? [], (row, moment) => {
    say(find("at", row), minute(moment.at));
    say(find("text", row), fill(words.moments[moment.kind] ?? "", { title: moment.title, n: count(moment.number ?? 0) }));
  });
  const splits = detail?.platforms ?? [];
  const high = most(splits, (split) => split.orders);
  list("platforms", splits, (row, split) => {
    say(find("name", row), platform(split.platform));
    say(find("orders", row), count(split.orders));
    say(find("paid", row), isHidden || split.paid_fen == null ? "" : yuan(split.paid_fen));
    bar(row, split.orders, high);
  });
  list("latest", detail?.latest ?? [], (row, [second, title, units, , province]) => {
    say(find("at", row), minute(second * 1000));
    say(find("title", row), title);
    say(find("units", row), count(units));
    say(find("province", row), province ?? "");
  });
}

export function drawLists(frame, detail, isHidden, room) {
  lanes(frame, detail, isHidden);
  counties(frame, detail, isHidden);
  goods(frame, detail);
  slots(frame, isHidden, room.slots);
  alerts(detail);
  sources(detail);
  events(detail, isHidden);
}
