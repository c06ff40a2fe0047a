"""A brief on paper: its page as a tree of plain data, set by one fixed template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from briefpress.body import Body, render
from briefpress.brief import Brief
from briefpress.checks.files import logo
from briefpress.figures import Drawn, Figure, replaced
from briefpress.media import PICTURES, Media
from briefpress.outline import outline
from briefpress.page import brief_page, drawn_figures, published_files, surroundings
from briefpress.record.work import Work
from briefpress.series import Catalogue, Series
from briefpress.store import Store, digest
from briefpress.texts import texts
from briefpress.typeset import press
from briefpress.typeset.document import ACCENT, document

CARDS = ("card", "cover")
"""Pictures of a brief: for those who share it, and for lists."""
NOT_PRINTED = frozenset({"findings", "head", "newer", "older", "related", "source_url", "toc", "reading_text", "pdf"})
"""What a page has for its screen alone."""


@dataclass(frozen=True)
class Print:
    """One brief that is to be set, and all that decides how."""

    brief: Brief
    series: Series
    page: Mapping[str, Any]
    """What `page.brief_page` gives, without NOT_PRINTED."""
    pictures: Mapping[str, Path | str]
    """The pictures of the page by their names: files, and SVGs that were drawn from data."""
    site_url: str
    root: Path
    """The project's folder."""

    @classmethod
    def of(cls, brief: Brief, catalogue: Catalogue, root: Path, page: Mapping[str, Any], media: Mapping[str, Media],
           drawn: Mapping[str, tuple[Figure, Drawn]], site_url: str) -> Print:  # fmt: skip
        """What is printed of a page, with the pictures beside the brief and those that were drawn from data."""
        pictures: dict[str, Path | str] = {name: root / brief.folder / name for name, one in media.items() if one.kind in PICTURES}
        pictures |= {name: one.svg for name, (_, one) in drawn.items()}
        shown = {key: value for key, value in page.items() if key not in NOT_PRINTED}
        return cls(brief, catalogue.series(brief), shown, pictures, site_url, root)

    @cached_property
    def _logo(self) -> tuple[str, bytes]:
        """The name of the logo in the typesetter's folder, and the file; empty without one."""
        file = logo(self.series, self.root) if self.series.logo else None
        return (f"logo{file.suffix.lower()}", press.printable(file.read_bytes())[0]) if isinstance(file, Path) else ("", b"")

    @cached_property
    def _printable(self) -> dict[str, tuple[bytes, str]]:
        found = {}
        for name, one in self.pictures.items():
            try:
                found[name] = press.printable(one.read_bytes() if isinstance(one, Path) else one.encode())
            except press.PressError as error:
                raise press.PressError(f"{self.brief.path}: {name}: {error}") from None
        return found

    @property
    def _data(self) -> dict[str, bytes]:
        return {name: data for name, (data, _) in self._printable.items()}

    @property
    def unlettered(self) -> list[tuple[str, str]]:
        """The pictures with letters that no face has, each with one of those characters."""
        return [(name, char) for name, (_, missing) in self._printable.items() for char in missing]

    @property
    def key(self) -> str:
        """What decides the result, and nothing else."""
        series = {name: getattr(self.series, name) for name in ("title", "colour", "columns", "publisher", "place")}
        pictures = {name: digest(data) for name, data in self._data.items()}
        return digest(press.version(), self.page, series, self.site_url, pictures, self._logo[1])

    def made(self, store: Store) -> tuple[bytes, list[str]]:
        """The PDF, from the store where nothing changed, and the characters that no face has.

        Raises:
            PressError: the typesetter gave up.
        """
        key = self.key
        kept, missing = store.get("pdfs", key), store.get_json("glyphs", key)
        if kept is not None and missing is not None:
            return kept, missing
        document_, pictures = self.document()
        try:
            made = press.print_pdf(document_, pictures, date=self.brief.changed, columns=int(self.series.columns))
        except press.PressError as error:
            raise press.PressError(f"{self.brief.path}: {error}") from None
        store.put("pdfs", key, made.data)
        store.put("glyphs", key, json.dumps(made.missing).encode())
        return made.data, list(made.missing)

    def document(self, folder: str = "img") -> tuple[dict[str, Any], dict[str, bytes]]:
        """What the template prints, and the pictures by their names under `folder`."""
        # The typesetter goes by the ending.
        names = {name: f"{folder}/{index}{Path(name).suffix.lower().replace('.avif', '.png')}" for index, name in enumerate(self.pictures)}
        opening = self.page["image"]["url"] if self.page["image"] else ""
        addresses = names | {f"./{name}": given for name, given in names.items()} | {opening: names.get(opening.rpartition("/")[2], "")}
        made = document(self.page, self.series, words=texts(self.brief.lang), site_url=self.site_url, pictures=addresses)
        name, data = self._logo
        made["logo"] = f"{folder}/{name}" if name else ""
        return made, {names[name]: data for name, data in self._data.items()} | ({f"{folder}/{name}": data} if name else {})

    def card(self, store: Store, kind: str) -> bytes:
        """The social card or the cover, from the store where nothing changed.

        Raises:
            PressError: the typesetter gave up.
        """
        page = self.page
        shown = {
            "masthead": page["masthead"], "title": page["title"], "byline": page["byline"], "date": page["date_text"], "lang": self.brief.lang[:2],
            "house": self.series.publisher, "accent": self.series.colour or ACCENT, "columns": 1,
        }  # fmt: skip
        key = digest(press.version(), kind, shown)
        kept = store.get("cards", key)
        if kept is None:
            kept = press.print_card(shown, kind=kind)
            store.put("cards", key, kept)
        return kept


def plan(brief: Brief, catalogue: Catalogue, root: Path, site_url: str, docs: Mapping[str, str]) -> Print:
    """Prepare a brief for print without a site around it.

    Args:
        brief: of the catalogue.
        catalogue: all briefs.
        root: the project's folder.
        site_url: the site's address, with a slash at its end.
        docs: the site's other pages: path from the project's folder → address.
    """
    outlined = outline(brief.body, brief.body_line)
    media = published_files(brief, outlined, root)
    drawn = drawn_figures(brief, root, catalogue.series(brief).colour or ACCENT)
    around = surroundings(brief, outlined, catalogue, media, dict(docs), drawn)
    body = Body("", (), 0) if brief.withdrawal else render(replaced(brief.body), around)
    page = brief_page(Work.of(catalogue, brief, site_url), body, outlined, catalogue, media, related=(), source="")
    return Print.of(brief, catalogue, root, page, media, drawn, site_url)
