"""Fixtures: pictures that are drawn, and sites that are built of them."""

from __future__ import annotations

import functools
import gc
import hashlib
import io
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from PIL import Image, ImageDraw

from mediakit.base.actions import Kind, Status
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides
from mediakit.sync.publish import Publisher
from mediakit.sync.run import Job, Run
from mediakit.sync.session import Access, open_session
from processes import Nursery
from s3_server import BUCKET, ENVIRONMENT, KEY, SECRET, S3Server, s3_server
from video_site import fake, videos

__all__ = ["fake", "videos"]

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from mediakit.base.actions import Outcome, Result
    from mediakit.config.config import Config
    from mediakit.sync.fetch import Fetch
    from mediakit.sync.session import Progress

# how long an example takes is the machine's matter; laws with many cases ask for more than these
settings.register_profile("mediakit", deadline=None, max_examples=40)
settings.load_profile("mediakit")

SHARED = Path(__file__).parents[2] / "shared"

# cases and corpus of the workplace: run where they are, not needed elsewhere
collect_ignore_glob = [] if (SHARED / "cases").is_dir() else ["shared/*"]


@functools.lru_cache(maxsize=500)  # the same few are drawn again and again
def draw(
    size: tuple[int, int] = (900, 600),
    colour: str = "#3366cc",
    kind: str = "JPEG",
    mode: str = "RGB",
    **options: Any,
) -> bytes:
    """Return a picture's bytes: a diagonal and a disc on a colour."""
    image = Image.new("RGB", size, colour)
    pen = ImageDraw.Draw(image)
    pen.line((0, 0, *size), fill="white", width=max(1, size[0] // 40))
    pen.ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), fill="#cc3333")
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


def exercise(
    name: str, pictures: int = 2, *, overlay: bool = True, folder: str = "assets/images"
) -> str:
    """Return the text of an exercise in the usual form."""
    lines = ["---", f'title: "{name}"', "header:"]
    if overlay:
        lines.append(f"  overlay_image: /{folder}/{name}-0.jpg")
    lines += [f"  teaser: /{folder}/{name}-0-320.jpg", "gallery:"]
    for number in range(pictures):
        lines += [
            f"  - url: /{folder}/{name}-{number}.jpg",
            f"    image_path: /{folder}/{name}-{number}-320.jpg",
            f'    alt: "{name}, {number}"',
        ]
    return "\n".join([*lines, "---", "", "Text.", ""])


def carried_out(
    config: Config,
    job: Job,
    progress: Progress,
    command: str = "generate",
    fetch: Fetch | None = None,
) -> Result:
    """Do a job in a session of its own."""
    with open_session(config, Access.LOOK if job.dry_run else Access.WRITE) as session:
        run = Run(session, job, progress)
        return run.sync(fetch) if command == "sync" else run.generate()


class Quiet:
    """A progress that shows nothing."""

    def begin(self, total: int) -> None:
        pass

    def step(self, outcome: Outcome) -> None:
        pass


@dataclass
class SiteBuilder:
    """A site in a temporary folder."""

    root: Path

    def write(self, path: str, data: str | bytes) -> Path:
        """Write a file, and return where it is."""
        where = self.root / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(data.encode() if isinstance(data, str) else data)
        return where

    def exercise(self, name: str, pictures: int = 2, **options: Any) -> None:
        """Write an exercise and its pictures."""
        self.write(f"_exercises/{name}.md", exercise(name, pictures, **options))
        for number in range(pictures):
            colour = f"#{(number * 40) % 256:02x}66{(len(name) * 17) % 256:02x}"
            self.write(f"assets/images/{name}-{number}.jpg", draw(colour=colour))

    def run(self, command: str = "generate", *, target: str | None = None, **job: Any) -> Result:
        """Run `generate`, or `sync` with `fetch` for its videos."""
        config = load_config(self.root, Overrides(target=target, jobs=2))
        fetch = job.pop("fetch", None)
        return carried_out(config, Job(**job), Quiet(), command, fetch)

    def tree(self, folder: str = "") -> dict[str, bytes]:
        """Return all files by path, without the cache."""
        base = self.root / folder
        return {
            path.relative_to(base).as_posix(): path.read_bytes()
            for path in sorted(base.rglob("*"))
            if path.is_file()
            and not path.relative_to(self.root).as_posix().startswith(".mediakit/")
        }


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs be an hour after all that is written."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 3600 * 10**9)


def reasons(result: Result, place: str = "site") -> dict[str, str]:
    """Return the reason of each action on variants or objects, by path."""
    return {
        outcome.action.path: str(outcome.action.reason)
        for outcome in result.outcomes
        if outcome.action.place == place and outcome.action.kind is not Kind.DESCRIBE
    }


def described(result: Result) -> dict[str, Status]:
    """Return how the description of each source ended, by path."""
    return {
        outcome.action.path: outcome.status
        for outcome in result.outcomes
        if outcome.action.kind is Kind.DESCRIBE
    }


def pytest_collection_finish() -> None:
    """Have the collector of cycles pass over what is collected, and look at the rest less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 10)


@pytest.fixture(scope="session", autouse=True)
def _signals_count() -> None:
    """Let what tests start take signals, also where the tests run in the background, or by nohup.

    What is ignored would be ignored by them too; what has a handler is not.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None and signal.getsignal(hangup) is signal.SIG_IGN:
        signal.signal(hangup, lambda *_: None)


@pytest.fixture(scope="session", autouse=True)
def _own_state() -> Iterator[None]:
    """Keep what mediakit has of a user out of the home of who runs the tests."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", folder)
        yield


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory, _own_state: None) -> Iterator[Nursery]:
    """Return what starts runs quickly, in processes of their own."""
    with Nursery(tmp_path_factory.mktemp("nursery")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser, where one is installed."""
    from seen import chromium  # noqa: PLC0415 - takes its time, and few tests need it

    yield from chromium()


@pytest.fixture(scope="session", autouse=True)
def _nobody_is_asked() -> Iterator[None]:
    """Keep tests from YouTube and Vimeo: those of videos have a fake, and undo this."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDIAKIT_NO_VIDEOS", "1")
        yield


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """Return a running S3 server without buckets.

    All clients of it read what boto3 knows of AWS once: it takes each one longer than a sync.
    """
    import botocore.session  # noqa: PLC0415 - takes its time, and few tests need it

    with s3_server(tmp_path_factory.mktemp("s3")) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            botocore.session, "create_loader", functools.cache(botocore.session.create_loader)
        )
        yield server


@dataclass(frozen=True)
class Prefix:
    """A prefix of a bucket that nobody else uses: its address, and the folder behind it."""

    url: str
    folder: Path
    access: tuple[str, str, str]
    """The server's address, and the two keys."""

    def tree(self) -> dict[str, bytes]:
        """Return the objects by key."""
        return SiteBuilder(self.folder).tree()


@pytest.fixture
def prefix(s3: S3Server, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Prefix:
    """Return a new prefix, with credentials and endpoint in the environment."""
    for name, value in {**ENVIRONMENT, "AWS_ENDPOINT_URL_S3": s3.url}.items():
        monkeypatch.setenv(name, value)
    digest = hashlib.sha256(request.node.nodeid.encode()).hexdigest()
    return Prefix(f"s3://{BUCKET}/{digest[:20]}", s3.folder / digest[:20], (s3.url, KEY, SECRET))


@dataclass(frozen=True)
class CutOff:
    """A target at which a sync was cut off before it put its catalog, and the folder behind it."""

    target: str
    folder: Path

    def tree(self) -> dict[str, bytes]:
        """Return the objects by key."""
        return SiteBuilder(self.folder).tree()


@pytest.fixture(params=["folder", "bucket"])
def cut_off(site: SiteBuilder, tmp_path: Path, request: pytest.FixtureRequest) -> CutOff:
    """Return the target of a sync that was cut off; the site has two exercises, squat and row."""
    there = CutOff(str(tmp_path / "out"), tmp_path / "out")
    if request.param == "bucket":
        prefix: Prefix = request.getfixturevalue("prefix")
        there = CutOff(prefix.url, prefix.folder)
    site.exercise("squat", 2)
    site.exercise("row", 1)

    def end(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Publisher, "_put_catalog", end)
        with pytest.raises(KeyboardInterrupt):
            site.run("sync", target=there.target)
    assert "media.json" not in there.tree()
    return there


@pytest.fixture
def site(tmp_path: Path) -> SiteBuilder:
    """Return an empty site."""
    root = tmp_path / "site"
    root.mkdir()
    return SiteBuilder(root)
