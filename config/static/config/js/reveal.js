// A button that shows what was typed in a password field, and hides it again. Without this script the server shows it.
for (const button of document.querySelectorAll("[data-shows]")) {
  const field = document.getElementById(button.dataset.shows);
  const show = button.textContent;
  const say = () => { button.textContent = field.type === "password" ? show : button.dataset.textHide; };
  say();
  button.type = "button";
  button.addEventListener("click", () => {
    field.type = field.type === "password" ? "text" : "password";
    say();
  });
}
