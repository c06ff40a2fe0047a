"""The table of fields in the forms that editors' tools read: a schema, settings of VS Code, forms.

All are plain data, made from the rows of `fields` and from the topics, regions, series and people of
the project. A form is a set of files: what each holds, by its path in the project.

Source:
    JSON Schema 2020-12. VS Code's YAML extension reads draft-07, so only what both have is used;
    `enumDescriptions` and `patternErrorMessage` are VS Code's own and say nothing to others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from briefpress.fields import FIELDS, PERSON, SETTINGS_FIELDS, Field
from briefpress.front_matter import Items, Node, Text, read_mapping
from briefpress.rules import RULES, Report
from briefpress.series import BRIEFS, NUMBERS, Settings
from briefpress.values import NAME, SLUG, TEXT, Schema, schema_of

Files = dict[str, Any]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SMALL = 3
"""Fields of a group that a form shows in full; an author has more, and is a name or an id there."""
_PROPOSED = "title subtitle author key_issues lang description topics regions keywords funding acknowledgements".split()
"""What an author knows. Number, date and the like are the editor's."""


# --- JSON Schema --------------------------------------------------------------------------------


def json_schema(of: str, settings: Settings | None) -> Schema:
    """The schema of a brief's header, of `series.yml` or of `people.yml`.

    Args:
        of: "brief", "series" or "people".
        settings: what the project has. Without them any topic, region, series and person will do.
    """
    if of == "people":
        whole: Schema = {"type": "object", "propertyNames": {"pattern": f"^{SLUG}$"},
                         "additionalProperties": _expanded({"anyOf": [NAME, PERSON]})}  # fmt: skip
    else:
        whole = _group(FIELDS if of == "brief" else SETTINGS_FIELDS)
    if of == "brief" and settings:
        whole["required"] += ["number"] * all(one.numbering != "none" for one in settings.series)
        whole["required"] += ["issn"] * (not any(one.issn for one in settings.series))
    return {"$schema": _DIALECT, "title": f"{of}, for Briefpress", **whole, **({"$defs": definitions(settings)} if of == "brief" else {})}


def definitions(settings: Settings | None) -> dict[str, Schema]:
    """What a brief can name, by kind."""
    series = settings.series if settings else ()
    kinds = {one.numbering for one in series} & NUMBERS.keys() or set(NUMBERS)
    number: Schema = {"type": ["string", "integer"], "minimum": 1, "maximum": 99999} if "continuous" in kinds else {"type": "string"}
    return {
        "number": {**number, "pattern": f"^({'|'.join(NUMBERS[kind] for kind in sorted(kinds))})$"},
        "topic": _one_of({name: label for one in series for name, label in one.topics.items()}),
        "region": _one_of({name: label for one in series for name, label in one.regions.items()}),
        "series": _one_of({one.slug: one.title for one in series}),
        "person": _one_of({name: person.name for name, person in settings.people.items()} if settings else {}),
        "rule": _one_of({rule.code: rule.asks for rule in RULES.values() if rule.waivable}),
    }


def _one_of(known: Mapping[str, str]) -> Schema:
    if not known:
        return {**TEXT, "pattern": f"^{SLUG}$"}
    return {"enum": list(known), "enumDescriptions": list(known.values())}


def _group(rows: tuple[Field, ...]) -> Schema:
    return {"type": "object", "properties": {row.name: _property(row) for row in rows},
            "required": [row.name for row in rows if row.required], "additionalProperties": False}  # fmt: skip


def _property(row: Field) -> Schema:
    schema: Schema = _expanded(schema_of(row.read))
    if "pattern" in schema:
        schema["patternErrorMessage"] = f"Write it like this: {row.example}"
    mapping, _ = read_mapping(row.example, Report(""))
    return {"description": row.about, "examples": [_typed(mapping.entries[0].value)], **schema}


def _typed(node: Node) -> Any:
    if isinstance(node, Text):
        return node.text
    return [_typed(one) for one in node.items] if isinstance(node, Items) else {one.key.text: _typed(one.value) for one in node.entries}


def _expanded(part: Any) -> Any:
    """A fragment with the fields of its groups put in."""
    if isinstance(part, list):
        return [_expanded(one) for one in part]
    if not isinstance(part, dict):
        return part
    rest = {key: _expanded(value) for key, value in part.items() if key != "rows"}
    return _group(part["rows"]) | rest if "rows" in part else rest


# --- what a form shows of a field ---------------------------------------------------------------


def _form_of(row: Field) -> tuple[Schema, bool]:
    """What a form asks for, where a field can be written in several ways, and whether it asks for a list of it."""
    schema = schema_of(row.read)
    last = schema.get("anyOf", [schema])[-1]
    several = last.get("type") == "array"
    one = last["items"] if several else schema
    ways = [one] if "anyOf" not in one else [way for way in one["anyOf"] if 0 < len(way.get("rows", ())) <= _SMALL or way.get("pattern")]
    return ways[0], several


def _choices(schema: Schema, defs: dict[str, Schema]) -> dict[str, str]:
    """What there is to choose from, each with its label."""
    schema = defs[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    names = [one for one in schema.get("enum", ()) if isinstance(one, str)]
    return dict(zip(names, schema.get("enumDescriptions", names), strict=True))


def _label(row: Field) -> str:
    return row.name.replace("_", " ").capitalize()


def _hint(row: Field) -> str:
    """What a field is, without how it is typed: a form sees to quotation marks."""
    return re.sub(r" In quotation marks [^.]*[.]", "", row.about)


def _long(schema: Schema) -> bool:
    return "pattern" not in schema and "$ref" not in schema and schema.get("maxLength", 1000) > 200


# --- VS Code ------------------------------------------------------------------------------------


def vscode(settings: Settings | None) -> Files:
    """Settings, recommended extensions and snippets of VS Code.

    The YAML extension completes `series.yml` and `people.yml` from their schemas, and looks at no
    header of a Markdown file (redhat-developer/vscode-yaml, issue 207): there, snippets serve.
    """
    # A line may end with the word "number": the tab key takes what is suggested, and Enter does not.
    suggest = {"editor.quickSuggestions": {"other": True, "comments": False, "strings": True}, "editor.snippetSuggestions": "top",
               "editor.acceptSuggestionOnEnter": "off", "editor.wordBasedSuggestions": "off"}  # fmt: skip
    files = ("series", "people")
    return {
        ".vscode/settings.json": {"yaml.schemas": {f".vscode/{of}.schema.json": f"{BRIEFS}/{of}.yml" for of in files}, "[markdown]": suggest},
        ".vscode/extensions.json": {"recommendations": ["redhat.vscode-yaml"]},
        ".vscode/briefpress.code-snippets": snippets(settings),
        **{f".vscode/{of}.schema.json": json_schema(of, settings) for of in files},
    }


def snippets(settings: Settings | None) -> dict[str, Schema]:
    """The header as a whole, each field, and what the text is made of.

    Source:
        VS Code, "Snippets in Visual Studio Code": a stop, a choice, and what takes a backslash in them.
    """
    defs = definitions(settings)
    stops = count(1)
    usual = [row for row in FIELDS if row.required or row.name in ("number", "topics", "regions", "draft")]
    whole = ["---", *(line for row in usual for line in _lines(row, stops, defs)), "---", "", f"## {_stop(stops, 'Introduction')}", "", "$0"]
    correction = next(row for row in FIELDS if row.name == "corrections")
    parts = {
        "brief": (whole, "The header of a brief, with the fields that most have."),
        **{row.name: (_lines(row, count(1), defs), ("Mandatory. " if row.required else "") + row.about) for row in FIELDS},
        "correction": (_lines(correction, count(1), defs)[1:], "One more entry under corrections."),
        "figure": (['![${1:What it shows, for those who cannot see it.}](${2:file.svg} "${3:Caption. Source: …}")'],
                   "A picture beside the brief, with a text and a caption."),
        "table": (["Table: ${1:Caption}", "", "| ${2:Country} | ${3:2025} |", "|---|--:|", "| ${4:Here} | ${5:3.1} |", "", "Note: ${6:Source.}"],
                  "A table with its caption and its note."),
        "footnote": (["[^${1:name}]$0", "", "[^${1:name}]: ${2:Author, *Title*, year.}"], "A footnote; move its text to the end of the file."),
    }  # fmt: skip
    return {name: {"scope": "markdown", "prefix": name, "body": body, "description": about} for name, (body, about) in parts.items()}


def _lines(row: Field, stops: Iterator[int], defs: dict[str, Schema]) -> list[str]:
    """A field as a snippet. What may hold a colon stands in quotation marks."""
    schema, several = _form_of(row)
    if "rows" in schema:
        inner = [line for one in schema["rows"] for line in _lines(one, stops, defs)]
        return [f"{row.name}:", *(f"{'    ' if index else '  - '}{line}" for index, line in enumerate(inner))]
    choices = list(_choices(schema, defs)) or (["true", "false"] if "boolean" in schema.get("type", ()) else [])
    if choices:
        choice = f"${{{next(stops)}|{','.join(choices)}|}}"  # ids hold no sign that would want a backslash
        return [f"{row.name}: [{choice}]" if several else f"{row.name}: {choice}"]
    if schema.get("format") == "date":
        return [f"{row.name}: {_stop(stops, '$CURRENT_YEAR-$CURRENT_MONTH-$CURRENT_DATE')}"]
    lines = []
    for line in row.example.split("\n"):
        start, value = re.fullmatch(r"(\s*(?:- )?(?:\w+:(?: |$))?)(.*)", line).groups()  # type: ignore[union-attr]  # fits any line
        shell = value[0] + value[-1] if value[:1] in ('"', "[") else '""' if _long(schema) or "maxLength" in schema else ""
        inside = re.sub(r"([\\$}])", r"\\\1", value.strip('"[]'))
        lines.append(start + (shell[:1] + _stop(stops, inside) + shell[1:] if value else ""))
    return lines


def _stop(stops: Iterator[int], text: str) -> str:
    return f"${{{next(stops)}:{text}}}"


# --- forms --------------------------------------------------------------------------------------


def front_matter_cms(settings: Settings | None) -> Files:
    """The settings of Front Matter, an extension of VS Code: a brief as a type of content.

    Groups of fields are left out: it would write the group's own name into each.
    """
    defs = definitions(settings)
    fields: list[Schema] = []
    for row in FIELDS:
        schema, several = _form_of(row)
        choices = _choices(schema, defs)
        kind: Schema = {"type": "list" if several else "string"}
        if "rows" in schema:
            continue
        if choices:
            kind = {"type": "choice", "choices": [{"id": name, "title": label} for name, label in choices.items()], "multiple": several}
        elif "boolean" in schema.get("type", ()):
            kind = {"type": "boolean"}
        elif schema.get("format") == "date":
            kind = {"type": "datetime", "dateFormat": "yyyy-MM-dd", "isPublishDate": row.name == "date"}
        fields.append({"name": row.name, "title": _label(row), "description": _hint(row), "required": row.required, **kind})
    return {"frontmatter.json": {
        "$schema": "https://frontmatter.codes/frontmatter.schema.json",
        "frontMatter.content.pageFolders": [{"title": "Briefs", "path": f"[[workspace]]/{BRIEFS}", "contentTypes": ["brief"]}],
        "frontMatter.taxonomy.contentTypes": [{"name": "brief", "pageBundle": True, "clearEmpty": True, "fields": fields}],
    }}  # fmt: skip


def sveltia(settings: Settings | None) -> Files:
    """The configuration of Sveltia CMS, a form in the browser that commits to the repository."""
    defs = definitions(settings)
    text = {"name": "body", "label": "Text", "widget": "markdown", "modes": ["raw"]}  # its other mode rewrites footnotes
    brief = {
        "name": "briefs", "label": "Briefs", "label_singular": "Brief", "folder": BRIEFS, "path": "{{year}}/{{slug}}/index", "create": True,
        "media_folder": "", "public_folder": "", "aliases_field": False,  # ours are for readers, not for files that were moved
        "fields": [*(_widget(row, defs) for row in FIELDS), text],
    }  # fmt: skip
    return {"docs/admin/config.yml": {
        "backend": {"name": "github", "repo": "you/briefs", "branch": "main"},
        "media_folder": BRIEFS, "output": {"omit_empty_optional_fields": True, "yaml": {"quote": "double"}}, "collections": [brief],
    }}  # fmt: skip


def _widget(row: Field, defs: dict[str, Schema]) -> Schema:
    schema, several = _form_of(row)
    named = {"name": row.name, "label": _label(row), "hint": _hint(row), "required": row.required}
    if "rows" in schema:
        return {**named, "widget": "list" if several else "object", "fields": [_widget(one, defs) for one in schema["rows"]]}
    if choices := _choices(schema, defs):
        options = [{"value": name, "label": label} for name, label in choices.items()]
        return {**named, "widget": "select", "options": options, **({"multiple": True} if several else {})}
    if "boolean" in schema.get("type", ()):
        return {**named, "widget": "boolean"}
    if schema.get("format") == "date":
        return {**named, "widget": "datetime", "date_format": "YYYY-MM-DD", "time_format": False}
    pattern = defs["number"]["pattern"] if "$ref" in schema else schema.get("pattern")
    text = {"widget": "text" if _long(schema) else "string", **({"pattern": [pattern, f"Like this: {row.example}"]} if pattern else {})}
    return {**named, "widget": "list", "field": {"name": "item", "label": _label(row), **text}} if several else {**named, **text}


def issue_form(settings: Settings | None) -> Files:
    """An issue form, with which an author proposes a brief.

    Source:
        GitHub Docs, "Syntax for issue forms" and "Syntax for GitHub's form schema".
    """
    defs = definitions(settings)
    body: list[Schema] = [{"type": "markdown", "attributes": {"value": "Write what you know. An editor adds number, date and the rest."}}]
    for row in FIELDS:
        if row.name not in _PROPOSED:
            continue
        schema, several = _form_of(row)
        asked: Schema = {"label": _label(row), "description": _hint(row)}
        kind = "textarea" if several or _long(schema) else "input"
        if choices := _choices(schema, defs):
            kind = "dropdown"
            asked |= {"multiple": several, "options": list(choices.values())}
        elif several:
            asked["description"] += " One on each line."
        body.append({"type": kind, "id": row.name, "attributes": asked, "validations": {"required": row.required}})
    body.append({"type": "textarea", "id": "text", "attributes": {"label": "Text", "description": "A draft or an outline. You can drop files here."},
                 "validations": {"required": True}})  # fmt: skip
    form = {"name": "Propose a brief", "description": "Title, authors, key issues and a first text.", "title": "Brief: ", "body": body}
    return {".github/ISSUE_TEMPLATE/propose-a-brief.yml": form}


FORMS = {"vscode": vscode, "frontmatter": front_matter_cms, "sveltia": sveltia, "github": issue_form}
"""By what reads them."""
