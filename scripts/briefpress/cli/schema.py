"""`briefpress schema`: the fields, as editors' tools read them."""

from __future__ import annotations

import json
from typing import Any

import click
import yaml

from briefpress.cli.project import project_root, whole_file
from briefpress.schema import FORMS, json_schema
from briefpress.series import read_settings


@click.command("schema")
@click.option("--of", type=click.Choice(["brief", "series", "people"]), default="brief", show_default=True,
              help="What a JSON Schema is of: a brief's header, series.yml or people.yml.")
@click.option("--as", "form", type=click.Choice(["json", *FORMS]), default="json", show_default=True,
              help="JSON Schema, settings of VS Code or of its extension Front Matter, Sveltia CMS, or an issue form of GitHub.")
@click.option("--write", is_flag=True, help="Put the files in their places instead of printing them; what is there is replaced.")
def command(of: str, form: str, write: bool) -> None:
    """Print the table of fields for the tools of editors.

    Topics, regions, series and people are those of this project.
    """
    root = project_root()
    settings, _ = read_settings(root)
    if settings is None:
        click.echo("briefs/series.yml cannot be read, so topics, regions, series and people are not listed", err=True)
    files = {f"{of}.schema.json": json_schema(of, settings)} if form == "json" else FORMS[form](settings)
    for path, data in files.items():
        text = _text(path, data)
        if not write:
            click.echo(f"// {path}\n{text}" if len(files) > 1 else text, nl=False)
            continue
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        with whole_file(root / path) as stream:
            stream.write(text.encode())
        click.echo(path)


def _text(path: str, data: Any) -> str:
    if path.endswith(".yml"):
        return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120))
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
