// What every page does with a script: open the search, show notes in place, copy the link, say
// that a table has more columns, mark the section being read. A page is whole without it.

const find = document.querySelector("a.find");
const texts = JSON.parse(find.dataset.texts);

const panel = async asked => {
  const { searchPanel } = await import(new URL(find.dataset.panel, location.href).href);
  return searchPanel({ root: find.dataset.root, unable: "unable" in find.dataset, texts, asked });
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
// WCAG 2.1.4: a key alone can be turned off. A browser may refuse to keep anything.
const kept = name => { try { return localStorage.getItem(name); } catch { return null; } };
document.addEventListener("keydown", event => {
  if (kept("slash") === "off") return;
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  seek();
});
// A question stands behind the #, so that it stays with the reader; the form of a page without
// script can only send it as ?q=, and that is read too.
const question = () => {
  const [behind, sent] = [location.hash.slice(1), location.search].map(part => new URLSearchParams(part));
  return behind.size && [...behind.values()].some(Boolean) ? behind : sent;
};
if (here) {
  panel(question()).then(element => {
    if ("unable" in find.dataset) here.replaceChildren(element);
    else here.replaceChildren(element);
    addEventListener("hashchange", () => question().size && element.ask?.(question()));
  }, () => { here.querySelector("p").textContent = texts.failed; });
}
document.querySelector("form[data-seek]")?.addEventListener("submit", event => {
  event.preventDefault();
  location.href = `${find.href}#${new URLSearchParams(new FormData(event.target))}`;
});

// -- notes: read beside their number; the link leads to them without this -------------------------
if ("popover" in HTMLElement.prototype) {
  const box = document.createElement("div"), close = document.createElement("button"), text = document.createElement("div");
  box.className = "note-box";
  box.popover = "auto";
  box.tabIndex = -1;
  box.setAttribute("role", "dialog");
  close.type = "button";
  close.className = "close";
  close.textContent = "×";
  close.setAttribute("aria-label", texts.close_note);
  close.addEventListener("click", () => box.hidePopover());
  box.append(text, close);
  let shown, pressed;
  const toNotes = hash => {
    const line = document.createElement("p"), link = document.createElement("a");
    link.href = hash;
    link.textContent = texts.notes;
    link.addEventListener("click", () => box.hidePopover());
    line.append(link);
    return line;
  };
  const place = () => {
    const at = shown.getBoundingClientRect(), room = document.documentElement.clientWidth;
    const below = at.bottom + 10, above = at.top - 10 - box.offsetHeight;
    box.style.left = `${Math.max(12, Math.min(at.left - 24, room - box.offsetWidth - 12))}px`;
    box.style.top = `${scrollY + (below + box.offsetHeight > innerHeight && above > 0 ? above : below)}px`;
  };
  for (const link of document.querySelectorAll("a.footnote-ref")) {
    const note = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!note) continue;
    link.setAttribute("aria-haspopup", "dialog");
    // A press outside closes what is open before the click comes.
    link.addEventListener("pointerdown", () => { pressed = box.matches(":popover-open") && shown === link; });
    link.addEventListener("click", event => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (pressed) {
        pressed = false;
        return;
      }
      shown = link;
      const copy = note.cloneNode(true);
      for (const back of copy.querySelectorAll(".footnote-backref")) back.remove();
      for (const named of copy.querySelectorAll("[id]")) named.removeAttribute("id");
      text.replaceChildren(...copy.childNodes, toNotes(link.hash));
      box.setAttribute("aria-label", `${texts.note} ${link.textContent}`);
      link.parentElement.after(box); // the next stop of the Tab key
      link.focus();
      box.showPopover();
      place();
      box.focus({ preventScroll: true });
    });
  }
  addEventListener("resize", () => box.matches(":popover-open") && place());
}

// -- copying: the link stays a link; what was pressed says for a moment what happened --------------
const copies = navigator.clipboard ? document.querySelectorAll("a[data-copy], button[data-copy-of]") : [];
if (copies.length) {
  const said = document.createElement("p");
  said.className = "unseen";
  said.setAttribute("role", "status");
  document.querySelector("main").append(said);
  for (const door of copies) {
    const source = document.getElementById(door.dataset.copyOf);
    const offer = source ? door.textContent : texts.copy_link;
    door.textContent = offer;
    door.hidden = false;
    door.addEventListener("click", async event => {
      event.preventDefault();
      try {
        await navigator.clipboard.writeText(source ? source.textContent : door.href);
      } catch {
        if (source) getSelection().selectAllChildren(source);
        else location.href = door.href;
        return;
      }
      door.textContent = said.textContent = source ? texts.reference_copied : texts.link_copied;
      setTimeout(() => { door.textContent = offer; said.textContent = ""; }, 2500);
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
