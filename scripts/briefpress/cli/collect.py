"""`briefpress collect`: several briefs as one PDF, with a cover and contents."""

from __future__ import annotations

import datetime as dt
import re
import sys
from pathlib import Path

import click

from briefpress.brief import Brief
from briefpress.byline import address_part
from briefpress.checks import check, missing_glyph
from briefpress.cli.moment import now_option
from briefpress.finding import blocking
from briefpress.listing import counted, subject_labels, year_of
from briefpress.series import BRIEFS, Catalogue
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
@click.option("--output", "-o", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it.")
@now_option
def command(numbers: tuple[str, ...], year: int | None, topic: str | None, slug: str | None, title: str | None, output: Path | None,
            now: dt.datetime) -> None:  # fmt: skip
    """Put public briefs together in one PDF: those of a year, on a topic, or the NUMBERs, oldest first."""
    root = Path.cwd()
    if not (root / BRIEFS).is_dir():
        raise click.UsageError(f"there is no folder {BRIEFS}/ here; go to the project's folder first")
    catalogue, findings = check(root, now)
    stopping = blocking(findings, strict=False)
    if stopping or catalogue is None:
        for finding in stopping:
            click.echo(str(finding), err=True)
        sys.exit(1)
    if output is not None and not output.parent.is_dir():
        raise click.BadParameter(f"there is no folder {output.parent} to write into; make it first", param_hint="--output")
    series = catalogue.settings.get(slug) if slug else catalogue.settings.series[0]
    if series is None:
        raise click.BadParameter(f"there is no series {slug}; use one of {', '.join(one.slug for one in catalogue.settings.series)}")
    briefs = [one for one in catalogue.of(series) if not one.withdrawal]
    labels = subject_labels(catalogue, "topics")
    if topic is not None and topic not in labels:
        raise click.BadParameter(f"there is no topic {topic}; use one of {', '.join(labels)}")
    if not (numbers or year or topic):
        raise click.UsageError("say which briefs: --year 2024, --topic ID, or their numbers")
    if numbers:
        named = {one.path: one for one in (_named(number, catalogue, series.slug) for number in numbers)}
        briefs = sorted(named.values(), key=lambda one: one.order)
    briefs = [one for one in briefs if (year is None or year_of(one) == year) and (topic is None or topic in {t.text for t in one.topics})]
    if not briefs:
        click.echo("There is no public brief among those.", err=True)
        sys.exit(1)
    words = texts(series.lang)
    titles = " & ".join(dict.fromkeys(catalogue.series(one).title for one in briefs))
    title = title or " ".join(part for part in (titles, labels[topic] if topic else "", str(year) if year else "") if part)
    output = output or root / f"{address_part(title)[:80]}.pdf"
    site_url = _site_url(root)
    docs = {path.relative_to(root).as_posix(): _address(path.relative_to(root / "docs")) for path in sorted((root / "docs").rglob("*.md"))}
    prints = [plan(one, catalogue, root, site_url, docs) for one in briefs]
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
            click.echo(str(missing_glyph(one.brief, char)), err=True)
        for name, char in one.unlettered:
            click.echo(str(missing_glyph(one.brief, char, name)), err=True)
    try:
        output.write_bytes(printed.data)
    except OSError as error:
        raise click.UsageError(f"{output} cannot be written: {error.strerror}") from None
    click.echo(f"{output.name}: {len(briefs)} brief{'s' if len(briefs) > 1 else ''}", err=True)


def _named(number: str, catalogue: Catalogue, series: str) -> Brief:
    found = catalogue.named(number, series)
    if found is None or not catalogue.shows(found) or found.withdrawal:
        raise click.BadParameter(f'there is no public brief "{number}"; write its number, or slug and number in quotation marks')
    return found


def _site_url(root: Path) -> str:
    """The one key of mkdocs.yml that is needed here."""
    file = root / "mkdocs.yml"
    found = re.search(r"(?m)^site_url:\s*[\"']?([^\s\"'#]+)", file.read_text("utf-8")) if file.is_file() else None
    if found is None:
        raise click.UsageError("mkdocs.yml has no site_url, and a brief on paper needs its address")
    return found[1].rstrip("/") + "/"


def _address(page: Path) -> str:
    """Where MkDocs puts a page of docs/."""
    folder = page.parent if page.name == "index.md" else page.with_suffix("")
    return "" if folder == Path() else f"{folder.as_posix()}/"
