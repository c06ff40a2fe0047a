"""A brief's page as plain data, and what its body needs from around it."""

from __future__ import annotations

import datetime as dt
import os
import posixpath
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from briefpress.body import Body, Picture, Surroundings
from briefpress.brief import Brief
from briefpress.byline import joined
from briefpress.checks.files import check_file, figures_of, named_files
from briefpress.checks.text import internal
from briefpress.figures import Drawn, Figure, FigureError, draw, name_of, version
from briefpress.finding import Place
from briefpress.listing import (
    author_entry,
    date_text,
    description,
    entry,
    language_name,
    mark,
    masthead,
    subject_labels,
    year_of,
)
from briefpress.media import Media, kind_of, size_text
from briefpress.outline import Outline
from briefpress.record.references import reference
from briefpress.record.work import Work
from briefpress.rules import Report
from briefpress.series import Catalogue
from briefpress.store import Store, digest
from briefpress.texts import texts
from briefpress.values import LICENCES, Named

WORDS_A_MINUTE = 230
"""How fast a text of this kind is read: Brysbaert (2019) gives 238 for English non-fiction."""


def published_files(brief: Brief, outlined: Outline, root: Path) -> dict[str, Media]:
    """The files beside a brief that are published, by name; the checks have passed them."""
    found: dict[str, Media] = {}
    if brief.withdrawal:
        return found
    for name, kinds in named_files(brief, outlined):
        # A preview shows briefs with faults too, so each file is looked at as the checks do.
        if name.text not in found and (media := check_file(brief, name, kinds, root, Report(brief.path))) is not None:
            found[name.text] = media
    return found


def drawn_figures(brief: Brief, root: Path, colour: str, store: Store | None = None) -> dict[str, tuple[Figure, Drawn]]:
    """The figures from data of a brief, by the names of their files; the checks have passed them.

    Raises:
        FigureFault: one cannot be drawn.
    """
    found: dict[str, tuple[Figure, Drawn]] = {}
    if brief.withdrawal:
        return found
    for index, figure in enumerate(figures_of(brief), 1):
        if check_file(brief, figure.data, ("csv",), root, Report(brief.path)) is None:
            continue
        data = (root / brief.folder / figure.data.text).read_bytes()
        key = digest(version(), figure.spec, colour, data)
        kept = store.get_json("figures", key) if store else None
        try:
            one = Drawn(kept[0], kept[1], kept[2], tuple(map(tuple, kept[3]))) if kept else draw(figure, data, colour=colour)
        except FigureError as error:
            raise FigureFault(figure.place, str(error)) from None
        if store and not kept:
            store.put_json("figures", key, [one.svg, one.width, one.height, one.table])
        found[name_of(index)] = figure, one
    return found


class FigureFault(Exception):
    """A figure that cannot be drawn: where it stands, and why."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place, self.message = place, message


def surroundings(brief: Brief, outlined: Outline, catalogue: Catalogue, files: dict[str, Media],
                 docs: dict[str, str], drawn: Mapping[str, tuple[Figure, Drawn]] = {}) -> Surroundings:  # fmt: skip
    """What the body of a brief depends on.

    Args:
        brief: the brief.
        outlined: what its text names.
        catalogue: all briefs.
        files: the files beside it that are published.
        docs: the site's other pages: path from the project's folder → address.
        drawn: its figures from data, by the names of their files.
    """
    here = catalogue.permalink(brief)
    addresses = {}
    for link in outlined.links:
        target = internal(brief, link)
        if target is None or link.image:
            continue
        name = target.path.rpartition("/")[2]
        other = catalogue.by_path.get(target.path)
        if other is not None and catalogue.shows(other):
            address = relative(catalogue.permalink(other), here)
            if other.withdrawal:
                addresses[link.target] = address  # its headings are gone
                continue
        elif target.path in docs:
            address = relative(docs[target.path], here)
        elif name in files and target.path == posixpath.join(brief.folder, name):
            address = quote(name)
        else:
            continue
        addresses[link.target] = address + (f"#{quote(target.anchor, safe=':')}" if target.anchor else "")
    words = texts(brief.lang)
    data = {os.path.splitext(one.file.text)[0]: one.file.text for one in brief.data}
    pictures = {}
    for name, media in files.items():
        behind = data.get(os.path.splitext(name)[0], "")
        of_data = files.get(behind)
        pictures[name] = Picture(
            quote(name), media.width, media.height, quote(behind) if of_data else "",
            words["data_file"].format(kind=of_data.kind.upper(), size=size_text(of_data.size)) if of_data else "",
        )  # fmt: skip
    for name, (figure, one) in drawn.items():
        of_figure = files.get(figure.data.text)
        said = words["data_file"].format(kind="CSV", size=size_text(of_figure.size)) if of_figure else ""
        address = quote(figure.data.text) if of_figure else ""
        pictures[name] = Picture(name, one.width, one.height, address, said, figure.alt, figure.caption, one.table)
    # A picture may be typed as ./name too.
    pictures |= {f"./{name}": picture for name, picture in pictures.items()}
    return Surroundings(words, addresses, pictures)


def relative(url: str, base: str) -> str:
    """The address `url` as a page at `base` writes it; both from the site's root, pages with a slash."""
    path = posixpath.relpath("/" + url, "/" + base)
    return path + "/" if url.endswith("/") or not url else path


def brief_page(work: Work, body: Body, outlined: Outline, catalogue: Catalogue, files: dict[str, Media], *,
               related: Iterable[Brief], source: str) -> dict[str, Any]:  # fmt: skip
    """What the template `brief.html` prints.

    Args:
        work: of a brief of the catalogue.
        body: its text as set.
        outlined: what its text names.
        catalogue: all briefs.
        files: the files beside it that are published.
        related: what to read next.
        source: an address with `{path}` in it, for the link to the file; or empty.
    """
    brief, series, site_url = work.brief, work.series, work.site_url
    words = texts(brief.lang)
    url = catalogue.permalink(brief)
    several = len(brief.authors) > 1
    topics, regions = subject_labels(catalogue, "topics"), subject_labels(catalogue, "regions")
    listed = brief.path in catalogue.neighbours  # in a preview, one with faults has no place yet
    older, newer = catalogue.neighbours.get(brief.path, (None, None))
    gone = brief.withdrawal
    dated: Callable[[dt.date], str] = lambda day: date_text(day, series.date_style, brief.lang) if day > dt.date.min else ""  # noqa: E731
    minutes = max(1, round(body.words / WORDS_A_MINUTE))
    licence = LICENCES[brief.license]
    shown = {os.path.splitext(link.target)[0] for link in outlined.links if link.image}
    shown |= {os.path.splitext(figure.data.text)[0] for figure in figures_of(brief)}
    return {
        "number": str(brief.number or ""),
        "year": str(year_of(brief)),
        "title": brief.title,
        "subtitle": brief.subtitle,
        "url": url,
        "permalink": site_url + url,
        "lang": brief.lang,
        "masthead": masthead(series, brief),
        "date": brief.date.isoformat(),
        "date_text": dated(brief.date),
        "by_text": words["by"],
        "byline": joined([author.name for author in brief.authors], words["and"]),
        "authors": [author_entry(author) | ({} if listed else {"url": ""}) for author in brief.authors],
        "contributors": [{"name": one.name, "role": words[f"role_{one.role}"]} for one in brief.contributors],
        "collection": brief.collection,
        "publishers": list(brief.publishers),
        "other_numbers": list(brief.other_numbers),
        "language": language_name(brief.lang),
        "affiliations": list(dict.fromkeys(one for author in brief.authors for one in author.affiliation)),
        "about_heading": words["about_many" if several else "about_one"],
        "reading_text": "" if gone else words["reading_time"].format(minutes=minutes),
        "mark": mark(catalogue, brief, brief.lang),
        "published": brief.is_public(catalogue.now),
        "withdrawn": words["withdrawn_heading"].format(date=dated(gone.date)) if gone and gone.date else "",
        "corrections": [
            {"kind": words[f"kind_{one.kind}"], "date": one.date.isoformat(), "date_text": dated(one.date), "note": one.note.text}
            for one in brief.corrections if one.shown and one.date and one.note
        ],
        **_versions(catalogue, brief, site_url, dated),
        "key_issues": [] if gone else list(brief.key_issues),
        "description": description(brief),
        "toc": [] if gone else list(body.toc),
        "body": "" if gone else body.html,
        "disclaimer": series.disclaimer.several if several else series.disclaimer.one,
        "license": {"name": licence.name, "url": licence.url},
        "copyright": words["copyright_many" if several else "copyright_one"].format(year=brief.date.year) if brief.date > dt.date.min else "",
        "issn": brief.issn,
        "funding": brief.funding,
        "acknowledgements": brief.acknowledgements,
        "topics": _subjects(brief.topics, topics, "topics" if listed else ""),
        "regions": _subjects(brief.regions, regions, "regions" if listed else ""),
        "keywords": list(brief.keywords),
        "image": _image(brief, files, url),
        "data": [
            {"url": url + quote(one.file.text), "title": one.title or one.file.text,
             "text": f"{kind_of(one.file.text).upper()}, {size_text(files[one.file.text].size)}",
             "license": LICENCES[one.license].name if one.license else ""}
            for one in brief.data
            if one.file.text in files and os.path.splitext(one.file.text)[0] not in shown
        ],
        "related": [entry(catalogue, other, brief.lang) for other in related],
        "citation": reference(work),
        "cite_as": work.cite_as,
        "doi": {"name": brief.doi, "url": work.doi_url} if brief.doi else None,
        "pdf": work.pdf.removeprefix(site_url),
        "older": entry(catalogue, older, brief.lang) if older else None,
        "newer": entry(catalogue, newer, brief.lang) if newer else None,
        "source_url": source.replace("{path}", quote(brief.path)) if source else "",
    }  # fmt: skip


def _subjects(named: Iterable[Named], labels: Mapping[str, str], kind: str) -> list[dict[str, str]]:
    """Topics or regions with the addresses of their lists; without, where `kind` is empty."""
    return [{"id": one.text, "label": labels[one.text], "url": kind and f"{kind}/{one.text}/"} for one in named if one.text in labels]


def _versions(catalogue: Catalogue, brief: Brief, site_url: str, dated: Callable[[dt.date], str]) -> dict[str, Any]:
    """The versions of a text in other languages, and whether the original changed after this one."""
    words = texts(brief.lang)
    every = catalogue.translations.get(brief.path, ())
    known = [language_name(other.lang) for other in every]
    names = [name if known.count(name) == 1 else f"{name} ({other.lang})" for name, other in zip(known, every, strict=True)]
    rows = [
        {"language": names[i], "lang": other.lang, "url": catalogue.permalink(other), "title": other.title,
         "address": site_url + catalogue.permalink(other), "original": i == 0, "own": other is brief}
        for i, other in enumerate(every)
    ]  # fmt: skip
    note = ""
    if every and every[0] is not brief:
        gone, last = every[0].withdrawal, every[0].corrected
        own = max([brief.date, *(one.date for one in brief.corrections if one.shown and one.date)])
        if gone and gone.date:
            note = words["original_withdrawn"].format(date=dated(gone.date))
        elif last and last.date and last.date > own:
            note = words["original_corrected"].format(date=dated(last.date))
    return {"versions": rows, "version_note": note}


def _image(brief: Brief, files: dict[str, Media], url: str) -> dict[str, Any] | None:
    media = files.get(brief.image.text) if brief.image else None
    if brief.image is None or media is None:
        return None
    return {"url": url + quote(brief.image.text), "alt": brief.image_alt, "width": media.width, "height": media.height}
