"""`briefpress deposit`: what a house lodges with Crossref, checked against Crossref's own schema."""

from __future__ import annotations

import datetime as dt
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import click

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
from briefpress.listing import year_of
from briefpress.record.deposit import MOST_HOUSES, SCHEMAS, deposit
from briefpress.record.work import Work

KEPT = ".cache/crossref/{0}/commonmeta/resources/crossref/crossref{0}.xsd"
"""Where `make crossref` puts a schema."""


@click.command("deposit")
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
@click.option("--year", type=click.IntRange(1900, 2999), help="The briefs of a year.")
@click.option("--series", "slug", metavar="SLUG", help="Of this series; default: the first.")
@click.option("--schema", type=click.Choice(SCHEMAS), default=SCHEMAS[0], show_default=True,
              help="The version of Crossref's schema; licences, corrections and translations need 5.5.0.")
@click.option("--xsd", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The schema; default: the one that make crossref fetched.")
@output_option("its briefs")
@now_option
def command(numbers: tuple[str, ...], year: int | None, slug: str | None, schema: str, xsd: Path | None, output: Path | None,
            now: dt.datetime) -> None:  # fmt: skip
    """Write one batch for Crossref of the public briefs of these NUMBERs, or of a year, that have a DOI.

    It is written only if Crossref's schema accepts it. Nothing is sent: the manual says how to.
    """
    root = project_root()
    catalogue = sound_catalogue(root, now)
    series = series_named(catalogue, slug)
    if catalogue.settings.sample:
        raise click.UsageError("the series is a sample, and nothing is deposited of it; set sample: false in series.yml when you publish")
    if bool(numbers) == bool(year):
        raise click.UsageError("say which briefs: either --year 2024, or their numbers")
    briefs = {one.path: one for one in (public_brief(number, catalogue, series) for number in numbers)}
    chosen = list(briefs.values()) if numbers else [one for one in catalogue.of(series) if year_of(one) == year]
    others = [one for one in chosen if one.series != series.slug]
    if others:
        raise click.UsageError(f"a batch is of one series; deposit those of {others[0].series} by --series {others[0].series}")
    if series.crossref is None:
        raise click.UsageError(f"{series.slug} has no crossref: in series.yml; add it with prefix, depositor and email")
    works = [Work.of(catalogue, one, site_url(root)) for one in chosen]
    fit = [work for work in works if work.brief.doi]
    for work in works:
        if not work.brief.doi:
            click.echo(f"{work.named} is left out: it has no doi", err=True)
    if not fit:
        if works:
            suffix = f"{series.slug}.{works[0].serial.replace('-', '.', 1)}"
            click.echo(f"There is nothing to deposit. Give a brief its DOI: doi: {series.crossref.prefix}/{suffix}", err=True)
        else:
            click.echo(f"There is no public brief of {year}.", err=True)
        sys.exit(1)
    text = deposit(fit, series.crossref, now, schema)
    for fault in _faults(text, xsd or root / KEPT.format(schema)):
        click.echo(f"Crossref would refuse it: {fault}", err=True)
        sys.exit(1)
    name = fit[0].id if len(works) == 1 else f"{series.slug}-{year}" if year else f"{fit[0].id}-and-{len(fit) - 1}-more"
    output = output or root / f"{name}.crossref.xml"
    with whole_file(output) as stream:
        stream.write(text.encode())
    click.echo(f"{output.name}: {len(fit)} brief{'s' if len(fit) > 1 else ''}, valid in schema {schema}", err=True)
    if any(work.updates for work in fit):
        if schema == SCHEMAS[0]:
            click.echo(f"Corrections are not in it: schema {schema} has no place for them, {SCHEMAS[1]} has.", err=True)
        elif not series.crossref.policy:
            click.echo("Corrections are not in it: series.yml has no policy under crossref, the DOI of your page on corrections.", err=True)
    for work in fit:
        if len(work.institutions) > MOST_HOUSES:
            click.echo(f"Of the publishers of {work.named} the first {MOST_HOUSES} are in it: the schema takes no more.", err=True)


def _faults(text: str, schema: Path) -> list[str]:
    """What the schema does not accept, in its own words."""
    try:
        import xmlschema
    except ImportError:
        raise click.UsageError("a deposit is checked with an extra; install it with pip install 'briefpress[deposit]'") from None
    if not schema.is_file():
        raise click.UsageError("Crossref's schema is not here; run make crossref, or fetch it from Crossref and name it with --xsd")
    resource = xmlschema.XMLResource(text, allow="none")
    return [f"{fault.path}: {fault.reason}" for fault in read_schema(schema.resolve()).iter_errors(resource)]


@cache
def read_schema(schema: Path) -> Any:
    """One of Crossref's schemas, which are written in XSD 1.1; to read it takes three seconds.

    Raises:
        click.BadParameter: it cannot be read.
    """
    import xmlschema

    try:
        with warnings.catch_warnings():
            # Formulas lie elsewhere, and we have none; nothing is fetched.
            warnings.simplefilter("ignore", xmlschema.XMLSchemaImportWarning)
            return xmlschema.XMLSchema11(str(schema), allow="sandbox")
    except (xmlschema.XMLSchemaException, OSError) as error:
        raise click.BadParameter(f"{schema.name} is no schema that can be read: {error}", param_hint="--xsd") from None
