"""What commands that load no MkDocs know of the project: its folder, its public briefs, its address."""

from __future__ import annotations

import datetime as dt
import re
import sys
from pathlib import Path

import click

from briefpress.brief import Brief
from briefpress.checks import check
from briefpress.finding import blocking
from briefpress.series import BRIEFS, Catalogue, Series


def project_root() -> Path:
    """The folder in which the command was called."""
    root = Path.cwd()
    if not (root / BRIEFS).is_dir():
        raise click.UsageError(f"there is no folder {BRIEFS}/ here; go to the project's folder first")
    return root


def sound_catalogue(root: Path, now: dt.datetime) -> Catalogue:
    """All briefs; ends with 1, and every finding that blocks, where one does."""
    catalogue, findings = check(root, now)
    stopping = blocking(findings, strict=False)
    if stopping or catalogue is None:
        for finding in stopping:
            click.echo(str(finding), err=True)
        sys.exit(1)
    return catalogue


def series_named(catalogue: Catalogue, slug: str | None) -> Series:
    """The series of a slug, or the first."""
    series = catalogue.settings.get(slug) if slug else catalogue.settings.series[0]
    if series is None:
        raise click.BadParameter(f"there is no series {slug}; use one of {', '.join(one.slug for one in catalogue.settings.series)}")
    return series


def public_brief(number: str, catalogue: Catalogue, series: Series) -> Brief:
    """The public brief that `7/2024`, or `other-slug 7/2024`, names."""
    found = catalogue.named(number, series.slug)
    if found is None or not catalogue.shows(found):
        raise click.BadParameter(f'there is no public brief "{number}"; write its number, or slug and number in quotation marks')
    return found


def site_url(root: Path) -> str:
    """The one key of mkdocs.yml that is needed here, with a slash at its end."""
    file = root / "mkdocs.yml"
    found = re.search(r"(?m)^site_url:\s*[\"']?([^\s\"'#]+)", file.read_text("utf-8")) if file.is_file() else None
    if found is None:
        raise click.UsageError("mkdocs.yml has no site_url, and the record of a brief needs its address")
    return found[1].rstrip("/") + "/"
