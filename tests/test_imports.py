"""The direction of imports. The list of modules stands once, in `docs/developing/index.md`."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "scripts/briefpress"
FILES = {file.relative_to(PACKAGE).as_posix(): file for file in sorted(PACKAGE.rglob("*.py"))}


def order() -> list[str]:
    """Return the modules in reading order, as newcomers are told it."""
    text = (ROOT / "docs/developing/index.md").read_text("utf-8")
    section = text.partition("\n## Modules")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)


def module(path: str) -> str:
    """`checks/text.py` belongs to the module `checks`."""
    return path.partition("/")[0].removesuffix(".py")


def imported(path: str) -> set[str]:
    """Return the full names of all that a file imports, within functions too."""
    names = set()
    for node in ast.walk(ast.parse(FILES[path].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} has a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def own(path: str) -> set[str]:
    """Return the modules of the package that a file imports."""
    return {name.split(".")[1] for name in imported(path) if name.startswith("briefpress.")}


def test_every_module_has_its_place() -> None:
    assert sorted(order()) == sorted({module(path) for path in FILES} - {"__init__"})


@pytest.mark.parametrize("path", FILES)
def test_a_module_imports_only_what_stands_above_it(path: str) -> None:
    places = order()
    if path != "__init__.py":
        assert own(path) <= {*places[: places.index(module(path)) + 1]}
    assert path != "__init__.py" or not own(path)


# A library, and the only parts of the package that may know it.
LIBRARIES = {
    "mkdocs": ("site/", "cli/build.py", "cli/project.py", "cli/serve.py"),
    "material": ("site/",),
    "jinja2": ("site/",),
    "markdown": ("body.py", "shortcuts.py"),
    "nh3": ("body.py",),
    "pagefind_bin": ("search.py",),
    "PIL": ("media.py", "typeset/press.py"),
    "defusedxml": ("media.py", "figures.py", "importing/read.py"),
    "mammoth": ("importing/read.py",),
    "markdownify": ("importing/markdown.py",),
    "bs4": ("importing/",),
    "yaml": ("front_matter.py", "cli/project.py", "cli/schema.py"),
    "fontTools": ("site/fonts.py", "typeset/press.py", "figures.py"),
    "typst": ("typeset/press.py",),
    "vl_convert": ("figures.py",),
    "bagit": ("record/bundle.py",),
    "click": ("cli/",),
    "rich": ("cli/",),
}


@pytest.mark.parametrize(("library", "places"), LIBRARIES.items())
def test_one_part_each_knows_a_library(library: str, places: tuple[str, ...]) -> None:
    users = {path for path in FILES if any(name.split(".")[0] == library for name in imported(path))}
    assert [path for path in users if not path.startswith(places)] == []


def test_only_history_runs_git() -> None:
    naming = {path for path, file in FILES.items() if re.search(r"[\"']git[\"']", file.read_text("utf-8"))}
    assert naming == {"history.py"}


def test_the_core_does_not_print_or_exit_or_read_the_clock() -> None:
    banned = re.compile(r"\bprint\(|sys\.exit|\.now\(|time\.time\(|date\.today\(")
    edges = ("site/", "cli/")
    found = {path for path, file in FILES.items() if banned.search(file.read_text("utf-8"))}
    assert [path for path in found if not path.startswith(edges)] == []


def test_check_loads_nothing_that_only_a_page_needs(tmp_path: Path) -> None:
    (tmp_path / "briefs").mkdir()
    (tmp_path / "briefs/series.yml").write_bytes((ROOT / "tests/cases/series.yml").read_bytes())
    (tmp_path / "briefs/a.md").write_text("---\ntitle: A brief\n---\n\n![a](b.svg) [c](d.md)\n")
    code = (
        "import sys\nfrom briefpress.cli import main\n"
        "try:\n    main(['check'])\nexcept SystemExit as end:\n    print(end.code)\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'mkdocs', 'markdown', 'jinja2', 'nh3', 'material',"
        " 'fontTools', 'PIL', 'babel'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == ["1", "[]"]
