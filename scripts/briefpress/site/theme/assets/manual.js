// What Material writes into its pages as inline scripts, which their policy forbids: the four
// functions that its bundle asks for, and opening a tab that the address names.

const { base } = JSON.parse(document.getElementById("__config").textContent);
window.__md_scope = new URL(base, location);
window.__md_hash = text => [...text].reduce((sum, sign) => (sum << 5) - sum + sign.charCodeAt(0), 0);
window.__md_get = (key, store = localStorage, scope = __md_scope) => {
  try {
    return JSON.parse(store.getItem(`${scope.pathname}.${key}`));
  } catch {
    return null;
  }
};
window.__md_set = (key, value, store = localStorage, scope = __md_scope) => {
  try {
    store.setItem(`${scope.pathname}.${key}`, JSON.stringify(value));
  } catch { /* the browser keeps nothing; the page works without */ }
};

const named = document.getElementById(location.hash.slice(1));
if (named?.name?.startsWith("__tabbed_")) named.checked = true;

// The bundle puts each code block's button into a landmark of its own, and tells only the eye that
// something was copied.
const settle = () => {
  for (const nav of document.querySelectorAll("nav.md-code__nav:not([role])")) nav.setAttribute("role", "none");
};
new MutationObserver(settle).observe(document.querySelector("article"), { childList: true, subtree: true });
document.querySelector(".md-dialog__inner").setAttribute("role", "status");
