// What every page does with a script: open the search, copy the link, say that a table has more
// columns, mark the section being read. A page is whole without it.

const find = document.querySelector("a.find");
const texts = JSON.parse(find.dataset.texts);

const panel = async asked => {
  const { searchPanel } = await import(new URL(find.dataset.panel, location.href).href);
  return searchPanel({ root: find.dataset.root, serving: "serving" in find.dataset, texts, asked });
};

// -- search: a dialog over any page, in place on its own page -----------------------------------
let dialog;
async function openSearch() {
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.className = "search-dialog";
    dialog.setAttribute("aria-label", texts.heading);
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.textContent = texts.close;
    close.addEventListener("click", () => dialog.close());
    dialog.append(close);
    dialog.addEventListener("click", event => event.target === dialog && dialog.close());
    document.body.append(dialog);
    try {
      dialog.prepend(await panel());
    } catch {
      location.href = find.href;
      return;
    }
  }
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("input[type=search], .close").focus();
}

const here = document.querySelector("[data-search-here]");
function seek() {
  const field = here?.querySelector("input[type=search]");
  if (field) field.focus();
  else if (!here) openSearch();
}
find.addEventListener("click", event => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  seek();
});
document.addEventListener("keydown", event => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  seek();
});
if (here) {
  panel(new URLSearchParams(location.search)).then(
    element => "serving" in find.dataset ? here.querySelector("p").replaceWith(element) : here.replaceChildren(element),
    () => { here.querySelector("p").textContent = texts.failed; },
  );
}

// -- copying: the link stays a link, and says for a moment what happened -------------------------
const copies = navigator.clipboard ? document.querySelectorAll("a[data-copy]") : [];
if (copies.length) {
  const said = document.createElement("p");
  said.className = "unseen";
  said.setAttribute("role", "status");
  document.querySelector("main").append(said);
  for (const link of copies) {
    link.textContent = texts.copy_link;
    link.addEventListener("click", async event => {
      event.preventDefault();
      try {
        await navigator.clipboard.writeText(link.href);
      } catch {
        location.href = link.href;
        return;
      }
      link.textContent = said.textContent = texts.link_copied;
      setTimeout(() => { link.textContent = texts.copy_link; said.textContent = ""; }, 2500);
    });
  }
}

// -- a table that is wider than its place says so; it scrolls without this too -------------------
for (const box of document.querySelectorAll(".table .scroll")) {
  if (box.scrollWidth <= box.clientWidth + 1) continue;
  const note = document.createElement("p");
  note.className = "more-aside";
  note.dataset.print = "off";
  note.textContent = `${texts.more_columns} →`;
  box.after(note);
}

// -- the section being read is marked in the contents --------------------------------------------
const entries = new Map([...document.querySelectorAll(".contents a")].map(a => [decodeURIComponent(a.hash.slice(1)), a]));
const heads = [...entries.keys()].map(id => document.getElementById(id)).filter(Boolean);
if (heads.length) {
  let waiting = false;
  const mark = () => {
    waiting = false;
    const line = innerHeight * .3;
    const now = heads.filter(head => head.getBoundingClientRect().top < line).at(-1);
    for (const [id, a] of entries) {
      if (now && id === now.id) a.setAttribute("aria-current", "true");
      else a.removeAttribute("aria-current");
    }
  };
  addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(mark); } }, { passive: true });
  mark();
}
