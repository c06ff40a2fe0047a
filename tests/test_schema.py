"""The table of fields as editors' tools read it, held against the check and against the rules of the tools."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft7Validator, Draft202012Validator

from briefpress import fields, schema
from briefpress.checks import check
from briefpress.cli import main
from briefpress.fields import FIELDS, Field
from briefpress.finding import Level
from briefpress.rules import Report
from briefpress.series import Settings, brief_paths, read_settings
from briefpress.values import schema_of, takes
from test_cases import NAMES, NOW, lay_out

ROOT = Path(__file__).parents[1]
TABLES = {name: rows for name, rows in vars(fields).items() if name.endswith("FIELDS")}
SETTINGS, _ = read_settings(ROOT)
assert SETTINGS is not None


class Typed(yaml.SafeLoader):
    """YAML 1.2, as VS Code's extension reads it: `no` and a date are text, 2024 and true are not."""


Typed.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in ways if not tag.endswith((":timestamp", ":bool")) or (tag.endswith("bool") and first in "tTfF")]
    for first, ways in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def plain(value: Any) -> Any:
    """Return the value with its dates as JSON would have them."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def header(text: str, loader: Any) -> Any:
    found = re.match(r"\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", text, re.DOTALL | re.MULTILINE)
    assert found
    return plain(yaml.load(found[1], loader))


def refused(data: Any, of: str = "brief", settings: Settings | None = SETTINGS) -> list[str]:
    """Return what the schema says against the data; draft 7 must say the same."""
    whole = schema.json_schema(of, settings)
    new, old = (kind(whole, format_checker=kind.FORMAT_CHECKER) for kind in (Draft202012Validator, Draft7Validator))
    assert new.is_valid(data) == old.is_valid(data)
    return [f"{'/'.join(map(str, one.absolute_path))}: {one.message}" for one in new.iter_errors(data)]


loaders = pytest.mark.parametrize("loader", [Typed, yaml.BaseLoader, yaml.SafeLoader])
forms = pytest.mark.parametrize("form", schema.FORMS)


# The schema and the check


@pytest.mark.parametrize("settings", [SETTINGS, None], ids=["project", "none"])
@pytest.mark.parametrize("of", ["brief", "series", "people"])
def test_the_schema_is_one(of: str, settings: Settings | None) -> None:
    whole = schema.json_schema(of, settings)
    Draft202012Validator.check_schema(whole)
    Draft7Validator.check_schema(whole)
    assert "rows" not in re.findall(r'"(\w+)":', json.dumps(whole))


@loaders
@pytest.mark.parametrize("path", [ROOT / path for path in brief_paths(ROOT)], ids=lambda path: path.parent.name + path.stem)
def test_the_briefs_are_valid(path: Path, loader: Any) -> None:
    assert refused(header(path.read_text("utf-8"), loader)) == []


@pytest.mark.parametrize("loader", [Typed, yaml.BaseLoader])
@pytest.mark.parametrize("case", [name for name in NAMES if name.startswith("good-")])
def test_good_cases_are_valid(case: str, loader: Any, tmp_path: Path) -> None:
    folder = lay_out(case, tmp_path)
    settings, _ = read_settings(folder)
    for path in brief_paths(folder):
        assert refused(header((folder / path).read_text("utf-8"), loader), "brief", settings) == []


@loaders
@pytest.mark.parametrize("of", ["series", "people"])
def test_the_files_of_the_project_are_valid(of: str, loader: Any) -> None:
    assert refused(plain(yaml.load((ROOT / f"briefs/{of}.yml").read_text("utf-8"), loader)), of) == []


@pytest.mark.parametrize("loader", [Typed, yaml.BaseLoader])
def test_nothing_is_refused_that_the_check_lets_through(loader: Any, tmp_path: Path) -> None:
    seen = 0
    for case in NAMES:
        folder = lay_out(case, tmp_path / case)
        settings, _ = read_settings(folder)
        _, findings = check(folder, NOW)
        for path in brief_paths(folder):
            try:
                data = header((folder / path).read_bytes().decode(), loader)
            except (UnicodeDecodeError, AssertionError, yaml.YAMLError):
                continue
            # A field under another name is a warning, and in a draft a missing one is advice.
            told = [one for one in findings if one.path == path and (one.level is Level.ERROR or one.code in ("field-name", "missing-field"))]
            assert told or refused(data, "brief", settings) == [], path
            seen += 1
    assert seen > 50


GOOD = """\
title: "Keeping the lights on: the grid after the storm"
author: Eva Example
date: 2024-03-15
number: 1/2024
key_issues:
  - The grid held because three operators had rehearsed the failure of a fourth.
  - Reserves that are not tested in winter are not reserves at all.
"""


@pytest.fixture
def verdicts(tmp_path: Path) -> Callable[[str], tuple[bool, bool]]:
    """Whether the schema, and the check, let a header through."""

    def judge(text: str) -> tuple[bool, bool]:
        folder = lay_out("good-everything", tmp_path)
        for path in (folder / "briefs/2024").rglob("*.md"):
            path.unlink()
        (folder / "briefs/2024/a.md").write_text(f"---\n{text}---\n\n## Introduction\n\nA text.\n", "utf-8")
        settings, _ = read_settings(folder)
        _, findings = check(folder, NOW)
        by_schema = {refused(header(f"---\n{text}---\n", loader), "brief", settings) == [] for loader in (Typed, yaml.BaseLoader)}
        assert len(by_schema) == 1, "typed and untyped YAML differ"
        return by_schema.pop(), not [one for one in findings if one.level is Level.ERROR]

    return judge


@pytest.mark.parametrize("more", [
    "", "author: eva-example\n", "author: [eva-example, Ludwig van Voorbeeld]\n", "author: {family: Voorbeeld, given: Ludwig}\n",
    "author: Dr Eva Example\n", "title: 20245\n", "keywords: [2024, 5G, no]\n", "keywords: grid\n", "date: '2024-03-15'\n",
    "embargo: 2024-03-15\n", "embargo: 2024-03-15 09:00+01:00\n", "embargo: 2024-03-15T08:00Z\n", "draft: False\n", "draft: 'false'\n",
    "lang: no\n", "lang: zh-Hant-TW\n", "doi: https://doi.org/10.5555/example.7\n", "topics: energy\n", "issn: 2983-466X\n",
    "corrections: {kind: typo}\n", "corrections:\n  - kind: update\n    date: 2024-04-02\n    note: The share in section 3 is 44 per cent.\n",
    "contributors: {name: Ada Sample, role: editor}\n", "description: Short.\n", "collection: 2024\n", "series: policy-briefs\n",
    "author: {name: Eva Example, orcid: 0000000218250097}\n", "author: {name: Eva Example, orcid: https://orcid.org/0000-0002-1825-0097}\n",
])  # fmt: skip
def test_both_let_it_through(more: str, verdicts: Callable[[str], tuple[bool, bool]]) -> None:
    assert verdicts(changed(more)) == (True, True)


@pytest.mark.parametrize("more", [
    "-title", "-author", "-date", "-number", "-key_issues", "titel: A title\n", "colour: red\n", "title: [A title, another]\n",
    "title: {a: b}\n", "title: Abc\n", "title: ''\n", "title:\n", "date: 15.3.2024\n", "date: 2024-02-30\n", "date: 2024-13-01\n",
    "date: [2024-03-15]\n", "number: 7\n", "number: 07/2024\n", "number: 7/24\n", "number: []\n", "issn: 2983466X\n", "issn: 2983-46\n",
    "doi: none yet\n", "key_issues: One sentence of eight words is not enough.\n", "key_issues: []\n", "author: []\n", "author:\n",
    "author: nobody-known\n", "author: Example, Eva\n", "author: Eva Example and Jan Sample\n", "author: {given: Eva}\n",
    "author: {name: Eva Example, phone: 12}\n", "author: {name: Eva Example, email: eva}\n", "author: {name: Eva Example, orcid: 12}\n",
    "lang: xx\n", "lang: English\n", "license: MIT\n", "topics: [weather]\n", "regions: [mars]\n", "series: other-series\n",
    "draft: perhaps\n", "embargo: soon\n", "embargo: 2024-03-15T09:00\n", "embargo: 1024-03-15\n", "data: [{title: Polls of 2024}]\n",
    "corrections: [{date: 2024-04-02, note: The share in section 3 is 44 per cent.}]\n",
    "corrections: [{kind: mistake, date: 2024-04-02, note: The share in section 3 is 44 per cent.}]\n",
    "corrections: [{kind: update}]\n", "corrections: [{kind: update, date: 2024-04-02, note: Changed.}]\n", "corrections: typo\n",
    "contributors: [{name: Ada Sample, role: cook}]\n", "contributors: Ada Sample\n", "lint_ignore: [{rule: number-year}]\n",
    "lint_ignore: [{rule: no-such-rule, reason: Written in 2023}]\n", "lint_ignore: [{rule: missing-field, reason: Written in 2023}]\n",
    "keywords: []\n", "keywords: [{a: b}]\n", "collection: ab\n", "publishers: [[Example Institute]]\n",
])  # fmt: skip
def test_both_refuse_it(more: str, verdicts: Callable[[str], tuple[bool, bool]]) -> None:
    assert verdicts(changed(more)) == (False, False)


def changed(more: str) -> str:
    """Return the good header with a field added, or put in place of another, or with `-name` taken out."""
    name = more.lstrip("-").partition(":")[0]
    rest = re.sub(rf"^{name}:.*\n(?:  .*\n)*", "", GOOD, flags=re.MULTILINE) if name else GOOD
    return rest + ("" if more.startswith("-") else more)


@pytest.mark.parametrize(("of", "data"), [
    ("people", {"Eva": {"name": "Eva Example"}}), ("people", {"eva": {"bio": "A research fellow."}}), ("people", {"eva": {"name": "Eva", "x": "y"}}),
    ("series", {"timezone": "Europe/Brussels"}), ("series", {"timezone": "Europe/Brussels", "series": [{"slug": "A B"}]}),
])  # fmt: skip
def test_other_files_that_are_refused(of: str, data: Any) -> None:
    assert refused(data, of)


@pytest.mark.parametrize(("name", "value", "good"), [
    ("columns", 2, True), ("columns", "2", True), ("columns", 3, False), ("colour", "#15406b", True), ("colour", "blue", False),
    ("date_style", "D MMMM YYYY", True), ("date_style", "D.M.YY", False), ("date_style", "YYYY", False), ("topics", {"energy": "Energy"}, True),
    ("topics", {"En ergy": "Energy"}, False), ("topics", ["energy"], False), ("slug", "Policy", False), ("crossref", {"prefix": "10.5555"}, False),
    ("crossref", {"prefix": 10.5555, "depositor": "Example", "email": "doi@example.org"}, True),
    ("repec", {"archive": "exi", "series": "exi", "email": "doi@example.org"}, False),
])  # fmt: skip
def test_fields_of_a_series(name: str, value: Any, good: bool) -> None:
    data = yaml.load((ROOT / "briefs/series.yml").read_text("utf-8"), Typed)
    data["series"][0][name] = value
    assert (refused(data, "series") == []) is good


def test_without_a_project_any_name_will_do() -> None:
    data = yaml.load(GOOD + "topics: [weather]\n", yaml.BaseLoader) | {"author": "nobody-known"}
    assert refused(data, "brief", None) == []


def test_a_number_is_asked_for_as_the_series_has_it(tmp_path: Path) -> None:
    for numbering, number, good in (("continuous", 47, True), ("continuous", "7/2024", False), ("none", None, True), ("per-year", None, False)):
        folder = lay_out("good-minimal", tmp_path / f"{numbering}{number}")
        file = folder / "briefs/series.yml"
        file.write_text(file.read_text("utf-8").replace("per-year", numbering), "utf-8")
        settings, _ = read_settings(folder)
        data = yaml.load(changed("-number"), yaml.BaseLoader) | ({} if number is None else {"number": number})
        assert (refused(data, "brief", settings) == []) is good, numbering


def test_an_issn_is_asked_for_where_no_series_has_one(tmp_path: Path) -> None:
    folder = lay_out("good-minimal", tmp_path)
    file = folder / "briefs/series.yml"
    file.write_text(re.sub(r" *issn: .*\n", "", file.read_text("utf-8")), "utf-8")
    settings, _ = read_settings(folder)
    assert refused(yaml.load(GOOD, yaml.BaseLoader), "brief", settings) == [": 'issn' is a required property"]


# The rows


@pytest.mark.parametrize(("table", "row"), [(name, row) for name, rows in TABLES.items() for row in rows], ids=lambda one: getattr(one, "name", one))
def test_every_row_says_what_it_takes(table: str, row: Field) -> None:
    schema_of(row.read)
    told = json.dumps(schema._expanded(schema_of(row.read)))
    assert "{}" not in told
    assert re.search(r'"(type|enum|\$ref)":', told)


def test_there_are_tables() -> None:
    assert len(TABLES) == 12


def test_a_reader_without_a_schema_is_told() -> None:
    def read(node: Any, label: str, report: Report) -> None: ...

    with pytest.raises(KeyError):
        schema_of(read)
    assert schema_of(takes({"type": "string"})(read)) == {"type": "string"}


@pytest.mark.parametrize("row", FIELDS, ids=lambda row: row.name)
def test_a_field_is_explained(row: Field) -> None:
    told = schema.json_schema("brief", SETTINGS)["properties"][row.name]
    assert told["description"] == row.about
    assert told["examples"] == [yaml.load(row.example, yaml.BaseLoader)[row.name]]


def test_the_project_is_listed() -> None:
    listed = schema.definitions(SETTINGS)
    assert "metadata" in listed["topic"]["enum"]  # of the second series
    assert "Accessibility" in listed["topic"]["enumDescriptions"]
    assert listed["person"]["enum"] == list(SETTINGS.people)
    assert listed["series"]["enum"] == [one.slug for one in SETTINGS.series]


# VS Code


def run(*arguments: str) -> str:
    done = CliRunner().invoke(main, ["schema", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_files_of_vs_code_are_what_the_command_makes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = lay_out("good-minimal", tmp_path)
    for name in ("series.yml", "people.yml"):
        (made / "briefs" / name).write_bytes((ROOT / "briefs" / name).read_bytes())
    monkeypatch.chdir(made)
    paths = run("--as", "vscode", "--write").split()
    assert paths
    for path in paths:
        assert (made / path).read_text("utf-8") == (ROOT / path).read_text("utf-8"), "run: briefpress schema --as vscode --write"
    settings = json.loads((ROOT / ".vscode/settings.json").read_text("utf-8"))["yaml.schemas"]
    assert all((ROOT / source).is_file() and (ROOT / target).is_file() for source, target in settings.items())


def filled(snippet: dict[str, Any]) -> str:
    """Return what a snippet puts down where an editor types nothing."""
    text = "\n".join(snippet["body"])
    text = re.sub(r"\$\{\d+\|([^,|]+)[^|]*\|\}", r"\1", text)
    text = text.replace("$CURRENT_YEAR", "2024").replace("$CURRENT_MONTH", "03").replace("$CURRENT_DATE", "15").replace("$0", "")
    return re.sub(r"\$\{\d+:((?:\\.|[^}\\])*)\}", lambda hit: re.sub(r"\\(.)", r"\1", hit[1]), text)


SNIPPETS = schema.snippets(SETTINGS)


@pytest.mark.parametrize("row", FIELDS, ids=lambda row: row.name)
def test_a_field_has_a_snippet_that_is_good(row: Field) -> None:
    snippet = SNIPPETS[row.name]
    assert snippet["prefix"] == row.name
    assert row.about in snippet["description"]
    typed = yaml.load(filled(snippet), yaml.BaseLoader)
    assert list(typed) == [row.name]
    assert [one for one in refused(typed) if not one.startswith(": ")] == []
    stops = [int(one) for one in re.findall(r"\$\{(\d+)", "\n".join(snippet["body"]))]
    assert stops == list(range(1, len(stops) + 1))
    assert stops


def test_the_whole_header_is_a_snippet() -> None:
    text = filled(SNIPPETS["brief"])
    assert refused(header(text, yaml.BaseLoader)) == []
    assert text.splitlines()[0] == "---"
    assert {"number", "draft", "topics"} <= set(header(text, yaml.BaseLoader))


def test_a_correction_fits_below_the_others() -> None:
    text = f"{filled(SNIPPETS['corrections'])}\n{filled(SNIPPETS['correction'])}"
    assert len(yaml.load(text, yaml.BaseLoader)["corrections"]) == 2


@pytest.mark.parametrize("name", ["figure", "table", "footnote"])
def test_the_text_has_snippets(name: str) -> None:
    assert SNIPPETS[name]["scope"] == "markdown"
    assert "${" not in filled(SNIPPETS[name])


# Forms


def test_front_matter_has_a_type_of_content() -> None:
    (data,) = schema.front_matter_cms(SETTINGS).values()
    (brief,) = data["frontMatter.taxonomy.contentTypes"]
    groups = {"data", "contributors", "corrections", "lint_ignore"}
    assert [one["name"] for one in brief["fields"]] == [row.name for row in FIELDS if row.name not in groups]
    # Its settings, frontMatter.taxonomy.contentTypes in its package.json.
    assert {one["type"] for one in brief["fields"]} <= {"string", "datetime", "boolean", "choice", "list"}
    kinds = {one["name"]: one["type"] for one in brief["fields"]}
    assert (kinds["date"], kinds["draft"], kinds["license"], kinds["author"]) == ("datetime", "boolean", "choice", "list")


def test_sveltia_has_a_widget_for_each_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    config = yaml.safe_load(run("--as", "sveltia"))
    (collection,) = config["collections"]
    widgets = {one["name"]: one for one in collection["fields"]}
    assert list(widgets) == [*(row.name for row in FIELDS), "body"]
    for row in FIELDS:
        assert widgets[row.name]["required"] == row.required
    known = {"string", "text", "datetime", "select", "list", "boolean", "object", "markdown"}
    assert {one["widget"] for one in collection["fields"]} <= known
    assert widgets["date"] | {"hint": ""} == {"name": "date", "label": "Date", "hint": "", "required": True, "widget": "datetime",
                                              "date_format": "YYYY-MM-DD", "time_format": False}  # fmt: skip
    assert widgets["topics"]["multiple"] is True
    assert {"value": "access", "label": "Accessibility"} in widgets["topics"]["options"]
    assert [one["name"] for one in widgets["corrections"]["fields"]] == ["date", "kind", "note"]
    assert widgets["draft"]["widget"] == "boolean"
    assert widgets["author"]["field"]["widget"] == "string"
    assert re.fullmatch(widgets["number"]["pattern"][0], "7/2024")
    assert config["output"]["omit_empty_optional_fields"] is True, "an empty field is a finding"


def test_the_issue_form_keeps_githubs_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    form = yaml.safe_load(run("--as", "github"))
    assert {"name", "description", "body"} <= set(form) <= {"name", "description", "body", "title", "labels", "assignees", "projects", "type"}
    asked = [one for one in form["body"] if one["type"] != "markdown"]
    assert asked, "a form asks for something"
    for name in ("id", "label"):
        found = [one["id"] if name == "id" else one["attributes"]["label"] for one in asked]
        assert len(found) == len(set(found))
    for one in asked:
        assert set(one) == {"type", "id", "attributes", "validations"}
        assert one["type"] in ("input", "textarea", "dropdown")
        assert re.fullmatch(r"[A-Za-z0-9_-]+", one["id"])
        assert isinstance(one["validations"]["required"], bool)
        options = one["attributes"].get("options", [])
        assert bool(options) == (one["type"] == "dropdown")
        assert all(isinstance(option, str) and option.lower() != "none" for option in options)
        assert len(options) == len(set(options))
    required = {one["id"] for one in asked if one["validations"]["required"]}
    assert required == {"title", "author", "key_issues", "text"}
    assert set(schema._PROPOSED) <= {row.name for row in FIELDS}
    assert "quotation" not in json.dumps(form), "a form sees to it"


# The command


@forms
def test_a_form_can_be_made_without_a_project(form: str) -> None:
    assert schema.FORMS[form](None)


def test_the_command_prints_a_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert json.loads(run()) == schema.json_schema("brief", SETTINGS)
    assert json.loads(run("--of", "people"))["additionalProperties"]


def test_the_command_tells_that_the_series_cannot_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "briefs").mkdir()
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["schema"])
    assert done.exit_code == 0
    assert "cannot be read" in done.stderr
    assert json.loads(done.stdout)["properties"]
