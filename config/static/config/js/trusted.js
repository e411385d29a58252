// HTML that a script puts into a page (htmx, poll.js) is the server's own: pieces without code. Whatever could run is refused here,
// even where a filter had failed; the page then stays as it is, and the browser reports it. The Content Security Policy names these
// two policies and no other.
if (globalThis.trustedTypes && !trustedTypes.defaultPolicy) {
  const inert = trustedTypes.createPolicy("fragment", { createHTML: (html) => html });
  const FORBIDDEN = "script:not([src], [type='application/json']), iframe, object, embed, base, [srcdoc], meta[http-equiv]";
  const CODE = /^(javascript|data|vbscript):/i;
  const BLANK = /[\0-\x20]/g; // browsers overlook them in an address
  const WORKERS = /^\/(my|school)-worker\.js(\?\w+)?$/; // the two service workers (offline.js)
  const LINKS = new Set(["href", "src", "action", "formaction", "xlink:href"]);
  const isPicture = (element, value) => element.localName === "img" && value.startsWith("data:image/");
  const isCode = (element, { name, value }) =>
    name.startsWith("on") || (LINKS.has(name) && CODE.test(value.replace(BLANK, "")) && !isPicture(element, value));
  const runs = (element) =>
    [...element.attributes].some((attribute) => isCode(element, attribute)) ||
    (element instanceof HTMLTemplateElement && hasCode(element.content));

  function hasCode(root) {
    return root.querySelector(FORBIDDEN) !== null || [...root.querySelectorAll("*")].some(runs);
  }

  trustedTypes.createPolicy("default", {
    createScriptURL: (url) => (WORKERS.test(url) ? url : null),
    createHTML: (html) => (hasCode(new DOMParser().parseFromString(inert.createHTML(html), "text/html")) ? null : html),
  });
}
