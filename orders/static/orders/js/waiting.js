// The list is swapped by htmx. Whatever answers is not the list (signed out, gone, broken) is shown by loading the page anew.
const unsent = document.getElementById("unsent");

document.addEventListener("htmx:beforeSwap", (event) => {
  unsent.hidden = true;
  if (!event.detail.xhr.responseText.includes('id="waiting"')) {
    event.preventDefault();
    location.reload();
  }
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    unsent.hidden = false;
    unsent.scrollIntoView();
  });
}
