"""What the workers are tried with: texts that take their time, end the process, or cannot be told about."""

from __future__ import annotations

import os
import time
from pathlib import Path

from briefpress import limits, workers
from briefpress.body import Body, Surroundings, render


class Unsayable(Exception):
    """It cannot be made again from what it says."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one)
        self.other = other


def work(text: str) -> str:
    """Do with a text what it says; what it says nothing of comes back turned round."""
    match text.split():
        case ["die"]:
            os._exit(3)
        case ["die-once", mark]:
            if not Path(mark).exists():
                Path(mark).touch()
                os._exit(3)
        case ["leave"]:
            raise SystemExit
        case ["hang"]:
            time.sleep(600)
        case ["hang-deaf"]:
            with limits.time_limit():
                while True:
                    try:
                        time.sleep(600)
                    except limits.TooLong:
                        continue
        case ["slow"]:
            with limits.time_limit():
                time.sleep(600)
        case ["break"]:
            raise ValueError("broken")
        case ["break-unsayably"]:
            raise Unsayable("one", "other")
        case ["print"]:
            print("no answer", flush=True)
            os.write(1, b"no answer either")
        case ["pid"]:
            return str(os.getpid())
    return text[::-1]


def odd_body(text: str, body: str, around: Surroundings) -> Body:
    """Set a body after doing what another text says."""
    work(text)
    return render(body, around)


def hurry() -> None:
    """Let what does not stop by itself be ended after half a second."""
    workers.MARGIN = 0.5
