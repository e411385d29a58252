// How long something has lasted, as `1:14`, in every [data-clock] that holds its first moment in epoch seconds.
function tick() {
  for (const element of document.querySelectorAll("[data-clock]")) {
    const minutes = Math.max(0, Math.floor((Date.now() / 1000 - Number(element.dataset.clock)) / 60));
    element.textContent = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
  }
}
setInterval(tick, 10_000);
