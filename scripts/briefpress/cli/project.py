"""What commands that load no MkDocs know of the project: its folder, its public briefs, its address."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import click

from briefpress.brief import Brief
from briefpress.checks import check
from briefpress.finding import blocking
from briefpress.series import BRIEFS, Catalogue, Series
from briefpress.store import Store


def project_root() -> Path:
    """The folder in which the command was called."""
    root = Path.cwd()
    if not (root / BRIEFS).is_dir():
        raise click.UsageError(f"there is no folder {BRIEFS}/ here; go to the project's folder first")
    return root


def sound_catalogue(root: Path, now: dt.datetime) -> Catalogue:
    """All briefs; ends with 1, and every finding that blocks, where one does."""
    catalogue, findings = check(root, now, Store.of(root))
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
    found = catalogue.named(number.strip(), series.slug)
    if found is None or not catalogue.shows(found):
        form = "year and file name, 2024/a-title" if series.numbering == "none" else "number"
        raise click.BadParameter(f'there is no public brief "{number}"; write its {form}, or in quotation marks the slug of its series and that')
    return found


def site_url(root: Path) -> str:
    """The one key of mkdocs.yml that is needed here, with a slash at its end."""
    import yaml
    from mkdocs.exceptions import ConfigurationError
    from mkdocs.utils.yaml import yaml_load  # which knows !ENV and INHERIT

    try:
        with (root / "mkdocs.yml").open("rb") as file:
            found = yaml_load(file).get("site_url")
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ConfigurationError, AttributeError) as error:
        raise click.UsageError(f"mkdocs.yml cannot be read, and the record of a brief needs its site_url: {error}") from None
    if not isinstance(found, str) or not re.match("https?://.", found):
        raise click.UsageError("mkdocs.yml has no site_url, and the record of a brief needs its address; add a line: site_url: https://briefs.example.org/")
    return found.rstrip("/") + "/"


def _folder(_: click.Context, __: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and not value.parent.is_dir():
        raise click.BadParameter(f"there is no folder {value.parent} to write into; make it first")
    return value


def output_option(default: str) -> Callable[[Any], Any]:
    """Add `--output`, a file in a folder that is there."""
    return click.option("--output", "-o", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), callback=_folder,
                        help=f"Where to write it; default: named after {default}, here.")  # fmt: skip


@contextmanager
def whole_file(output: Path) -> Iterator[IO[bytes]]:
    """A file to write, which is put in place as a whole; after a fault, what was there is there still."""
    part = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        part.unlink(missing_ok=True)  # a link that lies there is not followed
        with part.open("xb") as stream:
            yield stream
        os.replace(part, output)
    except OSError as error:
        told = output if error.filename in (None, str(part)) else error.filename
        raise click.UsageError(f"{told} cannot be read or written: {error.strerror}") from None
    finally:
        with suppress(OSError):  # it is in place, or could not be made
            part.unlink()
