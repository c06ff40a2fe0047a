"""The command line: one module a command. Exit 0 fine, 1 findings, 2 a wrong call or environment."""

from __future__ import annotations

import gc
from importlib import import_module

import click

_COMMANDS = {"new": "Make the file of a new brief, with the next free number.",
             "import": "Make a draft of a published text, from Word, HTML or plain text.",
             "check": "Report every mistake in briefs/.", "build": "Check the briefs and build the site.",
             "cite": "Print a reference to a brief, in any style.",
             "deposit": "Write what Crossref registers a DOI with.",
             "collect": "Put several briefs into one PDF.", "bundle": "Put a year into a zip for archives.",
             "schema": "Print the fields for editors' tools: JSON Schema, VS Code, forms.",
             "serve": "Show the site as you write, drafts and findings included.",
             "cache": "Show what is kept between builds, and take out what is not used."}  # fmt: skip

_MODULES = {"import": "import_file"}
"""Commands whose name no module can have."""


class _Group(click.Group):
    """Loads a command only when it is called: `check` must not wait for MkDocs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"briefpress.cli.{_MODULES.get(cmd_name, cmd_name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.command(cls=_Group)
@click.version_option(package_name="briefpress")
def main() -> None:
    """Publish a numbered series of policy briefs."""
    # What is known of ten thousand briefs stays until the end: to look for cycles in it every 700 objects is a third of an edit.
    gc.set_threshold(50_000, 20, 100)
