// The search panel: a field, facets, results. Fetched when a reader first asks for it.
// Pagefind does the searching (https://pagefind.app/docs/api/); the markup is ours.

const FACETS = ["year", "topic", "author", "region", "language", "series"];
const STEP = 6; // results shown at a time; of each the whole text is fetched, 8 kB
// A word of every brief (brief.html). A search for no word makes Pagefind 1.5 fetch the whole index.
const EVERY = "ꙮ";
let known, engine;

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

// What is known before anything is asked: the shards, how many briefs of what there are, and the newest.
function overview(root) {
  known ??= fetch(new URL("pagefind/shards.json", new URL(root, location.href)), { cache: "no-cache" })
    .then(answer => answer.json()).catch(reason => { known = undefined; throw reason; });
  return known;
}

function pagefind(root) {
  engine ??= start(new URL(root, location.href)).catch(reason => { engine = undefined; throw reason; });
  return engine;
}

async function start(root) {
  const bundle = new URL("pagefind/", root).href;
  const [module, { shards }] = await Promise.all([import(`${bundle}pagefind.js`), overview(root)]);
  // Each shard, the newest first, has an index a language. Pagefind opens one and merges the others.
  const spans = shards.map(({ folder, languages }) => Object.entries(languages).map(
    ([language, pages]) => ({ name: `${folder} ${language}`, path: `${bundle}${folder}/`, language, pages })));
  const indexes = spans.flat();
  // In the shard that it is told to open it takes the index in the page's language, else the largest.
  const page = document.documentElement.lang.toLowerCase();
  const open = [page, page.split("-")[0]].map(own => indexes.find(({ language }) => language === own)).find(Boolean)
    ?? [...spans[0]].sort((a, b) => b.pages - a.pages)[0];
  // A shard's address changes with its content, so browsers may keep all of it (metaCacheTag).
  const options = ({ name }) => ({ baseUrl: root.pathname, excerptLength: 24, metaCacheTag: "", mergeFilter: { index: name } });
  await module.options({ ...options(open), basePath: open.path });
  await module.init();
  await Promise.all(indexes.filter(one => one !== open).map(
    one => module.mergeIndex(one.path, { ...options(one), language: one.language })));
  // What is asked for by name alone is fetched: not the numbers, and languages only where there are several.
  const keys = FACETS.filter(key => key !== "language" || indexes.some(({ language }) => language !== open.language));
  const counted = Object.fromEntries(keys.map(key => [key, []]));
  return {
    indexes, shards: spans.map(span => span.map(({ name }) => name)), exactly: word => module.search(`"${word}"`),
    // Newest first where no word is asked.
    search(term, values = {}) {
      const filters = Object.fromEntries(Object.entries({ ...counted, ...values }).map(([key, any]) => [key, { any }]));
      return module.search(term || EVERY, { filters, ...(term ? {} : { sort: { date: "desc" } }) });
    },
  };
}

// A result's id starts with the language of its index: "fr_2ab4c".
const languageOf = result => result.id.split("_")[0];

// Pagefind sorts within an index only: one of a shard and a language.
function byLanguage(results) {
  const queues = new Map();
  for (const result of results) {
    const language = languageOf(result);
    if (!queues.has(language)) queues.set(language, []);
    queues.get(language).push(result);
  }
  return [...queues.values()];
}

// The section in which a result says most of what was asked for, else the brief itself.
function passage(data) {
  const weight = part => (part.weighted_locations ?? []).reduce((sum, { weight, balanced_score: score }) => sum + (score || weight), 0);
  const sections = (data.sub_results ?? []).map(part => [weight(part), part]).filter(([sum]) => sum > 0);
  sections.sort(([a], [b]) => b - a);
  return sections[0]?.[1] ?? data;
}

// Where no word of an index begins as asked, Pagefind takes ever shorter beginnings: "qqzz" finds a
// "q", and "archive" every "à" of a French brief, above the archives of the English ones.
// 2: every word is found, or a longer one; 1: words like it; 0: none.
function fits(data, term) {
  const fold = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const split = text => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const marked = [data, ...data.sub_results ?? []].flatMap(part => part.excerpt.match(/<mark>.*?<\/mark>/g) ?? []);
  const found = split([...marked.map(mark => mark.slice(6, -7)), ...Object.values(data.meta)].join(" "));
  if (split(term).every(asked => found.some(word => word.startsWith(asked)))) return 2;
  return +split(term).some(asked => /\d/.test(asked) || found.some(word => {
    let same = 0;
    while (same < asked.length && asked[same] === word[same]) same++;
    return same >= Math.min(asked.length, Math.max(3, Math.floor(asked.length * .4))); // "running" finds "run"
  }));
}

// The names of the indexes that hold what is asked: of each language those that hold it best, so
// that several shards find what one index of all of them would. A word in quotes has no other beginnings.
async function holding(engine, term) {
  const words = term.split(/[\s"]+/).filter(Boolean);
  const exact = await Promise.all(words.map(engine.exactly));
  const grades = await Promise.all(engine.indexes.map(async ({ name }) => {
    if (exact.every(({ filters }) => filters.index?.[name])) return 2;
    const { results: [first] } = await engine.search(term, { index: [name] });
    return first ? fits(await first.data(), term) : 0;
  }));
  const best = {};
  engine.indexes.forEach(({ language }, i) => { best[language] = Math.max(best[language] ?? 1, grades[i]); });
  return engine.indexes.filter(({ language }, i) => grades[i] === best[language]).map(({ name }) => name);
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

// The lists of the site, as the menu has them, for whom the search does not help.
function lists() {
  const links = [...document.querySelectorAll("#__menu a[data-list]")];
  return make("ul", { class: "register" }, ...links.map(link => make("li", {}, make("a", { href: link.href }, link.textContent))));
}

let panels = 0;
export function searchPanel({ root, unable, texts, asked = new URLSearchParams() }) {
  if (unable) return make("div", { class: "search-panel" }, make("div", { class: "unable" }, make("p", {}, texts.unable), lists()));
  const id = `__search-${++panels}`, own = document.documentElement.lang;
  const field = make("input", { type: "search", id, autocomplete: "off", spellcheck: "false", enterkeyhint: "search" });
  const form = make("form", { class: "seek", role: "search" }, make("label", { for: id }, texts.field), make("div", {}, field));
  const count = make("p", { class: "tally", role: "status" }, "\u00a0");
  const undo = make("button", { type: "button", class: "door" }, texts.undo);
  const help = make("div", { class: "help", hidden: true }, make("p", {}, undo), make("p", {}, texts.lists), lists());
  const list = make("ol", { class: "entries results" });
  const more = make("button", { type: "button", class: "door", hidden: true }, texts.more);
  const facets = make("div", { class: "facets" });
  const summary = make("summary", {}, texts.narrow);
  const fold = make("details", { class: "narrow", hidden: true }, summary, facets);
  const slash = make("input", { type: "checkbox", checked: true });
  try {
    slash.checked = localStorage.getItem("slash") !== "off";
    slash.addEventListener("change", () => slash.checked ? localStorage.removeItem("slash") : localStorage.setItem("slash", "off"));
  } catch {
    slash.disabled = true; // the browser keeps nothing
  }
  const keys = make("label", { class: "slash" }, slash, make("span", {}, texts.slash));
  const panel = make("div", { class: "search-panel", "data-print": "off" }, form, fold, make("div", { class: "found" }, count, help, list, more, keys));
  const wide = matchMedia("(min-width: 48em)");
  const unfold = () => { fold.open = wide.matches; };
  wide.addEventListener("change", unfold);
  unfold();

  const chosen = Object.fromEntries(FACETS.map(key => [key, new Set()]));
  const boxes = []; // of the facets: { key, value, box, count }
  const there = new Set(); // addresses of what is shown
  let spans, newest, total = 0, turn = 0, several = false;
  let current = "", say, adding; // the term of what is shown, what is said of it, and the turn whose next results are on their way

  function ask(query) {
    field.value = query.get("q") ?? "";
    for (const key of FACETS) chosen[key] = new Set(query.getAll(key));
  }

  // A facet that does not divide the briefs is left out.
  function makeFacets(all) {
    several = Object.keys(all.series ?? {}).length > 1;
    const order = key => key === "year" ? (a, b) => b.localeCompare(a) : (a, b) => a.localeCompare(b, own);
    for (const key of FACETS) {
      const values = Object.keys(all[key] ?? {}).sort(order(key));
      if (values.length < 2) continue;
      const rows = values.map((value, i) => {
        const box = make("input", { type: "checkbox", id: `${id}-${key}-${i}` });
        const number = make("span", { class: "count" });
        box.addEventListener("change", () => { chosen[key][box.checked ? "add" : "delete"](value); run(); });
        boxes.push({ key, value, box, number });
        return make("label", { for: box.id }, box, make("span", {}, value), number);
      });
      facets.append(make("fieldset", {}, make("legend", {}, texts[key]), make("div", { class: "rows" }, ...rows)));
    }
    fold.hidden = !boxes.length;
  }

  function drawFacets(counts) {
    for (const { key, value, box, number } of boxes) {
      const found = counts[key]?.[value] ?? 0;
      box.checked = chosen[key].has(value);
      number.textContent = found;
      box.parentElement.classList.toggle("none", !found && !box.checked);
    }
    const number = FACETS.reduce((sum, key) => sum + chosen[key].size, 0);
    summary.textContent = number ? `${texts.narrow} (${number})` : texts.narrow;
  }

  // The next results. Shards are spans of time, the newest first, and hold a queue for each language.
  // The newest of all are known before the search is there.
  async function next() {
    if (!spans && !there.size) return newest.map(({ url, lang, ...meta }) => ({ url: new URL(url, new URL(root, location.href)).pathname, lang, meta, queue: [] }));
    if (!spans) {
      const mine = turn, engine = await pagefind(root), one = engine.shards.length === 1;
      const parts = await Promise.all(engine.shards.map(index => engine.search("", one ? {} : { index })));
      if (mine !== turn) return [];
      spans = parts.map(({ results }) => byLanguage(results));
    }
    const rows = [];
    for (const span of spans) {
      if (rows.length >= STEP) break;
      const heads = await Promise.all(span.map(queue => Promise.all(queue.slice(0, STEP).map(
        async result => ({ ...await result.data(), lang: languageOf(result), queue })))));
      if (span.length > 1) rows.push(...heads.flat().sort((a, b) => b.meta.day.localeCompare(a.meta.day)));
      else rows.push(...heads.flat());
    }
    return rows.slice(0, STEP);
  }

  function result(data, term) {
    const { url, meta } = data, lang = data.lang === own.split("-")[0].toLowerCase() ? null : data.lang;
    const number = [several && meta.series, meta.number].filter(Boolean).join(" ");
    const part = term ? passage(data) : null;
    const section = part?.anchor && part.title !== meta.title;
    return make("li", { class: "entry" },
      ...(number ? [make("p", { class: "number" }, number)] : []),
      make("h2", { lang }, make("a", { href: url }, meta.title)),
      make("p", { class: "who" }, `${meta.authors} `, make("span", {}, "·"), ` ${meta.date}`),
      ...(part ? [excerpt(part.excerpt, lang)] : []),
      ...(section ? [make("p", { class: "where", lang }, make("a", { href: part.url }, part.title))] : []));
  }

  // What is said of them is said as they appear.
  async function draw() {
    const from = there.size, mine = turn;
    let found, rows;
    do {
      found = await next();
      if (mine !== turn) return;
      for (const { queue } of found) queue.shift();
      rows = found.filter(({ url }) => !there.has(url));
    } while (found.length && !rows.length);
    say();
    if (!from) list.replaceChildren();
    for (const { url } of rows) there.add(url);
    list.append(...rows.map(data => result(data, current)));
    more.hidden = !rows.length || there.size >= total;
    if (from) list.children[from]?.querySelector("a").focus();
  }

  function tally(number, term) {
    const one = new Intl.PluralRules(own).select(number) === "one";
    if (!number) return fill(term ? texts.none_for : texts.none, { term });
    return fill(term ? (one ? texts.one_for : texts.many_for) : (one ? texts.one : texts.many), { count: number, term });
  }

  async function run() {
    const mine = ++turn, term = field.value.trim();
    const active = FACETS.filter(key => chosen[key].size);
    try {
      const all = await overview(root);
      if (!boxes.length) makeFacets(all.facets);
      const answer = term || active.length ? await seek(term, active, all.facets) : null;
      if (mine !== turn) return;
      ({ newest } = all);
      spans = answer?.spans;
      total = answer ? answer.total : all.total;
      current = term;
      say = () => {
        const found = tally(total, term);
        count.textContent = answer || !total ? found : fill(texts.newest, { tally: found });
        help.hidden = total > 0;
        undo.parentElement.hidden = !active.length;
        drawFacets(answer ? answer.counts : all.facets);
        if (!panel.closest("dialog")) remember(term);
      };
      there.clear();
      await draw();
    } catch {
      failed(mine);
    }
  }

  // What is found by a word, a choice, or both.
  async function seek(term, active, all) {
    const engine = await pagefind(root);
    const indexes = term && await holding(engine, term);
    const search = (keys, more = term && { index: indexes }) => {
      const values = Object.fromEntries(keys.map(key => [key, [...chosen[key]]]));
      return term && !indexes.length && more.index ? { results: [], filters: {} } : engine.search(more.number ? "" : term, { ...values, ...more });
    };
    // Values of one facet add to each other, so its counts leave its own choice aside.
    const [found, ...others] = await Promise.all([active, ...active.map(key => active.filter(one => one !== key))].map(keys => search(keys)));
    let answer = found;
    // A brief whose number is asked for stands first, whatever others mention it.
    const number = term.match(/^\D*?(\d+(\/\d+)?)$/)?.[1];
    if (number) {
      const named = (await search(active, { number: [number] })).results, ids = new Set(named.map(({ id }) => id));
      if (named.length) answer = { ...found, results: [...named, ...found.results.filter(({ id }) => !ids.has(id))] };
    }
    const counts = { ...answer.filters };
    active.forEach((key, i) => { counts[key] = (term || active.length > 1 ? others[i].filters : all)[key]; });
    const parts = term || engine.shards.length === 1 ? [answer] : await Promise.all(engine.shards.map(index => search(active, { index })));
    return { counts, total: answer.results.length, spans: parts.map(({ results }) => term ? [results] : byLanguage(results)) };
  }

  function failed(mine) {
    if (mine !== turn) return;
    count.textContent = texts.failed;
    help.hidden = false;
    undo.parentElement.hidden = true;
  }

  // The address of the search page carries the question, so that it can be sent to others; behind
  // the # it does not reach the server.
  function remember(term) {
    const query = new URLSearchParams();
    if (term) query.set("q", term);
    for (const [key, values] of Object.entries(chosen)) for (const value of values) query.append(key, value);
    const now = location.pathname + (query.size ? `#${query}` : "");
    if (now !== location.pathname + location.search + location.hash) history.replaceState(null, "", now);
  }
  panel.ask = query => { ask(query); return run(); };

  let timer;
  field.addEventListener("input", () => {
    pagefind(root).catch(() => {}); // it comes while the reader still types
    clearTimeout(timer);
    timer = setTimeout(run, 200);
  });
  form.addEventListener("submit", event => { event.preventDefault(); clearTimeout(timer); run(); });
  undo.addEventListener("click", () => {
    for (const values of Object.values(chosen)) values.clear();
    field.focus();
    run();
  });
  more.addEventListener("click", async () => {
    const mine = turn;
    if (adding === mine) return; // pressed twice
    adding = mine;
    await draw().catch(() => failed(mine));
    if (adding === mine) adding = undefined;
  });
  ask(asked);
  run();
  return panel;
}
