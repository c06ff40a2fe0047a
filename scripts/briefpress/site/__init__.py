"""The edge to MkDocs and its theme: the only package that imports mkdocs."""
