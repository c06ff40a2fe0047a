"""Publish a numbered series of policy briefs: check them, and build their site.

The modules in reading order, each importing only what stands above it, are listed in
`docs/developing/index.md` and held by `tests/test_imports.py`.
"""
