"""The web fonts, cut to the letters and the weights that the pages use.

The sources are two packages under the SIL Open Font License: Source Serif 4 and Source Sans 3.
As published they are 1.1 MB; the four files that a page in a language of Latin script may load
are some 90 kB. Greek, Cyrillic, Vietnamese and rarer Latin letters stand in four files more, which
a browser asks for only where a page has such a letter (`unicode-range`). Cutting takes seconds, so
callers keep the result under `CUT_OF`.

Not cut: an italic of the sans. Emphasis in captions and key issues is slanted by the browser.
"""

from __future__ import annotations

import importlib.metadata
import importlib.resources
import io
from dataclasses import dataclass

# Latin 1 and Extended-A without the letters that no official language of Europe writes, and
# what typesetting needs besides.
_UNUSED = "ĈĉĔĕĜĝĤĥĨĩĬĭĲĳĴĵĸĿŀŉŎŏŜŝŦŧŨũŬŭſ"
_MORE = "ȘșȚțẞ‐‑‒–—‘’‚“”„†‡•…‰′″‹›⁄€™←↑→↓↩−≈≠≤≥\u2009\u202f"
LETTERS = (
    frozenset(range(0x20, 0x7F))
    | (frozenset(range(0xA0, 0x180)) - frozenset(map(ord, _UNUSED)))
    | frozenset(map(ord, _MORE))
)

OTHER_LETTERS = frozenset(
    letter
    for first, last in ((0x100, 0x24F), (0x2B0, 0x36F), (0x370, 0x52F), (0x1E00, 0x1FFF), (0x20A0, 0x20BF), (0x2116, 0x2116))
    for letter in range(first, last + 1)
) - LETTERS
"""Latin Extended, marks, Greek, Cyrillic, Vietnamese and polytonic Greek, signs of currencies."""
OTHER = "-other"
"""What the name of the file with OTHER_LETTERS has before its ending."""


@dataclass(frozen=True)
class Cut:
    """How one file is cut from a variable font.

    Attributes:
        package: the Python package that holds the font, also its distribution.
        source: the file in it.
        axes: tag, least and greatest value kept. `wght` is the CSS weight; `opsz`, the optical
            size, is in points. Equal values pin the axis.
        features: OpenType features kept.
    """

    package: str
    source: str
    axes: tuple[tuple[str, float, float], ...]
    features: tuple[str, ...] = ("kern", "liga", "ccmp", "locl", "mark")


_SERIF, _SANS = "fontpkg_source_serif_4", "fontpkg_source_sans_3"
_ROMAN, _ITALIC = "SourceSerif4[opsz,wght].ttf", "SourceSerif4-Italic[opsz,wght].ttf"
CUTS = {
    "serif-text.woff2": Cut(_SERIF, _ROMAN, (("opsz", 14, 14), ("wght", 400, 400))),
    "serif-text-italic.woff2": Cut(_SERIF, _ITALIC, (("opsz", 14, 14), ("wght", 400, 400))),
    "serif-title.woff2": Cut(_SERIF, _ROMAN, (("opsz", 28, 28), ("wght", 600, 600))),
    "sans.woff2": Cut(_SANS, "SourceSans3[wght].ttf", (("wght", 400, 600),), (*Cut.features, "tnum")),
}

# What the bytes depend on: the settings above and the packages that hold and cut the fonts.
CUT_OF = repr(
    (
        sorted(LETTERS),
        sorted(OTHER_LETTERS),
        sorted(CUTS.items(), key=lambda item: item[0]),
        [(name, importlib.metadata.version(name)) for name in (_SERIF, _SANS, "fonttools", "brotli")],
    )
)


def cut_fonts() -> dict[str, bytes]:
    """Return the web fonts by file name; the same bytes each time for the same `CUT_OF`.

    Raises:
        ModuleNotFoundError: a package of fonts is not installed.
    """
    common = {name: _cut(cut, LETTERS) for name, cut in CUTS.items()}
    return common | {other_name(name): _cut(cut, OTHER_LETTERS) for name, cut in CUTS.items()}


def other_name(name: str) -> str:
    """The file beside `name` that has OTHER_LETTERS."""
    return name.replace(".woff2", f"{OTHER}.woff2")


def unicode_range(letters: frozenset[int]) -> str:
    """Code points as CSS writes them: `U+20-7E, U+A0`.

    Source:
        CSS Fonts Module Level 4, section 4.5.
    """
    runs: list[list[int]] = []
    for letter in sorted(letters):
        if runs and letter == runs[-1][1] + 1:
            runs[-1][1] = letter
        else:
            runs.append([letter, letter])
    return ", ".join(f"U+{first:X}" + (f"-{last:X}" if last > first else "") for first, last in runs)


def _cut(cut: Cut, letters: frozenset[int]) -> bytes:
    # Loaded late: fonts are cut once, and kept.
    from fontTools import subset  # type: ignore[import-untyped]  # fontTools has no types
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
    from fontTools.varLib import instancer  # type: ignore[import-untyped]

    source = importlib.resources.files(cut.package) / "files" / cut.source
    # recalcTimestamp would put the clock into the file.
    font = TTFont(io.BytesIO(source.read_bytes()), recalcTimestamp=False)
    # Name records 13 and 14 are the licence, which asks to go with the font.
    options = subset.Options(hinting=False, layout_features=list(cut.features), name_IDs=[0, 1, 2, 13, 14])
    options.drop_tables += ["DSIG", "STAT", "prep", "gasp"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    # Letters first, axes second: the other way round fails. And through a file, since axes can
    # only be pinned on a font that is whole.
    whole = io.BytesIO()
    font.save(whole)
    whole.seek(0)
    limits = {tag: (low, high) for tag, low, high in cut.axes}
    pinned = instancer.instantiateVariableFont(TTFont(whole, recalcTimestamp=False), limits)
    pinned.flavor = "woff2"
    result = io.BytesIO()
    pinned.save(result)
    return result.getvalue()
