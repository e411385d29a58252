// A button that copies what a field holds. Browsers give the clipboard to safe addresses alone; elsewhere the old way must do.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[data-copied]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    let isDone = false;
    try {
      await navigator.clipboard.writeText(field.value);
      isDone = true;
    } catch {
      isDone = document.execCommand("copy");
    }
    said.textContent = isDone ? button.dataset.textCopied : button.dataset.textByHand;
  });
}
