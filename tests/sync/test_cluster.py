"""Runs on a real dask cluster, and in processes: the same tree, whatever happens to workers."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conftest import Prefix, Quiet, SiteBuilder, carried_out, draw, reasons
from dask_cluster import Cluster, Process, dask_cluster
from filmed_clips import phone_film
from mediakit.base.actions import Failure
from mediakit.base.artifacts import PICTURE, Input, Product
from mediakit.base.errors import UsageError
from mediakit.base.files import DiskFile, FileTree
from mediakit.base.writer import Writer
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.executors import processes as processes_module
from mediakit.executors.vetting import Refusal
from mediakit.executors.workers import Workers, open_executor
from mediakit.images.look import Limits
from mediakit.images.preset import DEFAULT_PRESETS, Truncated
from mediakit.images.recipes.resize import Resize
from mediakit.storage.folder import FolderStaging
from mediakit.storage.s3.storage import BucketStaging, BucketStorage, open_bucket
from mediakit.storage.settings import Headers, S3Settings
from mediakit.sync.run import Job
from mediakit.sync.worker import Delivery, Order, carry_out, refused_workers, require_access
from s3_server import ENVIRONMENT, S3Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.base.actions import Result
    from mediakit.images.recipes import Recipe
    from mediakit.storage.protocol import PictureTree

EXERCISES = ("squat", "bænk", "row")


def build(site: SiteBuilder, names: tuple[str, ...] = EXERCISES, pictures: int = 3) -> SiteBuilder:
    site.root.mkdir(parents=True, exist_ok=True)
    for name in names:
        site.exercise(name, pictures)
    return site


def run(site: SiteBuilder, **overrides: Any) -> Result:
    config = load_config(site.root, Overrides(**{"jobs": 2, **overrides}))
    return carried_out(config, Job(), Quiet())


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> SiteBuilder:
    """Return the site as threads make it."""
    site = build(SiteBuilder(tmp_path_factory.mktemp("reference") / "site"))
    assert run(site).summary.made == 12
    return site


@pytest.fixture(scope="module")
def cluster(s3: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a cluster of two workers, which have the keys of the S3 server."""
    with dask_cluster(tmp_path_factory.mktemp("dask"), 2, keys(s3)) as running:
        yield running


def keys(s3: S3Server) -> dict[str, str]:
    return {**ENVIRONMENT, "AWS_ENDPOINT_URL_S3": s3.url}


@contextlib.contextmanager
def one_more(cluster: Cluster, environment: dict[str, str]) -> Iterator[Process]:
    """Have one more worker on the cluster until the block ends."""
    cluster.add_workers(1, environment)
    try:
        wait_for_threads(cluster, 3)
        yield cluster.workers[-1]
    finally:
        worker = cluster.workers.pop()
        worker.kill()
        worker.wait()
        wait_for_threads(cluster, 2)


@pytest.fixture
def built(site: SiteBuilder) -> SiteBuilder:
    """Return the same site as `reference`, with nothing made."""
    return build(site)


def pictures_of(tree: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in tree.items() if path.endswith(".jpg")}


@pytest.mark.parametrize("who", ["processes", "dask"])
def test_the_same_tree(
    who: str, built: SiteBuilder, reference: SiteBuilder, request: pytest.FixtureRequest
) -> None:
    """Whoever makes the pictures, they and the catalog are the same to the byte."""
    who = request.getfixturevalue("cluster").executor if who == "dask" else who
    result = run(built, executor=who)
    assert (result.problems, result.summary.made) == ((), 12)
    assert built.tree() == reference.tree()
    assert set(reasons(run(built, executor=who)).values()) == {"up to date"}
    assert sorted(path.name for path in built.root.glob(".mediakit/*")) == [
        ".gitignore",
        "cache.db",
    ]


def fill(prefix: Prefix, site: SiteBuilder) -> None:
    """Put the pictures of a site into a bucket, and take them off the disk."""
    target = open_bucket(prefix.url, S3Settings())
    for path, data in pictures_of(site.tree()).items():
        target.put(path, data, Headers("image/jpeg"))
        (site.root / path).unlink()
    target.close()


@pytest.mark.parametrize("who", ["threads", "dask"])
def test_pictures_in_a_bucket(
    who: str,
    built: SiteBuilder,
    reference: SiteBuilder,
    prefix: Prefix,
    request: pytest.FixtureRequest,
) -> None:
    """Sources are read from the bucket, variants put beside them, and nothing is kept on disk."""
    who = request.getfixturevalue("cluster").executor if who == "dask" else who
    fill(prefix, built)
    result = run(built, executor=who, source=prefix.url)
    assert (result.problems, result.summary.made) == ((), 12)
    assert pictures_of(prefix.tree()) == pictures_of(reference.tree())
    assert pictures_of(built.tree()) == {}
    before = built.tree()
    for cache in built.root.glob(".mediakit/*"):
        cache.unlink()  # the catalog has the ETags: a fresh machine reads no picture again
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BucketStaging, "read", lambda _store, file: pytest.fail(f"read {file.path}"))
        again = run(built, source=prefix.url)
    assert set(reasons(again).values()) == {"up to date"}
    assert built.tree() == before
    changed = draw((901, 601), "#00ff00")
    open_bucket(prefix.url, S3Settings()).put(
        "assets/images/row-1.jpg", changed, Headers("image/jpeg")
    )
    third = run(built, executor=who, source=prefix.url)
    assert {path: why for path, why in reasons(third).items() if why != "up to date"} == {
        "assets/images/row-1-320.jpg": "source changed"
    }


def test_what_killed_workers_put_is_known(built: SiteBuilder, prefix: Prefix) -> None:
    """A variant that was put, but not recorded, tells what it was made of: no hand made it."""
    fill(prefix, built)
    real = BucketStaging.land
    landed: list[str] = []

    def land(store: BucketStaging, path: str, place: str, tree: PictureTree) -> None:
        real(store, path, place, tree)
        landed.append(path)
        if len(landed) == 4:
            raise SystemExit  # as if the client had died between the put and its record

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BucketStaging, "land", land)
        with pytest.raises(SystemExit):
            run(built, source=prefix.url, jobs=1)  # few are under way, and end
    for path in (*built.root.glob(".mediakit/*"), built.root / "media.json"):
        path.unlink()  # nothing but the bucket is left
    result = run(built, source=prefix.url)
    found = list(reasons(result).values())
    assert found.count("up to date") >= 4
    assert set(found) == {"up to date", "new"}


def start(site: SiteBuilder, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "mediakit", "generate", *arguments],
        cwd=site.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for_variants(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    while process.poll() is None and len(list(folder.rglob("*-320.jpg"))) < count:
        time.sleep(0.05)


def test_a_killed_worker_loses_nothing(
    cluster: Cluster, s3: S3Server, built: SiteBuilder, reference: SiteBuilder, prefix: Prefix
) -> None:
    """One of three workers is killed in the middle: the others do its work."""
    fill(prefix, built)
    with one_more(cluster, keys(s3)) as worker:
        process = start(built, "--executor", cluster.executor, "--source", prefix.url)
        wait_for_variants(prefix.folder, 2, process)
        worker.kill()
        out, err = process.communicate(timeout=300)
    assert process.returncode == 0, (out, err)
    assert "failed" not in out
    assert pictures_of(prefix.tree()) == pictures_of(reference.tree())


def wait_for_no_tasks(cluster: Cluster) -> None:
    from distributed import Client  # noqa: PLC0415 - takes a second

    with Client(cluster.address, set_as_default=False) as client:
        end = time.monotonic() + 120
        while client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)):
            assert time.monotonic() < end
            time.sleep(0.2)


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGKILL])
def test_a_client_that_is_stopped(
    name: signal.Signals, cluster: Cluster, site: SiteBuilder, prefix: Prefix
) -> None:
    """Ctrl-C and kill -9 leave no task on the cluster, and the next run goes on from there."""
    build(site, tuple(f"ex{number}" for number in range(8)), 4)
    fill(prefix, site)
    process = start(site, "--executor", cluster.executor, "--source", prefix.url)
    wait_for_variants(prefix.folder, 3, process)
    process.send_signal(name)
    out, err = process.communicate(timeout=300)
    if name == signal.SIGINT:
        assert process.returncode == 130, (out, err)
        assert "interrupted" in err
        assert "Traceback" not in err
    wait_for_no_tasks(cluster)
    result = run(site, executor=cluster.executor, source=prefix.url)
    assert result.problems == ()
    assert set(reasons(result).values()) == {"new", "up to date"}
    assert set(reasons(run(site, source=prefix.url)).values()) == {"up to date"}


def crash_at(site: SiteBuilder, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each worker process die at this picture."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal\n"
        "from mediakit.sync import worker\n"
        "real = worker.read_inputs\n"
        "def read_inputs(store, inputs, widest):\n"
        "    if any(b'CRASH' in (store.read(each) or b'') for each in inputs):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(store, inputs, widest)\n"
        "worker.read_inputs = read_inputs\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    picture = site.root / "assets/images" / name
    picture.write_bytes(picture.read_bytes() + b"CRASH")


def test_a_decoder_that_crashes(
    built: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In processes, a picture at which the decoder crashes fails alone, and is named."""
    crash_at(built, "row-1.jpg", tmp_path, monkeypatch)
    result = run(built, executor="processes")
    assert [(each.code, each.path) for each in result.problems] == [
        ("worker-lost", "_exercises/row.md")
    ]
    assert "row-1-320.jpg was not made" in result.problems[0].message
    assert (result.summary.made, result.summary.failed) == (11, 1)


@pytest.mark.parametrize("where", ["probe_film", "still_of"])
def test_a_film_that_crashes_ffmpeg(
    where: str, built: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is looked at, or as it is made a clip: it is told once, and all others are made."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os\n"
        "from mediakit.images import filmed\n"
        f"real = filmed.{where}\n"
        f"def {where}(data, *more):\n"
        "    if b'CRASH' in data:\n"
        "        os.abort()\n"
        "    return real(data, *more)\n"
        f"filmed.{where} = {where}\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    built.write("mediakit.toml", "[clips.loops]\n[presets.teaser]\nwidth = 48\n")
    for name in EXERCISES:
        more = b"CRASH" * (name == "row")
        built.write(f"assets/images/{name}-9.mov", phone_film() + more)
        text = f"---\ntitle: A\ngallery:\n  - image_path: /assets/images/{name}-9.mov\n---\n"
        built.write(f"_exercises/film-{name}.md", text)
    result = run(built, executor="processes")
    told = [each for each in result.problems if each.severity == "error"]
    code = "unreadable-picture" if where == "probe_film" else "worker-lost"
    assert [(each.path, each.code) for each in told] == [("_exercises/film-row.md", code)]
    assert "row-9.mov" in told[0].message
    assert "two worker processes died at it" in told[0].message
    clips = {path for path in built.tree() if path.endswith("-clip.mp4")}
    assert clips == {f"assets/images/{name}-9-clip.mp4" for name in EXERCISES if name != "row"}
    assert f"assets/images/{EXERCISES[0]}-0-320.jpg" in built.tree()


def test_no_process_in_place_of_one_that_died(
    built: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies at the limit of processes ends the run, with words; again goes on."""
    crash_at(built, "row-1.jpg", tmp_path, monkeypatch)
    start = processes_module._Worker.start
    begun = itertools.count()

    def refuse(worker: processes_module._Worker) -> None:
        if next(begun) >= 2:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        start(worker)

    with monkeypatch.context() as patch:
        patch.setattr(processes_module._Worker, "start", refuse)
        with pytest.raises(UsageError, match="no worker process can be started: Resource"):
            run(built, executor="processes")
    result = run(built)
    assert result.problems == ()
    assert set(reasons(result).values()) == {"new", "up to date"}


def test_messages_hold_no_pixels(tmp_path: Path) -> None:
    """What goes to a worker and back stays small, however large the picture is."""
    picture = draw((3000, 2000), "#993366", quality=95)
    (tmp_path / "a.jpg").write_bytes(picture)
    file = FileTree(tmp_path).find("a.jpg")
    assert isinstance(file, DiskFile)
    store = FolderStaging("", str(tmp_path))
    inputs = (Input(PICTURE, "a.jpg", sha256="0" * 64),)
    products = tuple(
        Product(f"a{preset.suffix}.jpg", preset.name, inputs) for preset in DEFAULT_PRESETS
    )
    resize = Resize(DEFAULT_PRESETS)
    recipes: dict[str, Recipe] = dict.fromkeys(resize.names, resize)
    limits = Limits(10**8, Truncated.ERROR)
    order = Order(store, (file,), products, recipes, 1920, limits, keep_grey=False)
    delivery = carry_out(pickle.loads(pickle.dumps(order)))  # noqa: S301 - our own bytes
    assert isinstance(delivery, Delivery)
    assert len(delivery.results) == 5
    assert len(pickle.dumps(order)) < 2000 < len(picture)
    assert len(pickle.dumps(delivery)) < 2000


class Machines:
    """A cluster of two machines, of which one has the folder of the site."""

    address = "dask:tcp://s:1"

    def __init__(self, elsewhere: FolderStaging) -> None:
        self._elsewhere = elsewhere
        self.hint = ""
        self.refused: dict[str, Refusal] = {}

    def require(self, check: Any, *args: object, hint: str) -> None:
        assert check(*args) == ""
        self.refused = {"tcp://b:2": Refusal(self._elsewhere.probe(*map(str, args)), hint)}


def test_workers_that_do_not_see_the_folder(tmp_path: Path) -> None:
    """A machine without the shared folder is named in one warning, with what to do."""
    store = FolderStaging("", str(tmp_path))
    machines = Machines(FolderStaging("", str(tmp_path / "elsewhere")))
    with open_executor(1) as executor:
        workers = Workers(executor, lambda: 1, machines)
        require_access(workers, store)
        (problem,) = refused_workers(workers)
    assert (problem.path, problem.code) == ("dask:tcp://s:1", "worker-refused")
    assert "1 worker was given nothing to do: tcp://b:2 does not see the folder" in problem.message
    assert "--source s3://" in problem.hint
    store.clear()
    assert list(tmp_path.iterdir()) == []


def test_many_refused_workers(tmp_path: Path) -> None:
    """One line tells of a hundred, and names some."""
    machines = Machines(FolderStaging("", str(tmp_path)))
    machines.refused = {f"tcp://b:{port}": Refusal("is blind", "mend it") for port in range(100)}
    with open_executor(1) as executor:
        (problem,) = refused_workers(Workers(executor, lambda: 1, machines))
    assert problem.message.startswith("100 workers were given nothing to do: tcp://b:0 is blind; ")
    assert problem.message.endswith("; and 95 more")
    assert problem.hint == "mend it"


def test_workers_that_may_not_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seeing the folder is not enough: variants are written there."""
    store = FolderStaging("", str(tmp_path))
    mark = store.mark()

    def refuse(_writer: Writer, _data: bytes) -> Path:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Writer, "stage", refuse)
    assert store.probe(mark) == f"cannot write into the folder {tmp_path}: Permission denied"


def test_workers_that_may_not_write_into_the_bucket(
    prefix: Prefix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same of a bucket, where nothing is left of the question."""
    store = BucketStaging(prefix.url, S3Settings(), ())
    assert store.probe(store.mark()) == ""
    assert prefix.tree() == {}
    failure = Failure("put-failed", "Access Denied")
    monkeypatch.setattr(BucketStorage, "put", lambda *_: failure)
    assert store.probe(store.mark()) == "cannot write into the bucket: Access Denied"


def test_a_machine_that_gets_no_work(
    cluster: Cluster, tmp_path: Path, built: SiteBuilder, reference: SiteBuilder
) -> None:
    """Beside one that makes other bytes the run ends as ever, and the warning names it."""
    fake = tmp_path / "path" / "pillow-0.0.1.dist-info"
    fake.mkdir(parents=True)
    (fake / "METADATA").write_text("Metadata-Version: 2.1\nName: pillow\nVersion: 0.0.1\n")
    with one_more(cluster, {"PYTHONPATH": str(fake.parent)}):
        result = run(built, executor=cluster.executor)
    assert [each.code for each in result.problems] == ["worker-refused"]
    assert "has other versions: pillow 0.0.1, here" in result.problems[0].message
    assert result.summary.made == 12
    assert built.tree() == reference.tree()


def test_a_machine_that_does_not_see_the_site(
    cluster: Cluster, tmp_path: Path, built: SiteBuilder, reference: SiteBuilder
) -> None:
    """A run asks each machine for its folder: one that does not have it gets nothing to do."""
    blind = tmp_path / "blind"
    blind.mkdir()
    (blind / "sitecustomize.py").write_text(
        "import pathlib\n"
        "real = pathlib.Path.exists\n"
        "pathlib.Path.exists = lambda path: '.mediakit' not in path.parts and real(path)\n"
    )
    with one_more(cluster, {"PYTHONPATH": str(blind)}):
        result = run(built, executor=cluster.executor)
    assert [each.code for each in result.problems] == ["worker-refused"]
    assert "does not see the folder" in result.problems[0].message
    assert result.summary.made == 12
    assert built.tree() == reference.tree()


def wait_for_threads(cluster: Cluster, count: int) -> None:
    from distributed import Client  # noqa: PLC0415 - takes a second

    with Client(cluster.address, set_as_default=False) as client:
        end = time.monotonic() + 300
        while len(client.scheduler_info()["workers"]) != count and time.monotonic() < end:
            time.sleep(0.05)


@pytest.mark.parametrize(
    ("source", "message"),
    [("ftp://x/y", "no such kind of source"), ("nowhere", "no such folder"), ("s3:x", "not a")],
)
def test_sources_that_are_none(built: SiteBuilder, source: str, message: str) -> None:
    """A wrong --source is told before anything is made."""
    with pytest.raises(UsageError, match=message):
        run(built, source=source)
    assert not (built.root / "media.json").exists()


def test_another_folder(tmp_path: Path, built: SiteBuilder, reference: SiteBuilder) -> None:
    """Pictures outside of the site: variants are made there, and nothing is left over."""
    elsewhere = SiteBuilder(tmp_path / "elsewhere")
    for path, data in pictures_of(built.tree()).items():
        elsewhere.write(path, data)
        (built.root / path).unlink()
    result = run(built, source=str(elsewhere.root))
    assert (result.problems, result.summary.made) == ((), 12)
    assert elsewhere.tree() == pictures_of(reference.tree())
    assert not (elsewhere.root / ".mediakit").exists()
    assert set(reasons(run(built, source=str(elsewhere.root))).values()) == {"up to date"}


def test_a_scheduler_that_goes(tmp_path: Path, site: SiteBuilder, prefix: Prefix) -> None:
    """A cluster that ends in the middle ends the run with a message; the next one goes on."""
    build(site, tuple(f"ex{number}" for number in range(8)), 4)
    fill(prefix, site)
    with dask_cluster(tmp_path, 1) as cluster:
        process = start(site, "--executor", cluster.executor, "--source", prefix.url)
        wait_for_variants(prefix.folder, 3, process)
        cluster.scheduler.kill()
        out, err = process.communicate(timeout=300)
    assert process.returncode == 2, (out, err)
    assert "the cluster's scheduler has gone" in err
    assert "Traceback" not in err
    result = run(site, source=prefix.url)
    assert result.problems == ()
    assert set(reasons(result).values()) == {"new", "up to date"}


def test_terminate_with_processes(site: SiteBuilder, tmp_path: Path) -> None:
    """SIGTERM ends a run whose worker never ends its picture, and that worker with it."""
    site.exercise("squat", 1)
    (tmp_path / "sitecustomize.py").write_text(
        "import os, pathlib, time\n"
        "from mediakit.sync import worker as work\n"
        "def made_of(*_given):\n"
        f"    pathlib.Path({str(tmp_path)!r}, 'at-work').write_text(str(os.getpid()))\n"
        "    time.sleep(600)\n"
        "work.made_of = made_of\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "mediakit", "generate", "--executor", "processes"],
        cwd=site.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    note = tmp_path / "at-work"
    while not (note.exists() and note.read_text()):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    try:
        _, err = process.communicate(timeout=100)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in err
    end = time.monotonic() + 60
    while is_alive(int(note.read_text())) and time.monotonic() < end:
        time.sleep(0.05)
    assert not is_alive(int(note.read_text()))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_ctrl_c_with_processes(site: SiteBuilder) -> None:
    """A terminal's Ctrl-C reaches the worker processes too: they leave it to the run."""
    build(site, tuple(f"ex{number}" for number in range(8)), 4)
    process = subprocess.Popen(
        [sys.executable, "-m", "mediakit", "generate", "--executor", "processes"],
        cwd=site.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    wait_for_variants(site.root, 2, process)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    result = run(site)
    assert result.problems == ()
    assert set(reasons(result).values()) == {"new", "up to date"}
