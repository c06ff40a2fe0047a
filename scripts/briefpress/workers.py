"""Other processes, of this machine or of a cluster, that set texts.

A text can make a process hang, or end it. So every thread that works here has a process of its own,
and a text that came to grief among others is tried again alone. Knows the library `distributed`,
which gives a cluster the form of `concurrent.futures.Executor`; the threads of a cluster's workers
have processes of their own as ours have, so that a text does no harm there either. Other libraries
start such processes with `multiprocessing`, which refuses to in a cluster's workers.
"""

from __future__ import annotations

import logging
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import time
import traceback
import warnings
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from briefpress import limits
from briefpress.limits import TooLong
from briefpress.store import tool

FEW = 500
"""Fewer texts are set about as soon in this process: another one takes a third of a second to start."""
TOGETHER = 16
"""Texts in one message: at each, a process has nothing to do until the thread that asks it gets its turn."""
MARGIN = 5.0
"""Seconds beyond the limit after which a process is ended that did not stop by itself."""
IDLE = 60
"""Seconds without work after which a process ends; a cluster's worker goes on after the build."""
CONNECTING = 10.0
"""Seconds in which a cluster answers, and has a worker."""
_START = "from briefpress.workers import serve; serve()"
_READY = "ready"
Call = tuple[Any, ...]
"""What a function is called with."""
Answer = tuple[bool, Any]
"""Whether a call went well, and what it gave or raised."""


class Died(Exception):
    """The process ended while it had this text, and a second one did too."""


class WorkersError(Exception):
    """No work can be given out; the text says why, and what to do."""


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Job:
    """A call that was given out."""

    function: Callable[..., Any]
    call: Call
    future: Future[list[Answer]]
    """What comes of the calls that went in one message."""
    at: int
    """Which of them this is."""


class Workers:
    """Processes of this machine; they start with the first work."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        """What is to be told of the work when it is done."""
        self._executor: Executor | None = None

    @classmethod
    def of(cls, name: str) -> Workers | None:
        """Those that an editor asks for; None where everything is done in this process.

        Args:
            name: `processes`, `none`, or `dask://HOST:PORT`.

        Raises:
            WorkersError: there are none of that name, or the cluster cannot be used.
        """
        if name == "none" or (name == "processes" and processors() == 1):
            return None
        if name == "processes":
            return cls()
        if (hit := re.fullmatch(r"dask://([^\s/@]+:[0-9]{1,5})", name)) is None:
            raise WorkersError(f'there is no executor "{name}"; write processes, none, or dask://HOST:PORT')
        return Cluster(hit[1])

    def worth(self, texts: int) -> bool:
        """Whether so many texts are to be given out."""
        return texts >= FEW

    def submit(self, function: Callable[..., Any], calls: Sequence[Call]) -> list[Job]:
        """Give out calls; the function and what it is called with can be pickled."""
        jobs = []
        for start in range(0, len(calls), TOGETHER):
            part = calls[start : start + TOGETHER]
            future = self._send(function, part)
            jobs += [Job(function, call, future, at) for at, call in enumerate(part)]
        return jobs

    def _send(self, function: Callable[..., Any], calls: Sequence[Call]) -> Future[list[Answer]]:
        if self._executor is None:
            # One sets texts faster than pages are made of them; a second goes on where the first has a slow one.
            self._executor = ThreadPoolExecutor(1 if processors() == 2 else 2)
        return self._executor.submit(apart, limits.SECONDS, function, calls)

    def result(self, job: Job) -> Any:
        """What came of a call; waits for it.

        Raises:
            TooLong: it took longer than `limits.SECONDS`.
            Died: it ended its process.
            WorkersError: no process could be started for it.
            Exception: what the function raises.
        """
        return _opened(job.future.result()[job.at])

    def close(self) -> None:
        """Take back what nobody has begun, and let the processes go."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None


def _opened(answer: Answer) -> Any:
    sound, value = answer
    if not sound:
        raise value
    return value


class Cluster(Workers):
    """A cluster of dask.distributed. What it loses is done on this machine: a cluster is faster, and nothing else."""

    def __init__(self, address: str) -> None:
        super().__init__()
        try:
            import distributed
        except ModuleNotFoundError:
            raise WorkersError("a cluster needs the extra: pip install 'briefpress[cluster]'") from None
        for name in ("distributed", "tornado", "asyncio"):  # what matters of what they tell is told by us
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._client: Any = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # other versions are found below
                self._client = distributed.Client(f"tcp://{address}", timeout=CONNECTING, set_as_default=False)
                self._client.wait_for_workers(1, timeout=CONNECTING)
                states = self._client.run(tool, on_error="return")
        except (OSError, TimeoutError):
            what = "has no worker" if self._client else "does not answer"
            self.close()
            raise WorkersError(f"the cluster at {address} {what}; start it, or build without --executor") from None
        if others := sorted(where for where, state in states.items() if state != tool()):
            self.close()
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            raise WorkersError(f"the cluster's worker at {others[0]}{more} has not the Briefpress of this machine, or not its libraries and Python; "
                               "install the same version there, with the same constraints.txt")  # fmt: skip
        self._cluster: Executor | None = self._client.get_executor()
        self._heard = time.monotonic()

    def _send(self, function: Callable[..., Any], calls: Sequence[Call]) -> Future[list[Answer]]:
        if self._cluster is None:
            return super()._send(function, calls)
        future = self._cluster.submit(_of_state, tool(), limits.SECONDS, function, calls)
        future.add_done_callback(self._hear)
        return future

    def _hear(self, _: object) -> None:
        self._heard = time.monotonic()

    def result(self, job: Job) -> Any:
        """What came of a call, here if not there; waits for it."""
        began = time.monotonic()
        while self._cluster is not None and not wait([job.future], 1).done:
            if time.monotonic() - max(began, self._heard) > 3 * (limits.SECONDS + MARGIN):
                self._lose("The cluster does not answer any more")
        if job.future.done():
            try:
                return _opened(job.future.result()[job.at])
            except (TooLong, Died):
                raise
            except Exception:  # lost on the way, or not for the cluster to say: here it is seen what it is
                self._lose("The cluster lost a text")
        job.future.cancel()
        return _opened(apart(limits.SECONDS, job.function, [job.call])[0])

    def _lose(self, what: str) -> None:
        if self._cluster is not None:
            self.notes.append(f"{what}; it was set on this machine, and so were those after it.")
            self._cluster = None

    def close(self) -> None:
        """Let the cluster go."""
        super().close()
        if self._client is not None:
            self._client.close(timeout=CONNECTING)


def _of_state(state: str, seconds: float, function: Callable[..., Any], calls: Sequence[Call]) -> list[Answer]:
    """`apart`, where what works is the same as with those who ask: workers can join a cluster at any time."""
    if tool() != state:
        raise WorkersError("this worker has another version")
    return apart(seconds, function, calls)


# -- one process ---------------------------------------------------------------------------------


class _Process:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.pipe, theirs = Pipe()
        paths = [*filter(None, sys.path), str(Path(__file__).parents[1])]
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, str(theirs.fileno()), str(seconds)], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            )  # fmt: skip
        except OSError as error:
            raise WorkersError(f"no other process can be started here: {error.strerror}; build with --executor none") from None
        finally:
            theirs.close()
        self.end = weakref.finalize(self, _end, self.process, self.pipe)  # when its thread is done, or Python
        with suppress(EOFError, OSError):
            if self.pipe.recv() == _READY:
                return
        self.end()
        raise WorkersError("another process was started here, and ended at once; build with --executor none")

    def answers(self, message: bytes) -> list[Answer]:
        """What comes of a message.

        Raises:
            TooLong: it took longer, and the process was ended.
            Died: the process ended.
        """
        try:
            self.pipe.send_bytes(message)
            if self.pipe.poll(self.seconds + MARGIN):
                answers: list[Answer] = self.pipe.recv()
                return answers
        except (EOFError, OSError):
            self.end()
            raise Died from None
        self.end()
        raise TooLong


def _end(process: subprocess.Popen[bytes], pipe: Connection) -> None:
    process.kill()
    process.wait()
    pipe.close()


_own = threading.local()


def apart(seconds: float, function: Callable[..., Any], calls: Sequence[Call]) -> list[Answer]:
    """Call a function in the process that belongs to this thread.

    Args:
        seconds: what one call may take.
        function: of a module; it can be pickled, and so can what it takes, gives and raises.
        calls: what it is called with, one after another.

    Returns:
        What came of each. One that had to be stopped raised TooLong, and one that ended its
        process, and a fresh one too, raised Died.

    Raises:
        WorkersError: no process could be started.
    """
    with suppress(TooLong, Died):
        return _answers(seconds, function, calls)
    return [_alone(seconds, function, call) for call in calls]  # it was one of them, and it is not known which


def _alone(seconds: float, function: Callable[..., Any], call: Call) -> Answer:
    try:
        with suppress(Died):
            return _answers(seconds, function, [call])[0]
        return _answers(seconds, function, [call])[0]
    except (TooLong, Died) as error:
        return False, error


def _answers(seconds: float, function: Callable[..., Any], calls: Sequence[Call]) -> list[Answer]:
    message = pickle.dumps((function, calls), protocol=5)
    one: _Process | None = getattr(_own, "process", None)
    if one is None or one.seconds != seconds or one.process.poll() is not None:
        one = _own.process = _Process(seconds)
    return one.answers(message)


def serve() -> None:
    """What such a process does: it answers one message after another until nobody asks."""
    pipe = Connection(int(sys.argv[1]))
    limits.SECONDS = float(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for those who ask
    pipe.send(_READY)
    with suppress(EOFError):
        while pipe.poll(IDLE):
            function, calls = pipe.recv()
            pipe.send([_answer(function, call) for call in calls])


def _answer(function: Callable[..., Any], call: Call) -> Answer:
    try:
        return True, function(*call)
    except Exception as error:
        error.add_note(traceback.format_exc())
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # an error that cannot travel
            return False, RuntimeError(traceback.format_exc())
        return False, error
