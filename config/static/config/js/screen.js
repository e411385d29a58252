// Runs before the first paint: the theme and the privacy that this screen keeps, or the theme that its address asks for.
{
  const root = document.documentElement;
  const kept = (name) => {
    try { return localStorage.getItem(name); } catch { return null; } // storage may be forbidden
  };
  const themes = [new URLSearchParams(location.search).get("theme"), kept("board-theme"), "night"];
  root.dataset.theme = themes.find((theme) => theme === "day" || theme === "night");
  if (kept("board-privacy") === "on") root.dataset.privacy = "on";
}
