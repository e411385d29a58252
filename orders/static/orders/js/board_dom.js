// What every part of a board needs: the page's own words, finding, saying, lists whose rows are kept and filled again.
import { count } from "../../config/js/number.js";

export const board = document.querySelector("[data-board]");
export const state = JSON.parse(document.getElementById("board-state").textContent);
export const { words, room } = state;

export const find = (name, inside = board) => inside.querySelector(`[data-${name}]`);
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
export const pick = (whole, path) => path.split(".").reduce((value, key) => value?.[key], whole);

export function say(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

export function show(name, isShown) {
  for (const element of board.querySelectorAll(`[data-${name}]`)) element.hidden = !isShown;
}

// Rows are made of the page's own template, reused, and never more than there is room for. `all`: how many there are in truth.
export function list(name, entries, fillRow, all = entries.length, text = words.more) {
  const box = find(`list="${name}"`);
  if (!box) return;
  const row = find(`row="${name}"`).content.firstElementChild;
  const shown = entries.slice(0, room[name]);
  while (box.children.length > shown.length) box.lastElementChild.remove();
  while (box.children.length < shown.length) box.append(row.cloneNode(true));
  shown.forEach((entry, place) => fillRow(box.children[place], entry));
  const more = find(`more="${name}"`);
  if (more) {
    more.hidden = all <= shown.length;
    say(more, fill(text, { n: count(all - shown.length) }));
  }
  show(`none="${name}"`, !entries.length);
}
