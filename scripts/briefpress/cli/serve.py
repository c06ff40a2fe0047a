"""`briefpress serve`: the preview, which follows every change and shows what is not published."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from pathlib import Path

import click

from briefpress.cli.moment import now_option


@click.command("serve")
@click.option("--addr", metavar="HOST:PORT", default="127.0.0.1:8000", show_default=True, help="Where to serve.")
@now_option
@click.pass_context
def command(context: click.Context, addr: str, now: dt.datetime) -> None:
    """Show the site with drafts, embargoed briefs and every finding, and follow changes."""
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # Material's notice about a version that we exclude
    if not re.fullmatch(r"[^\s:]+:[0-9]{1,5}", addr):
        raise click.BadParameter("write a host and a port: 127.0.0.1:8000", param_hint="--addr")
    if not Path("mkdocs.yml").is_file():
        raise click.UsageError("there is no mkdocs.yml here; go to the project's folder first")
    from mkdocs.commands.serve import serve
    from mkdocs.exceptions import MkDocsException

    from briefpress.cli.build import log_to

    if context.get_parameter_source("now") is click.core.ParameterSource.COMMANDLINE:
        # Each rebuild asks anew what counts as now: an embargo can end while the server runs.
        os.environ["SOURCE_DATE_EPOCH"] = str(int(now.timestamp()))
    log_to(quiet=False, serving=True)
    try:
        serve("mkdocs.yml", dev_addr=addr)
    except OSError as error:
        raise click.UsageError(f"nothing can be served at {addr}: {error.strerror}") from None
    except MkDocsException as error:
        click.echo(f"{click.style('stopped:', fg='red', bold=True)} {error}", err=True)
        sys.exit(1)
