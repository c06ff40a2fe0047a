"""Headers: what is read, where it stands, and that no file makes the reader stumble."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from briefpress.finding import Level, Place
from briefpress.front_matter import (
    FILE_LIMIT,
    FrontMatter,
    Items,
    Mapping,
    Node,
    Text,
    read_front_matter,
    read_mapping,
    read_text,
)
from briefpress.rules import Report


def plain(node: Node) -> object:
    """A node without its places."""
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {entry.key.text: plain(entry.value) for entry in node.entries}


def header(text: str) -> tuple[object, list[str]]:
    report = Report("x.md")
    mapping, _ = read_mapping(text, report)
    return plain(mapping), [finding.code for finding in report.findings]


def brief(text: str) -> tuple[FrontMatter | None, list[str]]:
    report = Report("x.md")
    return read_front_matter(text, report), [finding.code for finding in report.findings]


# YAML has opinions on these; what was typed is what counts.
@pytest.mark.parametrize("typed", [
    "010", "7.10", "no", "yes", "on", "null", "~", "12:30", "1e3", "0x1F", "2024-02-30", "2024-03-15", "10.1234", "+1",
    ".5", "1_000", "7/2024", "true", "=", "<<", "a: b"[:1], "O'Brien", "a#b", "C#", "a \\ b", "a & b", "50 %", "é", "–", "日本",
])  # fmt: skip
def test_scalars_stay_as_typed(typed: str) -> None:
    assert header(f"field: {typed}\n") == ({"field": typed}, [])


@pytest.mark.parametrize(("text", "value"), [
    ("a: 'b: c'\n", "b: c"),
    ("a: 'it''s'\n", "it's"),
    ('a: "b # c"\n', "b # c"),
    ('a: "\\u00e9"\n', "é"),
    ("a: |\n  b\n  c\n", "b\nc\n"),
    ("a: >\n  b\n  c\n", "b c\n"),
    ("a: >-\n  b: c\n", "b: c"),
    ("a: b\n  c\n", "b c"),
    ("a:\n  b\n", "b"),
    ("a: b # c\n", "b"),
    ("a:\n- b\n- c\n", ["b", "c"]),
    ("a:\n  - b\n  - c\n", ["b", "c"]),
    ("a: [b, c]\n", ["b", "c"]),
    ("a: []\n", []),
    ("a: {b: c}\n", {"b": "c"}),
    ("a:\n  - b: c\n    d: e\n", [{"b": "c", "d": "e"}]),
    ("a:\n", ""),
    ("a: ''\n", ""),
])  # fmt: skip
def test_yaml_is_read(text: str, value: object) -> None:
    assert header(text) == ({"a": value}, [])


@pytest.mark.parametrize("text", ["", "\n", "# a comment\n", "\n\n# one\n\n"])
def test_nothing_is_an_empty_header(text: str) -> None:
    assert header(text) == ({}, [])


def test_everything_has_its_place() -> None:
    matter, _ = brief("---\ntitle: A\nauthor:\n  - B\n  - name: C\n---\nBody\n")
    assert matter is not None
    title, author = matter.fields.entries
    assert (title.key.place, title.value.place) == (Place(2, 1), Place(2, 8))
    assert (author.key.place, author.value.place) == (Place(3, 1), Place(4, 3))
    assert isinstance(author.value, Items)
    assert [item.place for item in author.value.items] == [Place(4, 5), Place(5, 5)]
    assert (matter.body, matter.body_line) == ("Body\n", 7)


@pytest.mark.parametrize(("text", "body", "line"), [
    ("---\na: b\n---\nBody", "Body", 4),
    ("---\na: b\n---  \n\nBody", "\nBody", 4),
    ("---\na: b\n---", "", 4),
    ("---\na: b\n---\n---\nBody", "---\nBody", 4),
    ("---\na: |\n  b\n  ---\n---\nBody", "Body", 6),
    ("---\n---\nBody", "Body", 3),
    ("---\na: b\n---\n\n---\n\nc\n", "\n---\n\nc\n", 4),
])  # fmt: skip
def test_the_body_begins_after_the_second_line_of_hyphens(text: str, body: str, line: int) -> None:
    matter, codes = brief(text)
    assert matter is not None
    assert (matter.body, matter.body_line, codes) == (body, line, [])


@pytest.mark.parametrize("text", ["", "\n", "Text", "----\na: b\n---\n", "--\na: b\n--\n", " ---\na: b\n---\n", "---\na: b\n",
                                  "---", "+++\na = 1\n+++\n", "\n---\na: b\n---\n"])  # fmt: skip
def test_no_header(text: str) -> None:
    assert brief(text) == (None, ["no-header"])


def test_one_fault_does_not_hide_the_others() -> None:
    values, codes = header("a: b: c\nd: e\nf:\n\t- g\nh: [i\nj: k\n")
    assert values == {"d": "e", "j": "k"}
    assert codes == ["yaml-colon", "yaml-tab", "yaml-special"]


# What YAML makes of these is no value at all, or an exception of another kind.
@pytest.mark.parametrize("text", [
    "a: !!python/object/apply:os.system [true]\n",
    "a: !!timestamp 2024-99-99\n",
    "a: !!int x\n",
    "a: !!binary x\n",
    "a: !foo b\n",
    "a: !<tag:yaml.org,2002:str> b\n",
    "a: &b c\nd: *b\n",
    "a: *nowhere\n",
    "a: &a [*a]\n",
    "<<: *a\n",
    "? a\n: b\n",
    "? [a, b]\n: c\n",
    "[a, b]: c\n",
    "{a: b}: c\n",
    "a\n",
    "- a\n",
    "[a]\n",
    "{a: b}\n",
    "a: b\n--- \nc: d\n",
    "a: b\n...\nc: d\n",
    "%YAML 1.1\n---\na: b\n",
    "%TAG ! x\n",
    "a: [b\n",
    "a: {b\n",
    "a: ]\n",
    "a: }\n",
    "a: ,\n",
    "a: - b\n",
    "a: ? b\n",
    ": a\n",
    "a: 'b\n",
    'a: "b\n',
    'a: "\\x"\n',
    'a: "\\ud800"\n',
    'a: "\\U00110000"\n',
    "a: |9\n b\n",
    "a: >x\n b\n",
    "a: @b\n",
    "a: `b`\n",
    "a: %b\n",
    "\ta: b\n",
    "a:\n\tb\n",
    " a: b\nc: d\n",
    "a: b\n c: d\n",
    "a:\n  b: c\n d: e\n",
    "a: " + "[" * 1000 + "\n",
    "a: " + "[" * 1000 + "]" * 1000 + "\n",
    "a: " + "{b: " * 1000 + "\n",
    "a:\n" + "".join("  " * depth + "- \n" for depth in range(1, 200)),
    "a: b\na: c\na: d\n",
    "é: b\n",
    "a b c: d\n",
    "=: b\n",
    "a: =\n",
    "0: a\n",
    "\ufffe: a\n",
    "a: \U0001f600\n",
    "a\u0085b: c\n",
])  # fmt: skip
def test_no_header_is_a_traceback(text: str) -> None:
    report = Report("x.md")
    mapping, broken = read_mapping(text, report, 2)
    assert isinstance(mapping, Mapping)
    lines = text.count("\n") + 1
    assert all(2 <= finding.line <= lines + 1 and finding.column >= 1 for finding in report.findings)
    assert all(finding.level in (Level.ERROR, Level.WARNING) for finding in report.findings)
    # What was not read has been told.
    read = {entry.key.text for entry in mapping.entries}
    assert report.findings or (read and not broken)


@pytest.mark.parametrize("text", ["a: &b c\n", "a: *b\n", "a: !!str b\n", "a: &a [*a]\n"])
def test_anchors_aliases_and_tags_are_refused(text: str) -> None:
    assert "yaml-special" in header(text)[1]


def test_a_text_may_end_within_brackets_and_without_a_line_end() -> None:
    assert header("a: {#b}\nc") == ({}, ["yaml-syntax"])


@pytest.mark.parametrize(("depth", "codes"), [(7, []), (8, ["yaml-nesting"]), (100, ["yaml-nesting"])])
def test_nesting_has_a_limit(depth: int, codes: list[str]) -> None:
    assert header("a: " + "[" * depth + "]" * depth + "\n")[1] == codes


# Files


def text_of(data: bytes) -> tuple[str | None, list[tuple[str, Place]]]:
    report = Report("x.md")
    text = read_text(data, report)
    return text, [(finding.code, Place(finding.line, finding.column)) for finding in report.findings]


@pytest.mark.parametrize(("data", "text"), [
    (b"", ""),
    (b"a\nb", "a\nb"),
    (b"a\r\nb\r\n", "a\nb\n"),
    (b"a\rb\r", "a\nb\n"),
    (b"\xef\xbb\xbfa", "a"),
    ("é–“日".encode(), "é–“日"),
    (b"a\tb", "a\tb"),
    ("a\u00adb\u200db".encode(), "a\u00adb\u200db"),
])  # fmt: skip
def test_files_are_read(data: bytes, text: str) -> None:
    assert text_of(data) == (text, [])


@pytest.mark.parametrize(("data", "line"), [
    (b"\xff\xfea\x00", 1),
    (b"a\nb\xe9\n", 2),
    (b"a\r\nb\r\n\xc0\xaf", 3),
    (b"\xed\xa0\x80", 1),
    (b"a\n\n\n\x80", 4),
])  # fmt: skip
def test_files_in_another_encoding(data: bytes, line: int) -> None:
    assert text_of(data) == (None, [("file-encoding", Place(line, 1))])


@pytest.mark.parametrize("char", ["\0", "\x07", "\x08", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u2029", "\u202e",
                                  "\u2066", "\u2069", "\ufeff"])  # fmt: skip
def test_control_characters_are_told_and_become_blanks(char: str) -> None:
    assert text_of(f"a\nbc{char}d\n".encode()) == ("a\nbc d\n", [("control-character", Place(2, 3))])


def test_a_file_has_a_limit() -> None:
    assert text_of(b"a" * FILE_LIMIT)[1] == []
    assert text_of(b"a" * (FILE_LIMIT + 1)) == (None, [("file-size", Place(1, 1))])


@contextmanager
def within(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# Each a fifth of what a file may have.
@pytest.mark.parametrize("unit", [
    "\x01", "\x01\n", "\x01" * 5, "a: b\n", "a: b: c\n", "- a\n", "a\n", "[", "{a: ", "? ", "'", '"', "a: |\n", "\t", " ", "  - a: b\n", "a: &a b\n",
    "#", "# a\n", "a: # b\n", "&a ", "!a ", "a: [\n", ": ", "- ", "a: 'b\n",
])  # fmt: skip
def test_a_hostile_header_is_read_in_time(unit: str) -> None:
    report = Report("x.md")
    data = ("---\n" + unit * (FILE_LIMIT // 5 // len(unit)) + "\n---").encode()
    with within(120):  # seconds
        text = read_text(data, report)
        assert text is not None
        read_front_matter(text, report)


@pytest.mark.parametrize(("lines", "codes"), [(4_000, []), (6_000, ["file-size"])])
def test_a_header_has_a_limit(lines: int, codes: list[str]) -> None:
    listed = "".join(f"a{n:05}: b\n" for n in range(lines))  # ten characters a line
    assert brief(f"---\n{listed}---\nBody\n")[1] == codes
