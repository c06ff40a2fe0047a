"""`briefpress new`: the file of a new brief, with the next free number."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from briefpress.byline import folded
from briefpress.cli.moment import now_option
from briefpress.cli.project import project_root
from briefpress.finding import Level, Place, printable
from briefpress.front_matter import Text
from briefpress.numbering import Known, known, new_path
from briefpress.rules import Report
from briefpress.scaffold import scaffold
from briefpress.series import BRIEFS, Series, Settings, read_brief, read_settings
from briefpress.values import iso_date

BODY = """
## Introduction

Say what the question is and why it matters now. Say at the end of
this section what the reader will find in the others.

## A heading that says what its section says

The argument, with its sources.[^1]

## What should follow

Recommendations. A reader may open the brief here, so name the actors.

[^1]: Author, *Title*, year, <https://doi.org/10.1000/182>.
"""


@click.command("new")
@click.argument("title", required=False)
@click.option("--author", "authors", multiple=True, metavar="NAME", help="An author, given name first, or an id of people.yml; once for each.")
@click.option("--series", "slug", metavar="SLUG", help="Which series. Default: the first of series.yml.")
@click.option("--date", metavar="YYYY-MM-DD", help="The date of publication. Default: today, in the time zone of series.yml.")
@click.option("--lang", metavar="CODE", help="The language, where it is not that of the series.")
@now_option
def command(title: str | None, authors: tuple[str, ...], slug: str | None, date: str | None, lang: str | None, now: dt.datetime) -> None:
    """Make the file of a new brief, a draft with the next free number of its series.

    The number is free here and on every branch that git knows. What is not given is asked for on a terminal.
    """
    root = project_root()
    settings, findings = read_settings(root)
    if settings is None:
        raise click.UsageError(f"{BRIEFS}/series.yml cannot be read, and it says how briefs are numbered: run briefpress check\n\n"
                               + "\n".join(str(one) for one in findings if one.level is Level.ERROR))  # fmt: skip
    series = _series(slug, settings)
    title = title or _asked("Title", "there is no title: write it behind the command in quotation marks, briefpress new \"A title\"")
    names = authors or tuple(part.strip() for part in _asked("Author, or several with commas", "there is no author: add --author").split(","))
    day = _day(date) if date else now.astimezone(settings.timezone).date()
    others = known(root, settings)
    number = others.next_number(series, day.year)
    path = new_path(root, settings, series, number, title, day)
    values: dict[str, str | list[str]] = {"title": title, "author": _authors(names, settings), "date": day.isoformat()}
    values |= {"number": str(number)} if number else {}
    values |= {"lang": lang} if lang and lang != series.lang else {}
    text = scaffold(values | {"draft": "true"}, BODY, {"key_issues": "To be filled in: take the hashes out, and write over the examples.",
                                                      "draft": "To be taken out when the brief is to be published."}, every=True)  # fmt: skip
    _write(root, path, _sound(path, text, settings), others)
    click.echo(path)
    click.echo(_next(path, f"{number} of {series.title}" if number else series.title, others), err=True)


def _asked(what: str, otherwise: str) -> str:
    """Ask on a terminal; a script is told what to add."""
    if sys.stdin.isatty() and sys.stderr.isatty():
        answer: str = click.prompt(what, err=True)
        return answer
    raise click.UsageError(otherwise)


def _series(slug: str | None, settings: Settings) -> Series:
    slugs = [one.slug for one in settings.series]
    if slug is None and len(slugs) > 1 and sys.stdin.isatty() and sys.stderr.isatty():
        slug = click.prompt("Series", type=click.Choice(slugs), default=slugs[0], err=True)
    found = settings.get(slug) if slug is not None else settings.series[0]
    if found is None:
        raise click.BadParameter(f'--series: there is no series "{slug}"; use one of {", ".join(slugs)}')
    return found


def _day(typed: str) -> dt.date:
    report = Report("")
    day = iso_date(Text(typed, Place(1, 1)), "--date", report)
    if day is None:
        raise click.BadParameter(_told(report) or "--date is empty: write a date, or leave it out")
    return day


def _authors(names: tuple[str, ...], settings: Settings) -> str | list[str]:
    """As they are typed; somebody of people.yml by the id there, else the two would share an address."""
    by_name = {folded(person.name): key for key, person in settings.people.items()}
    known_as = [by_name.get(folded(" ".join(name.split())), name) for name in names]
    return known_as if len(known_as) > 1 else known_as[0]


def _sound(path: str, text: str, settings: Settings) -> bytes:
    """The file's bytes, if the check would find no error and no warning in its header."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise click.UsageError("the title or a name is no UTF-8: write it again") from None
    report = Report(path)
    report.findings = [one for one in read_brief(path, data, settings)[1] if one.level is not Level.ADVICE]
    if report.findings:
        raise click.UsageError(_told(report))
    return data


def _told(report: Report) -> str:
    return printable("\n".join(f"{one.message}: {one.remedy}" for one in report.findings), keep="\n")


def _write(root: Path, path: str, data: bytes, others: Known) -> None:
    file = root / path
    if path in others.paths or f"{path.removesuffix('.md')}/index.md" in others.paths:
        raise click.UsageError(f"there is a {path} already, here or on another branch: give the brief another title")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as stream:  # never over another file
            stream.write(data)
    except FileExistsError:
        raise click.UsageError(f"there is a {path} already: give the brief another title, or move that file") from None
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from None


def _next(path: str, what: str, others: Known) -> str:
    looked = (f"It is free here and on {others.branches} branch{'' if others.branches == 1 else 'es'}, as of your last git fetch."
              if others.branches is not None else f"Only the briefs in this folder were looked at: {others.why_not}.")  # fmt: skip
    return f"""\
This is {what}, a draft. {looked}
1. Write it: the comments say what each field is for. The key issues are to be filled in.
2. Look at it with make serve, and check it with briefpress check {path}
3. To publish it, take out the line draft: true."""
