"""Stylesheets, scripts and fonts of our own frame, under names that change with their content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from briefpress.series import Series
from briefpress.site.fonts import CUT_OF, CUTS, LETTERS, OTHER_LETTERS, cut_fonts, other_name, unicode_range
from briefpress.store import Store, digest
from briefpress.values import contrast

DARK_GROUND = "#10151b"
"""The ground of the dark scheme in look.css."""
FOLDER = Path(__file__).parent / "theme" / "assets"


def assets(store: Store, every: Sequence[Series]) -> tuple[dict[str, str], dict[str, bytes]]:
    """Read and name the assets.

    Args:
        store: keeps the fonts, which take seconds to cut.
        every: the series; one with a colour has a stylesheet of its own, `series-<slug>.css`.

    Returns:
        Name → address from the site's root, and address → content. A name holds the hash of its
        content, so that a server may let browsers keep it for ever.
    """
    content = _fonts(store)
    names = {name: _hashed(name, data) for name, data in content.items()}
    for file in sorted(FOLDER.iterdir()):
        data = file.read_bytes()
        if file.suffix == ".css":
            text = re.sub(r"@font-face \{ (.*url\()([\w-]+\.woff2)(\).*) \}", _split_face, data.decode())
            text = re.sub(r"url\(([\w.-]+)\)", lambda hit: f"url({names[hit[1]].rpartition('/')[2]})", text)
            text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
            data = re.sub(r"\n\s*", "\n", text).lstrip().encode()
        elif file.suffix == ".js":
            data = re.sub(r"(?m)^\s*//.*\n|^[ \t]+", "", data.decode()).encode()  # readers need no comments
        content[file.name] = data
        names[file.name] = _hashed(file.name, data)
    for series in every:
        if series.colour:
            content[f"series-{series.slug}.css"] = data = series_css(series.colour).encode()
            names[f"series-{series.slug}.css"] = _hashed(f"series-{series.slug}.css", data)
    return names, {names[name]: data for name, data in content.items()}


def _split_face(rule: re.Match[str]) -> str:
    """One `@font-face` of a stylesheet as two, by letters: a browser loads only the file that it needs."""
    before, name, after = rule.groups()
    return "\n".join(
        f"@font-face {{ {before}{file}{after} unicode-range: {unicode_range(letters)}; }}"
        for file, letters in ((name, LETTERS), (other_name(name), OTHER_LETTERS))
    )


def _fonts(store: Store) -> dict[str, bytes]:
    wanted = [*CUTS, *map(other_name, CUTS)]
    found = {name: store.get("fonts", digest(CUT_OF, name)) for name in wanted}
    kept = {name: data for name, data in found.items() if data is not None}
    if len(kept) == len(wanted):
        return kept
    made = cut_fonts()
    for name, data in made.items():
        store.put("fonts", digest(CUT_OF, name), data)
    return made


def series_css(colour: str) -> str:
    """The tokens of the stylesheet in the colour of a series, for both schemes.

    Args:
        colour: #rrggbb on which white text can be read; the check sees to that.
    """
    dark = next(mixed for share in range(0, 101, 5) if contrast(mixed := mix(colour, "#ffffff", share / 100), DARK_GROUND) >= 7)
    soft = next(mixed for share in range(75, 101, 5) if contrast(mixed := mix(colour, "#ffffff", share / 100), colour) >= 4.5 or share == 100)
    tint = next(mixed for share in (93, 95, 97, 100) if contrast(mixed := mix(colour, "#ffffff", share / 100), colour) >= 4.5 or share == 100)
    light = f"--accent: {colour}; --link: {colour}; --band: {colour}; --on-band-soft: {soft}; --tint: {tint};"
    night = f"--accent: {dark}; --link: {dark}; --band: {colour}; --on-band-soft: {soft}; --tint: {mix(DARK_GROUND, colour, 0.12)};"
    return f":root {{ {light} }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ {night} }} }}\n"


def mix(one: str, other: str, share: float) -> str:
    """Two colours #rrggbb mixed in sRGB; `share` of the other, from 0 to 1."""
    parts = (round(int(one[i : i + 2], 16) * (1 - share) + int(other[i : i + 2], 16) * share) for i in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _hashed(name: str, data: bytes) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"assets/{stem}.{hashlib.blake2b(data, digest_size=5).hexdigest()}.{suffix}"
