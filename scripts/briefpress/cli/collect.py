"""`briefpress collect`: several briefs as one PDF, with a cover and contents."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from briefpress.brief import Brief
from briefpress.byline import address_part
from briefpress.checks import levelled, missing_glyph
from briefpress.cli.moment import now_option
from briefpress.cli.project import (
    output_option,
    project_root,
    public_brief,
    series_named,
    site_url,
    sound_catalogue,
    whole_file,
)
from briefpress.finding import Finding
from briefpress.listing import counted, subject_labels, year_of
from briefpress.series import Catalogue
from briefpress.texts import texts
from briefpress.typeset import plan
from briefpress.typeset.document import ACCENT
from briefpress.typeset.press import PressError, print_collection


@click.command("collect")
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
@click.option("--year", type=click.IntRange(1900, 2999), help="The briefs of a year.")
@click.option("--topic", metavar="ID", help="The briefs on a topic of series.yml.")
@click.option("--series", "slug", metavar="SLUG", help="Of this series; default: the first.")
@click.option("--title", help="The title on the cover; default: series and year, or the topic.")
@output_option("its title")
@now_option
def command(numbers: tuple[str, ...], year: int | None, topic: str | None, slug: str | None, title: str | None, output: Path | None,
            now: dt.datetime) -> None:  # fmt: skip
    """Put public briefs together in one PDF: those of a year, on a topic, or the NUMBERs, oldest first."""
    root = project_root()
    catalogue = sound_catalogue(root, now)
    series = series_named(catalogue, slug)
    briefs = [one for one in catalogue.of(series) if not one.withdrawal]
    labels = subject_labels(catalogue, "topics")
    if topic is not None and topic not in labels:
        raise click.BadParameter(f"there is no topic {topic}; use one of {', '.join(labels)}")
    if not (numbers or year or topic):
        raise click.UsageError("say which briefs: --year 2024, --topic ID, or their numbers")
    if numbers:
        named = {one.path: one for one in (public_brief(number, catalogue, series) for number in numbers)}
        if gone := [str(one.number or one.stem) for one in named.values() if one.withdrawal]:
            raise click.BadParameter(f"{', '.join(gone)} was withdrawn: leave it out")
        briefs = sorted(named.values(), key=lambda one: one.order)
    briefs = [one for one in briefs if (year is None or year_of(one) == year) and (topic is None or topic in {t.text for t in one.topics})]
    if not briefs:
        click.echo("There is no public brief among those.", err=True)
        sys.exit(1)
    words = texts(series.lang)
    titles = " & ".join(dict.fromkeys(catalogue.series(one).title for one in briefs))
    title = title or " ".join(part for part in (titles, labels[topic] if topic else "", str(year) if year else "") if part)
    output = output or root / f"{address_part(title)[:80]}.pdf"
    address = site_url(root)
    docs = {path.relative_to(root).as_posix(): _address(path.relative_to(root / "docs")) for path in sorted((root / "docs").rglob("*.md"))}
    prints = [plan(one, catalogue, root, address, docs) for one in briefs]
    cover = {"title": title, "masthead": series.masthead, "house": f"{series.publisher}, {series.place}", "lang": series.lang[:2],
             "tally": counted(words, "tally", len(briefs)), "contents": words["contents_heading"], "accent": series.colour or ACCENT}  # fmt: skip
    try:
        made = [(one, *one.document(f"img{index}")) for index, one in enumerate(prints)]
        printed = print_collection(
            cover, [(document, int(one.series.columns), one.brief.changed) for one, document, _ in made],
            {name: data for _, _, pictures in made for name, data in pictures.items()}, date=max(one.changed for one in briefs),
        )  # fmt: skip
    except PressError as error:
        click.echo(f"{click.style('stopped:', fg='red', bold=True)} {error}", err=True)
        sys.exit(1)
    for one in prints:
        for char in (char for char in printed.missing if char in one.brief.body or char in one.brief.title):
            _tell(missing_glyph(one.brief, char), one.brief, catalogue)
        for name, char in one.unlettered:
            _tell(missing_glyph(one.brief, char, name), one.brief, catalogue)
    with whole_file(output) as stream:
        stream.write(printed.data)
    click.echo(f"{output.name}: {len(briefs)} brief{'s' if len(briefs) > 1 else ''}", err=True)


def _tell(finding: Finding, brief: Brief, catalogue: Catalogue) -> None:
    for one in levelled(brief, catalogue.settings, [finding]):
        click.echo(str(one), err=True)


def _address(page: Path) -> str:
    """Where MkDocs puts a page of docs/."""
    folder = page.parent if page.name == "index.md" else page.with_suffix("")
    return "" if folder == Path() else f"{folder.as_posix()}/"
