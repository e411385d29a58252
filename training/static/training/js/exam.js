// In a page of marks, Enter and the arrows go to the next cell, as in a spreadsheet; what is typed is kept in the page.
const cells = [...document.querySelectorAll("[data-marks] input:not([type=hidden])")];
const STEP = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };

for (const [place, cell] of cells.entries()) {
  cell.addEventListener("focus", () => cell.select());
  cell.addEventListener("keydown", (event) => {
    const next = cells[place + (STEP[event.key] ?? 0)];
    if (!(event.key in STEP) || event.isComposing) return;
    event.preventDefault();
    next?.focus();
  });
}
