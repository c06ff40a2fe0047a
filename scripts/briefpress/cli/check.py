"""`briefpress check`: every finding at once, without MkDocs."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from briefpress.brief import Brief
from briefpress.checks import check_and_list
from briefpress.cli.moment import now_option
from briefpress.cli.project import project_root
from briefpress.fields import Waiver
from briefpress.finding import UNSAFE, Finding, Level, blocking, printable
from briefpress.series import BRIEFS, Catalogue

_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.ADVICE: "cyan"}


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--strict", is_flag=True, help="Let warnings block too, as the build of the site does.")
@click.option("--against", metavar="REF", help="Compare with what is public at this branch, tag or commit: "
              "what is published changes only with a correction.")
@click.option("--format", "form", type=click.Choice(["text", "github", "json"]), default=None,
              help="Default: text, and github within GitHub Actions.")
@click.option("--waivers", is_flag=True, help="List the rules that briefs are let off, with their reasons, and nothing else.")
@now_option
def command(paths: tuple[str, ...], strict: bool, against: str | None, form: str | None, waivers: bool, now: dt.datetime) -> None:
    """Report every mistake in the briefs under this folder, or in the PATHs alone.

    Exits with 1 where something keeps the briefs from being published.
    """
    root = project_root()
    wanted = _wanted(paths, root)
    catalogue, findings, in_force = check_and_list(root, now)
    if waivers and catalogue is not None:
        _list_waivers([item for item in in_force if not wanted or _within(item[0].path, wanted)], form)
        return
    if against is not None:
        findings = sorted(set(findings) | set(_against(against, catalogue, root)))
    if wanted:
        # What all briefs share is shown always: without it nothing is known of any brief.
        wanted += [f"{BRIEFS}/series.yml", f"{BRIEFS}/people.yml"]
        findings = [one for one in findings if _within(one.path, wanted)]
    form = form or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    _print(findings, form, strict=strict)
    sys.exit(1 if blocking(findings, strict=strict) else 0)


def _against(ref: str, catalogue: Catalogue | None, root: Path) -> list[Finding]:
    from briefpress.checks.record import check_record
    from briefpress.history import History, HistoryError

    try:
        history = History.at(root, ref)
        return check_record(catalogue, history) if catalogue else []
    except HistoryError as error:
        raise click.UsageError(f'nothing can be compared with {ref or "no name"}: {error}') from None


def _wanted(paths: tuple[str, ...], root: Path) -> list[str]:
    wanted = []
    for path in paths:
        full = Path(os.path.normpath(root / path))
        if not full.exists():
            raise click.UsageError(f"there is no {path}")
        if not full.is_relative_to(root / BRIEFS):
            raise click.UsageError(f"{path} is not in {BRIEFS}/")
        relative = full.relative_to(root).as_posix()
        wanted.append(relative)
    return wanted


def _within(path: str, wanted: list[str]) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in wanted)


def _list_waivers(in_force: list[tuple[Brief, Waiver]], form: str | None) -> None:
    if form == "json":
        rows = [{"path": brief.path, "line": waiver.rule.place.line, "rule": waiver.rule.text, "reason": waiver.reason} for brief, waiver in in_force]
        click.echo(_as_json(rows))
        return
    for brief, waiver in in_force:
        click.echo(printable(f"{brief.path}:{waiver.rule.place.line}: {waiver.rule.text}: {waiver.reason}"))
    click.echo(f"{len(in_force)} waiver{'' if len(in_force) == 1 else 's'} in force", err=True)


def _as_json(rows: Sequence[Mapping[str, object]]) -> str:
    listed = json.dumps(rows, ensure_ascii=False, indent=2)
    return UNSAFE.sub(lambda hit: hit[0] if hit[0] == "\n" else f"\\u{ord(hit[0]):04x}", listed)


def _print(findings: list[Finding], form: str, *, strict: bool) -> None:
    if form == "json":
        click.echo(_as_json([one.as_dict() for one in findings]))
        return
    for one in findings:
        click.echo(one.github() if form == "github" else _coloured(one))
    if form == "text":
        click.echo(_total(findings, strict=strict), err=True)


def _coloured(finding: Finding) -> str:
    """The finding with its level in colour; click takes colours out where there is no terminal."""
    level = f"{finding.level}: "
    if os.environ.get("NO_COLOR"):  # https://no-color.org
        return str(finding)
    return str(finding).replace(level, click.style(level, fg=_COLOURS[finding.level], bold=True), 1)


def _total(findings: list[Finding], *, strict: bool) -> str:
    counts = Counter(one.level for one in findings)
    plural = {Level.ERROR: "errors", Level.WARNING: "warnings", Level.ADVICE: "pieces of advice"}
    single = {Level.ERROR: "error", Level.WARNING: "warning", Level.ADVICE: "piece of advice"}
    parts = [f"{counts[level]} {single[level] if counts[level] == 1 else plural[level]}" for level in Level if counts[level]]
    stopping = blocking(findings, strict=strict)
    verdict = "to mend before the briefs can be published" if stopping else "nothing that blocks"
    return f"{', '.join(parts)}: {verdict}" if parts else "all briefs are fine"
