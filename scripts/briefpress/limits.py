"""How long a text from an editor may keep the machine busy."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 20.0
"""What reading or setting one text may take. A brief of 2,400 words takes some three thousandths of one."""


class TooLong(Exception):
    """The text took longer than SECONDS."""


@contextmanager
def time_limit() -> Iterator[None]:
    """Stop what is done within after SECONDS by the clock on the wall.

    Only the main thread of a POSIX system can be interrupted; elsewhere the limits on size must do.

    Raises:
        TooLong: the time is over.
    """
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
