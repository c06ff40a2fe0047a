"""Check the briefs and build the site: `python scripts/build.py`, the same as `briefpress build`."""

import sys

try:
    from briefpress.cli import main
except ModuleNotFoundError as error:
    sys.exit(f"Run `make site` first: it sets up .venv, which holds what this script needs ({error}).")

if __name__ == "__main__":
    main(["build", *sys.argv[1:]])
