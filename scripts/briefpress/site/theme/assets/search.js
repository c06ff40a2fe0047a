// The search panel: a field, two facets, results. Fetched when a reader first asks for it.
// Pagefind does the searching (https://pagefind.app/docs/api/); the markup is ours.

const FACETS = ["year", "author"];
const STEP = 8; // results shown at a time
let engine;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

function pagefind(root) {
  engine ??= start(new URL(root, location.href));
  return engine;
}

async function start(root) {
  const bundle = new URL("pagefind/", root).href;
  const module = await import(`${bundle}pagefind.js`);
  const options = { baseUrl: root.pathname, excerptLength: 24 };
  await module.options(options);
  await module.init();
  // Pagefind keeps an index a language and opens that of the page alone; add the others. Where
  // none is in the page's language it opens the largest, as the order below does.
  const answer = await fetch(`${bundle}pagefind-entry.json`, { cache: "no-cache" });
  const indexes = Object.entries((await answer.json()).languages);
  const page = document.documentElement.lang.toLowerCase(), known = new Set(indexes.map(([language]) => language));
  const largest = indexes.sort(([, a], [, b]) => b.page_count - a.page_count)[0]?.[0];
  const open = [page, page.split("-")[0]].find(language => known.has(language)) ?? largest;
  await Promise.all([...known].filter(language => language !== open).map(
    language => module.mergeIndex(bundle, { ...options, language })));
  return module;
}

// A result's id starts with the language of its index: "fr_2ab4c".
const languageOf = result => result.id.split("_")[0];

// Pagefind sorts within an index only.
function byLanguage(results) {
  const queues = new Map();
  for (const result of results) {
    const language = languageOf(result);
    if (!queues.has(language)) queues.set(language, []);
    queues.get(language).push(result);
  }
  return [...queues.values()];
}

// Excerpts come as escaped text with <mark>; nothing else of them becomes markup.
function excerpt(html, lang) {
  const line = make("p", { class: "excerpt", lang });
  html.split(/(<mark>.*?<\/mark>)/).forEach(part => {
    const holder = document.createElement("template"); // inert: nothing in it loads or runs
    holder.innerHTML = part;
    const text = holder.content.textContent;
    line.append(part.startsWith("<mark>") ? make("mark", {}, text) : text);
  });
  return line;
}

let panels = 0;
export function searchPanel({ root, serving, texts, asked = new URLSearchParams() }) {
  if (serving) return make("div", { class: "search-panel" }, make("p", { class: "unable" }, texts.serving));
  const id = `__search-${++panels}`;
  const field = make("input", { type: "search", id, autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-count` });
  const form = make("form", { class: "seek", role: "search" }, make("label", { for: id }, texts.field), make("div", {}, field));
  const count = make("p", { class: "tally", id: `${id}-count`, role: "status" }, "\u00a0");
  const list = make("ol", { class: "entries results" });
  const more = make("button", { type: "button", class: "door", hidden: true }, texts.more);
  const facets = make("div", { class: "facets" });
  const fold = make("details", { class: "narrow" }, make("summary", {}, texts.narrow), facets);
  const panel = make("div", { class: "search-panel", "data-print": "off" }, form, fold, make("div", { class: "found" }, count, list, more));
  const wide = matchMedia("(min-width: 48em)");
  const unfold = () => { fold.open = wide.matches; };
  wide.addEventListener("change", unfold);
  unfold();

  const chosen = Object.fromEntries(FACETS.map(key => [key, new Set(asked.getAll(key))]));
  field.value = asked.get("q") ?? "";
  let queues = [], total = 0, shown = 0, turn = 0;

  function drawFacets(totals, all) {
    const focused = document.activeElement?.id;
    facets.replaceChildren(...FACETS.filter(key => all[key]).map(key => {
      const values = Object.keys(all[key]).sort((a, b) => key === "year" ? b.localeCompare(a) : a.localeCompare(b));
      return make("fieldset", {}, make("legend", {}, texts[key]), ...values.map((value, i) => {
        const box = make("input", { type: "checkbox", id: `${id}-${key}-${i}`, checked: chosen[key].has(value) });
        box.addEventListener("change", () => { chosen[key][box.checked ? "add" : "delete"](value); run(); });
        return make("label", { for: box.id }, box, make("span", {}, value), make("span", { class: "count" }, String(totals[key]?.[value] ?? 0)));
      }));
    }));
    if (focused?.startsWith(`${id}-`)) document.getElementById(focused)?.focus();
  }

  // The next results of every queue, the newest of them first where dates decide.
  async function next() {
    const heads = await Promise.all(queues.map(queue => Promise.all(queue.slice(0, STEP).map(
      async result => ({ ...await result.data(), lang: languageOf(result) })))));
    const rows = heads.flatMap((row, at) => row.map(data => ({ ...data, at })));
    if (queues.length > 1) rows.sort((a, b) => b.meta.day.localeCompare(a.meta.day));
    return rows.slice(0, STEP);
  }

  async function draw() {
    const from = shown, mine = turn, rows = await next();
    if (mine !== turn) return;
    if (!from) list.replaceChildren();
    for (const { at } of rows) queues[at] = queues[at].slice(1);
    shown += rows.length;
    for (const { url, meta, excerpt: html, lang } of rows) {
      list.append(make("li", { class: "entry" },
        ...(meta.number ? [make("p", { class: "number" }, meta.number)] : []),
        make("h2", { lang }, make("a", { href: url }, meta.title)),
        make("p", { class: "who" }, `${meta.authors} `, make("span", {}, "·"), ` ${meta.date}`),
        ...(field.value.trim() ? [excerpt(html, lang)] : [])));
    }
    more.hidden = shown >= total;
    if (from) list.children[from]?.querySelector("a").focus();
  }

  function tally(number, term) {
    const one = new Intl.PluralRules(document.documentElement.lang).select(number) === "one";
    if (!number) return fill(term ? texts.none_for : texts.none, { term });
    return fill(term ? (one ? texts.one_for : texts.many_for) : (one ? texts.one : texts.many), { count: number, term });
  }

  async function run() {
    const mine = ++turn, term = field.value.trim();
    const filters = {};
    for (const [key, values] of Object.entries(chosen)) if (values.size) filters[key] = { any: [...values] };
    let all, answer;
    try {
      const module = await pagefind(root);
      all = await module.filters();
      answer = await module.search(term || null, { filters, ...(term ? {} : { sort: { date: "desc" } }) });
    } catch {
      count.textContent = texts.failed;
      return;
    }
    if (mine !== turn) return;
    queues = term ? [answer.results] : byLanguage(answer.results);
    total = answer.results.length;
    shown = 0;
    const any = term || Object.keys(filters).length;
    const found = tally(total, term);
    count.textContent = any || !total ? found : fill(texts.newest, { tally: found });
    drawFacets(any ? answer.filters : all, all);
    if (!panel.closest("dialog")) remember(term);
    await draw();
  }
  // The address of the search page carries the question, so that it can be sent to others.
  function remember(term) {
    const query = new URLSearchParams();
    if (term) query.set("q", term);
    for (const [key, values] of Object.entries(chosen)) for (const value of values) query.append(key, value);
    history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
  }

  let timer;
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(run, 150); });
  form.addEventListener("submit", event => { event.preventDefault(); clearTimeout(timer); run(); });
  more.addEventListener("click", draw);
  run();
  return panel;
}
