"""Texts are set by other processes, here and on a cluster: everything comes back, whatever a text does to them."""

from __future__ import annotations

import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from briefpress import limits, store, workers
from briefpress.body import Body, Surroundings, render
from briefpress.cli import main
from briefpress.limits import TooLong
from briefpress.site import rendering
from briefpress.texts import texts
from briefpress.workers import Cluster, Died, Workers, WorkersError
from odd_work import hurry, odd_body, work

AROUND = Surroundings(dict(texts("en")))


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Start a cluster of two workers on this machine; gives its address."""
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=":0") as one:
        with Client(one.scheduler_address, set_as_default=False) as client:
            client.run(hurry)
        yield one.scheduler_address.replace("tcp://", "dask://")


@pytest.fixture(params=["processes", "cluster"])
def given(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """Give workers that have a second for a text and are ended half a second later."""
    monkeypatch.setattr(limits, "SECONDS", 1.0)
    monkeypatch.setattr(workers, "MARGIN", workers.MARGIN)  # it is put back
    hurry()
    name = request.param if request.param == "processes" else request.getfixturevalue("cluster")
    one = Workers.of(name)
    assert one is not None
    yield one
    one.close()


def ask(given: Workers, *texts: str) -> list[workers.Job]:
    return given.submit(work, [(text,) for text in texts])


def fate(given: Workers, job: workers.Job) -> object:
    try:
        return given.result(job)
    except Exception as error:
        return type(error)


def test_whatever_a_text_does_nothing_is_lost(given: Workers, tmp_path: Path) -> None:
    asked = {
        "abc": "cba", "die": Died, "def": "fed", "slow": TooLong, f"die-once {tmp_path / 'mark'}": f"die-once {tmp_path / 'mark'}"[::-1],
        "leave": Died, "print": "tnirp", "ghi": "ihg",
    }  # fmt: skip
    jobs = dict(zip(asked, ask(given, *asked), strict=True))
    assert {text: fate(given, jobs[text]) for text in reversed(asked)} == dict(reversed(asked.items()))
    assert given.notes == []


def test_a_text_that_does_not_stop_by_itself_is_stopped(given: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    jobs = ask(given, "hang", "abc", "hang-deaf")
    assert [fate(given, job) for job in jobs] == [TooLong, "cba", TooLong]
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(("text", "kind", "said"), [("break", ValueError, "broken"), ("break-unsayably", RuntimeError, "Unsayable")])
def test_a_fault_of_ours_is_told_as_it_is(text: str, kind: type[Exception], said: str) -> None:
    given = Workers()
    with pytest.raises(kind, match=said) as caught:
        given.result(*ask(given, text))
    assert "odd_work.py" in "".join([str(caught.value), *getattr(caught.value, "__notes__", ())]), "with its place"
    given.close()


def test_a_body_comes_back_whole(given: Workers) -> None:
    text = "## A heading\n\nA [lost](lost.md) link.[^1]\n\n### Below\n\n![a](none.png)\n\n[^1]: A note.\n"
    body = given.result(*given.submit(render, [(text, AROUND)]))
    assert body == render(text, AROUND)
    assert isinstance(body, Body)
    assert body.lost == ("lost.md", "none.png")


def test_processes_go_with_those_who_asked() -> None:
    given = Workers()
    process = int(given.result(*ask(given, "pid")))
    assert process != os.getpid()
    given.close()
    for _ in range(100):
        if not Path(f"/proc/{process}").exists():
            return
        time.sleep(0.05)
    pytest.fail("it is still there")


def test_a_process_without_work_ends_and_the_next_text_gets_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_START", "from briefpress import workers; workers.IDLE = 1; workers.serve()")
    given = Workers()
    monkeypatch.setattr(workers, "processors", lambda: 2)  # one process
    first = given.result(*ask(given, "pid"))
    time.sleep(1.5)
    assert given.result(*ask(given, "pid")) != first
    given.close()


def test_few_texts_and_one_processor_are_not_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "processors", lambda: 2)
    given = Workers.of("processes")
    assert given is not None
    assert [given.worth(count) for count in (0, 1, workers.FEW - 1, workers.FEW)] == [False, False, False, True]
    monkeypatch.setattr(workers, "processors", lambda: 1)
    assert Workers.of("processes") is None


def test_texts_that_went_together_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "processors", lambda: 2)
    given = Workers()
    jobs = ask(given, *map(str, range(10, 10 + 2 * workers.TOGETHER)), "die", "abc", "break")
    assert len({id(job.future) for job in jobs}) == 3
    assert [given.result(job) for job in jobs[:-3]] == [str(n)[::-1] for n in range(10, 10 + 2 * workers.TOGETHER)]
    assert [fate(given, job) for job in jobs[-3:]] == [Died, "cba", ValueError]
    given.close()


# What cannot be used


def test_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_START", "raise SystemExit")
    given = Workers()
    with pytest.raises(WorkersError, match="--executor none"):
        given.result(*ask(given, "abc"))
    given.close()


@pytest.mark.parametrize("name", ["", "threads", "dask://", "dask://host", "dask://host:port", "tcp://127.0.0.1:8786", "dask://a b:1"])
def test_an_executor_that_is_none(name: str) -> None:
    with pytest.raises(WorkersError, match="processes, none, or dask://HOST:PORT"):
        Workers.of(name)


def test_a_cluster_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "CONNECTING", 0.5)
    with pytest.raises(WorkersError, match=r"127\.0\.0\.1:9 does not answer"):
        Workers.of("dask://127.0.0.1:9")


def test_a_cluster_with_another_version(cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "tool", store_of_another)
    with pytest.raises(WorkersError, match="and 1 more has not the Briefpress of this machine"):
        Workers.of(cluster)


def store_of_another() -> str:
    """Say what each process makes of it: they are never the same."""
    return f"{store.tool()} {os.getpid()}"


def test_what_a_cluster_loses_is_done_here(cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 1.0)
    given = Workers.of(cluster)
    assert isinstance(given, Cluster)
    jobs = [*ask(given, "abc"), *ask(given, "slow")]
    assert given.result(jobs[0]) == "cba"
    jobs[1].future.cancel()
    lost = workers.Job(work, ("def",), jobs[1].future, 0)
    assert given.result(lost) == "fed"
    assert len(given.notes) == 1
    assert given.result(*ask(given, "ghi")) == "ihg"
    given.close()


# Whole sites


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay out a project with some briefs; every fifth has a link that leads nowhere."""
    from conftest import brief_text, make_project

    briefs = {}
    for n in range(1, 21):
        odd = "" if n % 5 else "An [odd [one [two]]](01.md) link."
        briefs[f"2024/{n:02}.md"] = brief_text(f"{n}/2024", "2024-03-15", f"Number {n} of many", f"## One\n\n{f'Text {n} of it. ' * 90}\n\n{odd}\n")
    return make_project(tmp_path_factory.mktemp("many") / "project", briefs)


@pytest.fixture
def made(archive: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Give a function that builds the archive with an executor; twenty texts are many to it."""
    monkeypatch.setattr(workers, "processors", lambda: 2)
    monkeypatch.setattr(workers, "FEW", 4)
    monkeypatch.setattr(workers, "TOGETHER", 3)
    monkeypatch.setattr(rendering, "AHEAD", 7)
    monkeypatch.chdir(archive)
    logger = logging.getLogger("mkdocs")
    for name in ("handlers", "propagate", "level"):
        monkeypatch.setattr(logger, name, getattr(logger, name))

    def run(name: str) -> Result:
        for kind in ("bodies", "pages"):
            shutil.rmtree(archive / ".cache/briefpress" / kind, ignore_errors=True)
        shutil.rmtree(archive / "made", ignore_errors=True)
        return CliRunner().invoke(main, ["build", "--no-pdf", "--no-search", "--site-dir", "made", "--executor", name])

    return run


def test_the_site_is_the_same_however_it_is_made(archive: Path, cluster: str, made: Callable[[str], Result], monkeypatch: pytest.MonkeyPatch) -> None:
    sites, told, sent = {}, {}, []

    def counted(self: Workers, function: Callable[..., object], calls: Sequence[workers.Call]) -> list[workers.Job]:
        sent.append(len(calls))
        return submit(self, function, calls)

    submit = Workers.submit
    monkeypatch.setattr(Workers, "submit", counted)
    for name in ("none", "processes", cluster):
        done = made(name)
        assert done.exit_code == 0, done.output
        *told[name], summary = done.stderr.splitlines()
        assert "bodies 20" in summary
        sites[name] = {file.relative_to(archive): file.read_bytes() for file in sorted((archive / "made").rglob("*")) if file.is_file()}
    assert sites["none"] == sites["processes"] == sites[cluster]
    assert told["none"] == told["processes"] == told[cluster]
    assert len([line for line in told["none"] if "[link-unread]" in line]) == 4
    assert len(sites["none"]) > 20
    assert sent == [7, 7, 6, 0] * 2


@pytest.mark.parametrize(("name", "said"), [("threads", "there is no executor"), ("dask://127.0.0.1:9", "does not answer")])
def test_an_executor_that_cannot_be_used_is_a_wrong_call(
    made: Callable[[str], Result], monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.setattr(workers, "CONNECTING", 0.5)
    done = made(name)
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize(("text", "said"), [("die", "the text ends the program that sets it"), ("slow", "the text takes too long to read")])
def test_a_text_that_takes_its_process_along_is_a_finding(
    archive: Path, made: Callable[[str], Result], monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    def odd(self: Workers, function: Callable[..., object], calls: Sequence[workers.Call]) -> list[workers.Job]:
        return submit(self, odd_body, [(text if "Text 7 of it" in body else "", body, around) for body, around in calls])

    submit = Workers.submit
    monkeypatch.setattr(Workers, "submit", odd)
    monkeypatch.setattr(limits, "SECONDS", 1.0)
    done = made("processes")
    assert done.exit_code == 1
    assert re.search(rf"2024/07\.md.*{said}.*text-time", done.output)
    assert not (archive / "made").exists()
