"""The manuals and the code name the same things."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Command

from briefpress.cli import main
from briefpress.fields import FIELDS, SERIES_FIELDS, SETTINGS_FIELDS, read_fields
from briefpress.finding import Level
from briefpress.front_matter import read_mapping
from briefpress.rules import RULES, Report, Rule
from briefpress.series import read_brief
from briefpress.site.manual import TABLES, filled

ROOT = Path(__file__).parents[1]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [*DOCS, *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md"))]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z]+):.*##", MAKEFILE, re.MULTILINE))

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)


def code_of(page: Path) -> list[str]:
    """Return what a page shows as code."""
    text = page.read_text("utf-8")
    fenced = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return fenced + re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


@every_page
def test_every_make_target_is_there(page: Path) -> None:
    named = {name for code in code_of(page) for name in re.findall(r"\bmake ([a-z]+)", code)}
    assert named <= TARGETS


@every_page
def test_every_command_and_option_is_there(page: Path) -> None:
    commands = {name: main.get_command(None, name) for name in main.list_commands(None)}
    for code in code_of(page):
        for name, rest in re.findall(r"\bbriefpress ([a-z]+)([^\n`]*)", code):
            command = commands.get(name)
            assert isinstance(command, Command), f"briefpress {name}"
            known = {option for parameter in command.params for option in parameter.opts}
            assert set(re.findall(r"--[a-z-]+", rest)) <= known, code


@every_page
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


@every_page
def test_no_sample_brief_is_named(page: Path) -> None:
    text = page.read_text("utf-8")
    names = {path.parent.name if path.name == "index.md" else path.stem for path in (ROOT / "briefs").rglob("*.md")}
    assert [name for name in names if name in text] == []


def test_the_manual_lists_every_field_and_every_rule() -> None:
    pages = {page.name: filled(page.read_text("utf-8")) for page in DOCS if page.parent.name == "writing"}
    assert [row.name for row in FIELDS if f"\n#### {row.name}\n" not in pages["fields.md"]] == []
    assert [code for code in RULES if f"\n#### {code} {{: #{code} }}\n" not in pages["checks.md"]] == []
    assert "<!-- briefpress:" not in "".join(pages.values())


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_the_manual_is_used(name: str) -> None:
    assert any(f"<!-- briefpress: {name} -->" in page.read_text("utf-8") for page in DOCS)


@every_page
def test_links_to_rules_name_rules(page: Path) -> None:
    anchors = re.findall(r"checks\.md#([a-z-]+)", page.read_text("utf-8"))
    headings = {"waiving-a-rule", "house-rules", "the-rules"}
    assert [anchor for anchor in anchors if anchor not in RULES and anchor not in headings] == []


@every_page
def test_rules_that_are_waived_in_examples_may_be_waived(page: Path) -> None:
    codes = [code for block in code_of(page) for code in re.findall(r"\brule: ([a-z-]+)", block)]
    assert [code for code in codes if code not in RULES or not RULES[code].waivable] == []


@every_page
def test_findings_in_examples_name_rules(page: Path) -> None:
    codes = re.findall(r"(?:error|warning|advice): .* \[([a-z-]+)\]$", page.read_text("utf-8"), re.MULTILINE)
    assert [code for code in codes if code not in RULES] == []


def test_the_brief_to_copy_is_good() -> None:
    text = (ROOT / "docs/writing/index.md").read_text("utf-8")
    template = re.search(r"^```markdown\n(---\n.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert template is not None
    _, findings = read_brief("briefs/2027/04-short-title.md", template[1].encode(), None)
    assert findings == []


@pytest.mark.parametrize(("page", "index"), [
    (page, index) for page in DOCS for index in range(len(re.findall(r"^```yaml\n", page.read_text("utf-8"), re.MULTILINE)))
], ids=str)  # fmt: skip
def test_yaml_in_the_manual_is_read_without_a_finding(page: Path, index: int) -> None:
    block = re.findall(r"^```yaml\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)[index]
    if "series.yml" in block:
        report = Report("x.yml")
        mapping, _ = read_mapping(block, report)
        assert mapping is not None
        rows = SETTINGS_FIELDS if "the top of briefs/series.yml" in block else SERIES_FIELDS
        read_fields(mapping, rows, report, where=" of a series")
        assert {finding.code for finding in report.findings} <= {"missing-field"}
        return
    _, findings = read_brief("briefs/x.md", f"---\n{block}---\n".encode(), None)
    missing = {"missing-field"}
    if "people.yml" in block:
        missing |= {"unknown-field"}
    assert [finding for finding in findings if finding.code not in missing] == []


@every_rule
def test_a_rule_asks_in_a_sentence(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z].*\.", rule.asks)
    assert rule.asks.count(". ") == 0
    assert re.fullmatch("[a-z]+(-[a-z]+)*", rule.code)


# What other rules and readers depend on cannot be waived.
@pytest.mark.parametrize("part", ["file-e", "file-s", "file-k", "yaml", "no-header", "control", "symlink", "svg", "issn", "number-t",
                                  "number-f", "link-s", "image-remote", "html", "waiver", "missing-field"])  # fmt: skip
def test_rules_of_safety_cannot_be_waived(part: str) -> None:
    found = [rule for rule in RULES.values() if rule.code.startswith(part)]
    assert found
    assert [rule.code for rule in found if rule.waivable] == (["file-unused"] if part == "file-" else [])


def test_advice_is_always_a_matter_of_judgement() -> None:
    assert [rule.code for rule in RULES.values() if rule.level is Level.ADVICE and not rule.waivable] == []


def test_every_code_that_is_reported_is_a_rule() -> None:
    package = ROOT / "scripts/briefpress"
    text = "".join(file.read_text("utf-8") for file in package.rglob("*.py"))
    reported = set(re.findall(r"(?:report|again)\.add\(\s*\"([a-z-]+)\"", text)) | set(re.findall(r"Refusal\(\s*\"([a-z-]+)\"", text))
    assert reported
    assert reported <= RULES.keys()
    # And the other way round: each is named somewhere besides the list itself.
    elsewhere = "".join(file.read_text("utf-8") for file in package.rglob("*.py") if file.name != "rules.py")
    built = {"topic-unknown", "region-unknown", "list-gap", "table-gap"}  # from a word and an ending
    assert [code for code in RULES if f'"{code}"' not in elsewhere and code not in built] == []


# What pre-commit reads


def hooks() -> list[tuple[str, dict[str, Any]]]:
    """Return every hook with the name of its file."""
    offered = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    own = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [repository["repo"] for repository in own["repos"]] == ["local"]
    return [("hooks", hook) for hook in offered] + [("config", hook) for repository in own["repos"] for hook in repository["hooks"]]


@pytest.mark.parametrize(("file", "hook"), hooks(), ids=lambda value: value["id"] if isinstance(value, dict) else value)
def test_a_hook_has_what_pre_commit_requires_and_runs_what_is_there(file: str, hook: dict[str, Any]) -> None:
    """The keys are those of pre-commit.com, "Creating new hooks"."""
    assert {"id", "name", "entry", "language"} <= hook.keys()
    assert hook["language"] == ("python" if file == "hooks" else "system")
    program, name, *options = hook["entry"].split()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    # pre-commit installs a hook of ours as a package, and so finds its script; our own hooks run what `make` has set up.
    scripts = project["scripts"] if file == "hooks" else {".venv/bin/briefpress", ".venv/bin/ruff"}
    assert program in scripts
    if program.endswith("briefpress"):
        command = main.get_command(None, name)
        assert isinstance(command, Command)
        assert set(options) <= {option for parameter in command.params for option in parameter.opts}
        assert re.search(hook["files"], "briefs/2024/01-one.md")
        assert hook["pass_filenames"] is False
    else:
        assert any(requirement.startswith("ruff") for requirement in project["optional-dependencies"]["test"])


def test_the_hook_that_the_manual_names_is_there() -> None:
    named = set(re.findall(r"`(briefpress-[a-z]+)`", (ROOT / "CONTRIBUTING.md").read_text("utf-8")))
    assert named == {hook["id"] for file, hook in hooks() if file == "hooks"}
