"""Stylesheets, scripts and fonts of our own frame, under names that change with their content."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from briefpress.site.fonts import CUT_OF, CUTS, cut_fonts
from briefpress.store import Store, digest

FOLDER = Path(__file__).parent / "theme" / "assets"


def assets(store: Store) -> tuple[dict[str, str], dict[str, bytes]]:
    """Read and name the assets.

    Args:
        store: keeps the fonts, which take seconds to cut.

    Returns:
        Name → address from the site's root, and address → content. A name holds the hash of its
        content, so that a server may let browsers keep it for ever.
    """
    content = _fonts(store)
    names = {name: _hashed(name, data) for name, data in content.items()}
    for file in sorted(FOLDER.iterdir()):
        data = file.read_bytes()
        if file.suffix == ".css":
            text = re.sub(r"url\(([\w.-]+)\)", lambda hit: f"url({names[hit[1]].rpartition('/')[2]})", data.decode())
            data = text.encode()
        content[file.name] = data
        names[file.name] = _hashed(file.name, data)
    return names, {names[name]: data for name, data in content.items()}


def _fonts(store: Store) -> dict[str, bytes]:
    found = {name: store.get("fonts", digest(CUT_OF, name)) for name in CUTS}
    kept = {name: data for name, data in found.items() if data is not None}
    if len(kept) == len(CUTS):
        return kept
    made = cut_fonts()
    for name, data in made.items():
        store.put("fonts", digest(CUT_OF, name), data)
    return made


def _hashed(name: str, data: bytes) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"assets/{stem}.{hashlib.blake2b(data, digest_size=5).hexdigest()}.{suffix}"
