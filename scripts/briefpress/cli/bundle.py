"""`briefpress bundle`: the public briefs of a year in one zip, for archives and deposit libraries."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import click

from briefpress.cli.build import load, run, stopped
from briefpress.cli.moment import now_option
from briefpress.cli.project import output_option, project_root, series_named, sound_catalogue, whole_file
from briefpress.listing import year_of
from briefpress.record.bundle import BundleError, changed, contents, make_bag, pack


@click.command("bundle")
@click.argument("year", type=click.IntRange(1900, 2999))
@click.option("--series", "slug", metavar="SLUG", help="Of this series; default: of all.")
@output_option("series and year")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but what is wrong.")
@now_option
def command(year: int, slug: str | None, output: Path | None, quiet: bool, now: dt.datetime) -> None:
    """Put the public briefs of YEAR into a zip for archives: sources, pages, PDFs and records, with checksums."""
    root = project_root()
    catalogue = sound_catalogue(root, now)
    every = catalogue.settings.series
    series = (series_named(catalogue, slug),) if slug else every
    years = sorted({year_of(brief) for brief in catalogue.public if catalogue.series(brief) in series})
    if year not in years:
        raise click.BadParameter(f"there is no public brief of {year}" + (f"; use one of {', '.join(map(str, years))}" if years else ""))
    name = f"{series[0].slug if len(series) == 1 else 'briefs'}-{year}"
    output = output or root / f"{name}.zip"
    try:
        # Opened first, so that a place that cannot be written is told before the work.
        with whole_file(output) as stream, tempfile.TemporaryDirectory() as temp:
            site, bag = Path(temp, "site"), Path(temp, "bag")
            config, plugin = load(now, quiet, site_dir=str(site))
            plugin.whole = False
            built = run(config, plugin)
            slugs = {one.slug for one in series}
            works = [work for work in built.works if work.year == year and work.series.slug in slugs]
            if not works:
                raise BundleError("the briefs were changed while their pages were made; run the command again")
            bag.mkdir()
            with plugin.progress.step("bundle"):
                make_bag(bag, contents(works, {path: seen.text for path, seen in built.seen.items()}, root, site), works, year)
                pack(bag, name, changed(works), stream)
    except BundleError as error:
        stopped(error)
    if not quiet:
        click.echo(f"{output.name}: {len(works)} brief{'s' if len(works) > 1 else ''}", err=True)
