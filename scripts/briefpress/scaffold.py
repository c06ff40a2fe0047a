"""The beginning of a brief: a header with a comment for each field, to be filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from briefpress.fields import FIELDS

_PLAIN = re.compile(r"[0-9]+(/[0-9]{4})?|[0-9]{4}-[0-9]{2}-[0-9]{2}|true|[0-9]{4}-[0-9]{3}[0-9X]")
"""Values that are read the same without quotation marks: numbers, dates, switches, ISSNs."""


def scaffold(values: Mapping[str, str | Sequence[str]], body: str, remarks: Mapping[str, str] | None = None, *, every: bool = False) -> str:
    """The text of a new brief.

    Args:
        values: by the names of fields; texts on one line, or lists of such texts.
        body: the Markdown.
        remarks: for the editor, by field: what was guessed, and what is to be done. A field with a
            remark and no value is one that the editor has to fill in.
        every: whether the other fields stand there too, as comments to use.
    """
    remarks = remarks or {}
    lines = ["---"]
    for row in FIELDS:
        known = row.name in values or row.name in remarks
        if not (known or every):
            continue
        if every:
            lines.append(f"# {row.about}")
        if row.name in remarks:
            lines.append(f"# {remarks[row.name]}")
        if row.name in values:
            lines += _lines(row.name, values[row.name])
        else:
            lines += [f"# {line}" for line in row.example.split("\n")]
    return "\n".join([*lines, "---", "", body.strip("\n"), ""])


def _lines(name: str, value: str | Sequence[str]) -> list[str]:
    if isinstance(value, str):
        return [f"{name}: {_typed(value)}"]
    return [f"{name}:", *(f"  - {_typed(one)}" for one in value)]


def _typed(text: str) -> str:
    """The text as YAML, in quotation marks: it may hold whatever it likes."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
