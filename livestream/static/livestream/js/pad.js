// A number pad under a number: for thumbs, so that no keyboard covers the page. Without this script the phone's own pad comes.
for (const form of document.querySelectorAll("[data-pad-form]")) {
  const pad = form.querySelector("[data-pad]");
  const box = form.querySelector("input.num");
  const said = form.querySelector("[data-pad-said]");
  pad.hidden = false;
  if (getComputedStyle(pad).display !== "none") box.inputMode = "none";

  pad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (key === undefined) return;
    if (key === "clear") box.value = "";
    else if (key === "back") box.value = box.value.slice(0, -1);
    else if (box.value.length < box.maxLength) box.value += key;
    said.textContent = "";
  });

  // An empty box is nothing to keep: the page itself says what is missing.
  form.addEventListener("submit", (event) => {
    if (/^\d+$/.test(box.value)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    said.textContent = said.dataset.textMissing;
    box.focus();
  }, true);

  document.addEventListener("kept", (event) => {
    said.textContent = said.dataset.text.replace("{n}", event.detail.fields.online_now);
    box.value = "";
  });
}
