"""A browser that notices everything a planted text could do: run, ask to be run, load something, leave an element behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

# Runs before any script of a page, in every frame.
LISTEN = """
globalThis.ran = [];
globalThis.pwn = (n) => { ran.push(n); console.log(`RAN ${n}`); };
document.addEventListener("securitypolicyviolation", (event) => console.log(`BLOCKED ${event.effectiveDirective} ${event.blockedURI}`));
"""
# What no page of ours has: handlers in attributes, code in addresses, inline scripts, other pages inside.
LEFT_BEHIND = """() => {
  const elements = [...document.querySelectorAll("*")];
  const leads = new Set(["href", "src", "action", "formaction", "data", "xlink:href", "poster", "srcset"]);
  const handlers = elements.flatMap((element) => [...element.attributes])
    .filter(({ name, value }) => name.startsWith("on") || name.startsWith("hx-on") || name === "srcdoc"
      || (leads.has(name) && /^\\s*(javascript|vbscript):/i.test(value)))
    .map(({ name, value }) => `${name}=${value}`);
  const odd = document.querySelectorAll(
    "script:not([src], [type='application/json']), iframe, object, embed, base, marquee, isindex, meta[http-equiv], video, audio, math, animate, style",
  );
  return [...handlers, ...[...odd].map((element) => element.outerHTML.slice(0, 120))];
}"""
# All that a page says: its texts, what its fields hold, its title and its labels.
SAID = """() => {
  const said = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (!node.parentElement.closest("script, style")) said.push(node.data);
  for (const field of document.querySelectorAll("input, textarea")) said.push(field.value);
  for (const element of document.querySelectorAll("[title], [aria-label], [alt]"))
    said.push(element.title ?? "", element.ariaLabel ?? "", element.alt ?? "");
  return said;
}"""


@dataclass
class Watched:
    """One tab of the browser, and all that happened in it."""

    page: object
    own: str
    happened: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.page.add_init_script(LISTEN)
        self.page.on(
            "console", lambda said: self.happened.append(said.text) if said.text.startswith(("RAN ", "BLOCKED ")) else None
        )
        self.page.on("dialog", lambda dialog: (self.happened.append(f"DIALOG {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: self.note(request.url))

    def note(self, url):
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.own:
            self.elsewhere.append(url)

    def look(self, address, *, until="load"):
        """Everything the page says, as one text for each piece of it."""
        self.page.goto(address, wait_until=until)
        return self.read()

    def read(self):
        self.happened += [f"LEFT {what} at {self.page.url}" for what in self.page.evaluate(LEFT_BEHIND)]
        return self.page.evaluate(SAID)
