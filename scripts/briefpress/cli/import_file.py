"""`briefpress import`: a published text as the draft of a brief."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
from pathlib import Path

import click

from briefpress.checks import check
from briefpress.cli.moment import now_option
from briefpress.cli.project import project_root
from briefpress.importing.markdown import Tally, Written, tally, write
from briefpress.importing.read import Refused, Source, read
from briefpress.importing.recognise import Found, Given, date_in, missing, names_in, number_in, recognise
from briefpress.limits import TooLong
from briefpress.numbering import new_path
from briefpress.scaffold import scaffold
from briefpress.series import Settings, read_settings

_SHOWN = 10
"""How many lost words are named."""
_FIELDS = ("series", "number", "title", "subtitle", "author", "date", "lang", "doi", "issn", "key_issues")


@click.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--title", default="", help="The title, where the file does not say it or says another.")
@click.option("--author", "authors", multiple=True, help="An author; once for each.")
@click.option("--date", default="", help="The day of publication, 2024-03-15.")
@click.option("--number", default="", help="The place in the series, 7/2024.")
@click.option("--series", "slug", default="", metavar="SLUG", help="The series; default: the one whose masthead the file has, else the first.")
@now_option
def command(file: Path, title: str, authors: tuple[str, ...], date: str, number: str, slug: str, now: dt.datetime) -> None:
    """Make the draft of a brief from FILE, a published text: .docx, .html, .txt, or .pdf where there is nothing else.

    Says what it found and what it guessed, and accounts for every word. Exits with 1 where words
    were lost; the draft is written all the same.
    """
    root = project_root()
    settings, findings = read_settings(root)
    if settings is None:
        raise click.UsageError("\n".join(["series.yml cannot be read, so that no series is known", *map(str, findings)]))
    _check_options(settings, slug, number, date)
    try:
        source = read(file)
        title, date = title.strip(), date_in(date)[0]
        found = recognise(source, settings, Given(title, _names(authors), date, number, slug))
        if number:
            found.values["number"] = number_in(number, found.series)
        _ask(found)
        written = write(source, found)
        counts = tally(source, found, written, found.series.lang)
    except Refused as error:
        raise click.UsageError(f"{error}.") from None
    except (TooLong, RecursionError):
        raise click.UsageError(f"{file.name} is too deeply nested, or takes too long to read.") from None
    path = _path(root, settings, found, now, folder=bool(written.pictures))
    _put(root, path, _text(found, written), written.pictures)
    _tell(path, source, found, written, counts)
    _check(root, path, now)
    sys.exit(1 if counts.lost else 0)


def _names(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for text in given for name in names_in(text))


def _check_options(settings: Settings, slug: str, number: str, date: str) -> None:
    known = ", ".join(one.slug for one in settings.series)
    series = settings.get(slug) if slug else None
    if slug and series is None:
        raise click.BadParameter(f"there is no series {slug}; use one of {known}", param_hint="--series")
    if date and not date_in(date)[0]:
        raise click.BadParameter(date_in(date)[1] or f'"{date}" is no date: write it as YYYY-MM-DD, 2024-03-15', param_hint="--date")
    of = (series,) if series else settings.series
    if number and not any(number_in(number, one) for one in of):
        raise click.BadParameter(f'"{number}" is no number of the series: write it like {of[0].number_example}', param_hint="--number")


def _ask(found: Found) -> None:
    """Ask for what the file does not say, if somebody is there; without a title there is no brief."""
    here = sys.stdin.isatty() and sys.stderr.isatty()
    if not found.values.get("title"):
        if not here:
            raise click.UsageError('the file does not say the title; add it: --title "…"')
        found.values["title"] = click.prompt("Title", err=True).strip()
    for name in missing(found):
        answer = click.prompt(f"{name.capitalize()} (Enter to fill it in later)", default="", show_default=False, err=True).strip() if here else ""
        value: str | list[str] = names_in(answer) if name == "author" else date_in(answer)[0] if name == "date" else number_in(answer, found.series)
        if value:
            found.values[name] = value
            found.remarks.pop(name, None)
        elif answer:
            found.remarks[name] = f"“{answer}” was not understood: write it here."
    found.remarks |= missing(found)


def _path(root: Path, settings: Settings, found: Found, now: dt.datetime, *, folder: bool) -> str:
    """Where the brief goes: the folder of its year, the number and the title in its name."""
    number = found.series.read_number(str(found.values.get("number", "")))
    day = _day(found) or dt.date(number.year if number and number.year else now.year, 1, 1)
    path = new_path(root, settings, found.series, number, str(found.values["title"]), day)
    return f"{path.removesuffix('.md')}/index.md" if folder else path


def _day(found: Found) -> dt.date | None:
    date = str(found.values.get("date", ""))
    return dt.date.fromisoformat(date) if date else None


def _text(found: Found, written: Written) -> str:
    values: dict[str, str | list[str]] = {**found.values, "draft": "true"}
    if len(authors := found.values.get("author", [])) == 1:
        values["author"] = authors[0]
    # A remark is one line of a comment.
    remarks = {name: " ".join(remark.split()) for name, remark in found.remarks.items()}
    return scaffold(values, written.markdown, remarks)


def _put(root: Path, path: str, text: str, pictures: dict[str, bytes]) -> None:
    """Write the brief as a whole, where nothing is yet."""
    target = root / path
    brief = target.parent if target.name == "index.md" else target
    stem = target.parent if target.name == "index.md" else target.with_suffix("")
    for taken in (stem, stem.with_name(f"{stem.name}.md")):
        if os.path.lexists(taken):
            raise click.UsageError(f"{taken.relative_to(root).as_posix()} is there already, and nothing is written over; "
                                   "move it away, or give another --title or --number")  # fmt: skip
    part = brief.parent / f".import-{os.getpid()}"
    try:
        part.mkdir(parents=True)
        (part / "index.md").write_text(text, encoding="utf-8", newline="\n")
        for name, data in pictures.items():
            (part / name).write_bytes(data)
        os.rename(part if brief is not target else part / "index.md", brief)
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _tell(path: str, source: Source, found: Found, written: Written, counts: Tally) -> None:
    click.echo(f"{path}: a draft" + (f", with {', '.join(written.pictures)}" if written.pictures else ""))
    for name in _FIELDS:
        value = found.values.get(name)
        shown = f"{len(value)}" if name == "key_issues" and value else ", ".join(value) if isinstance(value, list) else value
        if shown or name in found.remarks:
            remark = found.remarks.get(name, "")
            click.echo(f"  {name}: {shown or '–'}{f'   ({remark})' if remark else ''}")
    heads = [f"“{text}”" for text in written.headings]
    guess = " (guessed: short lines without a full stop)" if written.guessed else ""
    click.echo(f"  headings: {', '.join(heads) or '–'}{guess}")
    for line in (*source.said, *found.said, *written.said):
        click.echo(f"  {line}", err=True)
    added = f"; {counts.added:,} added" if counts.added else ""
    click.echo(f"words: {counts.file:,} in; {counts.text:,} text, {counts.key_issues:,} key issues, {counts.header:,} header, "
               f"{counts.left:,} recognised and left out, {len(counts.lost):,} lost{added}")  # fmt: skip
    if counts.lost:
        more = f" and {len(counts.lost) - _SHOWN} more" if len(counts.lost) > _SHOWN else ""
        click.echo(f"lost: {', '.join(counts.lost[:_SHOWN])}{more}; compare the draft with the file", err=True)


def _check(root: Path, path: str, now: dt.datetime) -> None:
    """What the check finds in the new file."""
    findings = [one for one in check(root, now)[1] if one.path == path]
    for one in findings:
        click.echo(str(one))
    click.echo(f"check: {len(findings)} finding{'' if len(findings) == 1 else 's'} in the draft" if findings else "check: nothing to mend", err=True)
