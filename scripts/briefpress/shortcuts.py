"""Shortcuts through Python-Markdown: work that cannot change a text is not done.

Knows the library `markdown`. A body costs a third of what it costs without them, and is the same to
the byte, which `tests/test_shortcuts.py` holds. Each leaves a text to Python-Markdown where it is in doubt.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.extensions.toc import TocExtension, TocTreeprocessor
from markdown.preprocessors import NormalizeWhitespace, Preprocessor
from markdown.treeprocessors import InlineProcessor, UnescapeTreeprocessor
from markdown.util import STX, AtomicString

_NEEDED = {
    "backtick": ("`",),
    "escape": ("\\",),
    "footnote": ("[^",),
    "reference": ("[",),
    "link": ("](",),
    "image_link": ("](",),
    "image_reference": ("![",),
    "short_reference": ("[",),
    "short_image_ref": ("![",),
    "autolink": ("://",),
    "automail": ("@",),
    "linebreak": ("  \n",),
    "html": ("<",),
    "entity": ("&",),
    "em_strong": ("*", "_"),
    "delimiter": ("^", "~"),
}
"""Inline pattern → what stands in every text that it changes: this, or the other. One without a row is always tried."""
_REFERENCES = frozenset({"reference", "image_reference", "short_reference", "short_image_ref"})
"""Patterns that change no text where no address has a label."""
_PLAIN = re.compile(r"[^\W\d_].*(?:\n[^\W\d_].*)*|\[.*")
"""A block whose lines all begin with a letter is a paragraph. One of a single line with a bracket first may be
a footnote or the address of a label besides. No other block processor takes them."""


class Shortcuts(Extension):
    """To be the last of a converter's extensions."""

    def extendMarkdown(self, md: Markdown) -> None:  # Python-Markdown's name
        md.preprocessors.register(_Whitespace(md), "normalize_whitespace", 30)
        md.preprocessors.register(_Fences(md, md.preprocessors["fenced_code_block"]), "fenced_code_block", 25)
        md.parser.blockprocessors.register(_Plain(md.parser), "briefpress-plain", 200)  # before all others
        md.treeprocessors.register(_Inline(md), "inline", 20)
        md.treeprocessors.register(_Unescape(md), "unescape", 0)
        # Searched for each element, several times: too long for a list of sixty.
        md.block_level_elements = frozenset(md.block_level_elements)  # type: ignore[assignment]  # of which only `in` is used


class Contents(TocExtension):
    """The table of contents; its marker is looked for only where it is."""

    class TreeProcessorClass(TocTreeprocessor):  # noqa: D106  # Python-Markdown's name
        def replace_marker(self, root: etree.Element, elem: etree.Element) -> None:
            if any(self.marker in (element.text or "") for element in root.iter()):
                super().replace_marker(root, elem)


class _Whitespace(NormalizeWhitespace):
    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join([*lines, ""])
        if any(part in text for part in ("\x02", "\x03", "\r", "\t", " \n")):
            return super().run(lines)
        return [*lines, "", ""]


class _Fences(Preprocessor):
    def __init__(self, md: Markdown, fences: Preprocessor) -> None:
        super().__init__(md)
        self.fences = fences

    def run(self, lines: list[str]) -> list[str]:
        return self.fences.run(lines) if any(line.startswith(("```", "~~~")) for line in lines) else lines


class _Plain(BlockProcessor):
    def test(self, parent: etree.Element, block: str) -> bool:
        return _PLAIN.fullmatch(block) is not None

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        processors = self.parser.blockprocessors
        while blocks and _PLAIN.fullmatch(blocks[0]):
            for name in ("footnote", "reference", "paragraph") if blocks[0].startswith("[") else ("paragraph",):
                if processors[name].run(parent, blocks) is not False:
                    break


class _Inline(InlineProcessor):
    """Tries only the patterns that can change a text.

    Python-Markdown 3.11 tries all sixteen on every text, which is nearly half of what a body costs. It has
    no hook there, so this is its private method anew, with the one condition that leaves a pattern out.
    """

    def run(self, tree: etree.Element, ancestors: list[str] | None = None) -> etree.Element:
        patterns = self.md.inlinePatterns
        names = {patterns.get_index_for_name(name): name for name in _NEEDED if name in patterns}
        idle = frozenset[str]() if self.md.references else _REFERENCES
        needed = [(index, _NEEDED.get(names.get(index, ""), ("",))) for index in range(len(patterns)) if names.get(index) not in idle]
        self.needed = [(index, parts[0], parts[-1]) for index, parts in needed]
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:
        if not isinstance(data, AtomicString):
            for index, part, other in self.needed:
                if (part in data or other in data) and index >= patternIndex:
                    pattern, start, matched = self.inlinePatterns[index], 0, True
                    while matched:
                        data, matched, start = self._InlineProcessor__applyPattern(pattern, data, index, start)  # type: ignore[attr-defined]  # private
        return data


class _Unescape(UnescapeTreeprocessor):
    def unescape(self, text: str) -> str:
        return super().unescape(text) if STX in text else text
