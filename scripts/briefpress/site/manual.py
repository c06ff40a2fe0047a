"""The tables of the editors' manual, made from the rows that the code reads."""

from __future__ import annotations

import html
import re

from briefpress.fields import (
    AUTHOR_FIELDS,
    CONTRIBUTOR_FIELDS,
    CORRECTION_FIELDS,
    CROSSREF_FIELDS,
    DATA_FIELDS,
    FIELDS,
    HOUSE_RULE_FIELDS,
    REPEC_FIELDS,
    SERIES_FIELDS,
    SETTINGS_FIELDS,
    WAIVER_FIELDS,
    Field,
)
from briefpress.finding import Level
from briefpress.rules import SECTIONS
from briefpress.site.examples import EXAMPLES, TEXT

_MARKER = re.compile(r"^<!-- briefpress: (?P<name>[a-z-]+) -->[ \t]*$", re.MULTILINE)


def filled(markdown: str) -> str:
    """Put each table where a manual's page has its marker, `<!-- briefpress: fields -->`.

    Raises:
        KeyError: a marker names no table.
    """
    return _MARKER.sub(lambda hit: TABLES[hit["name"]](), markdown)


def fields_table() -> str:
    """The fields of a brief, and of what it may hold."""
    return "\n".join((
        _fields("A brief", FIELDS),
        _fields("An author with details", AUTHOR_FIELDS),
        _fields("A contributor", CONTRIBUTOR_FIELDS),
        _fields("A data file", DATA_FIELDS),
        _fields("A correction", CORRECTION_FIELDS),
        _fields("A waiver", WAIVER_FIELDS),
    ))  # fmt: skip


def series_table() -> str:
    """The fields of `series.yml`."""
    return "\n".join((_fields("The file", SETTINGS_FIELDS), _fields("A house rule", HOUSE_RULE_FIELDS), _fields("A series", SERIES_FIELDS),
                      _fields("Crossref", CROSSREF_FIELDS), _fields("RePEc", REPEC_FIELDS)))  # fmt: skip


def rules_table() -> str:
    """Every rule under its section: code, level, what it asks for, and what it refuses and takes."""
    parts = []
    for section, rules in SECTIONS.items():
        parts.append(f"### {section}\n")
        for rule in rules:
            waivable = " May be waived." if rule.waivable else ""
            parts.append(f"#### {rule.code} {{: #{rule.code} }}\n\n**{_LEVELS[rule.level]}.** {html.escape(rule.asks)}{waivable}\n")
            if rule.code in EXAMPLES:
                form = "markdown" if rule.code in TEXT else "yaml"
                parts += [f"{word}:\n\n```{form}\n{text}\n```\n" for word, text in zip(("Not", "But"), EXAMPLES[rule.code], strict=True)]
    return "\n".join(parts)


def _fields(title: str, rows: tuple[Field, ...]) -> str:
    parts = [f"### {title}\n"]
    for row in rows:
        must = "**Mandatory.** " if row.required else ""
        parts.append(f"#### {row.name}\n\n{must}{html.escape(row.about)}\n\n```yaml\n{row.example}\n```\n")
    return "\n".join(parts)


_LEVELS = {Level.ERROR: "Error", Level.WARNING: "Warning", Level.ADVICE: "Advice"}
TABLES = {"fields": fields_table, "rules": rules_table, "series": series_table}
