from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Prefix, SiteBuilder
from mediakit.base.redaction import redacted
from processes import Done, Nursery
from s3_server import ENVIRONMENT, S3Server, free_port

PLANTED = {
    "AWS_SESSION_TOKEN": "planted-session-8f2d6c",
    "CLOUDFLARE_API_TOKEN": "planted-cloudflare-71ab",
    "GITHUB_TOKEN": "ghp_planted9d1e5a7c",
    "ACTIONS_RUNTIME_TOKEN": "planted-runtime-4c9e",
    "YOUTUBE_COOKIES": "SID=planted-cookie-55e1",
    "VIMEO_API_KEY": "planted-vimeo-key-3b",
}
USER, PASSWORD = "planted-user", "planted-pass%2Fword"
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIAPLANTED0EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "planted/secret+key/0000000000000000000000",
}
CDN = '[cdn]\nbase_url = "https://cdn.example"\ncloudflare_zone = "zone"\ncloudfront = "E1"\n'


@pytest.fixture
def site(tmp_path: Path) -> SiteBuilder:
    site = SiteBuilder(tmp_path / "site")
    site.exercise("squat", 1)
    site.write("_exercises/video.md", "---\ntitle: a\nvideo:\n  id: aIZuK2cX4FA\n---\n")
    return site


def planted_in(data: bytes | str) -> list[str]:
    data = data.encode() if isinstance(data, str) else data
    values = [*PLANTED.values(), *KEYS.values(), USER, PASSWORD, "planted-pass/word"]
    return [value for value in values if value.encode() in data]


class Runner(Protocol):
    def __call__(self, args: list[str], **environment: str) -> Done: ...


@pytest.fixture
def run(site: SiteBuilder, nursery: Nursery) -> Runner:
    """Return what runs a command with planted values around it, and looks for them everywhere."""

    def carried_out(args: list[str], **environment: str) -> Done:
        summary = site.root.parent / "summary.md"
        inherited = {
            name: value for name, value in os.environ.items() if "proxy" not in name.lower()
        }
        values = {
            **inherited, **ENVIRONMENT, **KEYS, **PLANTED, "GITHUB_STEP_SUMMARY": str(summary),
            "AWS_MAX_ATTEMPTS": "1", **environment,
        }  # fmt: skip
        done = nursery.start(site.root, *args, environment=values).wait()
        assert planted_in(done.out) == []
        assert planted_in(done.err) == [], done.err
        for path in site.root.parent.rglob("*"):
            assert not path.is_file() or planted_in(path.read_bytes()) == [], path
        return done

    return carried_out


def test_success_leaves_no_secret(prefix: Prefix, run: Runner) -> None:
    """A sync that works: no output, cache, catalog, page or object has a planted value."""
    real = {name: ENVIRONMENT[name] for name in KEYS}
    endpoint = os.environ["AWS_ENDPOINT_URL_S3"]
    given = {**real, "AWS_ENDPOINT_URL_S3": endpoint, "MEDIAKIT_NO_VIDEOS": "1"}
    done = run(["sync", "-v", "--target", prefix.url, "--debug"], **given)
    assert done.code == 0, done.err
    for args in (["gallery", "page"], ["dupes", "--html", "d.html"], ["check", "--format", "json"]):
        run(args)
    run(["config"], **given)
    run(["verify", "--deep", "all", "--target", prefix.url], **given)
    assert prefix.tree()
    for data in prefix.tree().values():
        assert planted_in(data) == []


@pytest.mark.parametrize("more", [[], ["--debug"], ["--format", "json"], ["--format", "github"]])
def test_an_endpoint_that_does_not_answer(more: list[str], run: Runner) -> None:
    """A password in the endpoint's address is not in what is said of it, nor in a traceback."""
    endpoint = f"http://{USER}:{PASSWORD}@127.0.0.1:{free_port()}"
    done = run(
        ["sync", "--no-videos", "--target", "s3://bucket/x", *more],
        AWS_ENDPOINT_URL_S3=endpoint,
    )  # fmt: skip
    assert done.code in {1, 2}
    assert "127.0.0.1" in done.err
    assert ("Traceback" in done.err) == (more == ["--debug"])


@pytest.mark.parametrize("more", [[], ["--debug"]])
def test_a_wrong_key(more: list[str], s3: S3Server, run: Runner) -> None:
    """What a server says of keys that it does not know is shown without them."""
    done = run(
        ["sync", "--no-videos", "--target", "s3://bucket/x", *more],
        AWS_ENDPOINT_URL_S3=s3.url,
    )  # fmt: skip
    assert done.code in {1, 2}
    assert done.err


@pytest.mark.parametrize("more", [[], ["--debug"]])
def test_a_token_with_a_line_end(more: list[str], s3: S3Server, run: Runner) -> None:
    """A value that no header can hold is refused by libraries that quote it: not by us."""
    broken = {"AWS_SESSION_TOKEN": PLANTED["AWS_SESSION_TOKEN"] + "\nx\n"}
    done = run(
        ["sync", "--no-videos", "--target", "s3://bucket/x", *more],
        AWS_ENDPOINT_URL_S3=s3.url, **broken,
    )  # fmt: skip
    assert done.code in {1, 2}


def test_a_cache_that_does_not_answer(site: SiteBuilder, prefix: Prefix, run: Runner) -> None:
    """A purge that fails says so without its token."""
    site.write("mediakit.toml", CDN)
    real = {name: ENVIRONMENT[name] for name in KEYS}
    given = {
        **real, "AWS_ENDPOINT_URL_S3": os.environ["AWS_ENDPOINT_URL_S3"],
        "AWS_ENDPOINT_URL_CLOUDFRONT": f"http://{USER}:{PASSWORD}@127.0.0.1:{free_port()}",
        "CLOUDFLARE_API_TOKEN": PLANTED["CLOUDFLARE_API_TOKEN"] + "\nx",
    }  # fmt: skip
    command = ["sync", "--no-videos", "--target", prefix.url]
    run(command, **given)
    site.exercise("squats", 1)
    (site.root / "_exercises/squats.md").rename(site.root / "_exercises/squat.md")
    site.write("assets/images/squat-0.jpg", (site.root / "assets/images/squats-0.jpg").read_bytes())
    site.exercise("squat", 1)
    site.write("mediakit.toml", CDN + '[[headers]]\nmatch = "*"\ncache_control = "max-age=9"\n')
    done = run(command, **given)
    assert "purge-failed" in done.err


@pytest.mark.parametrize(
    "target",
    [
        f"s3://{USER}:{PASSWORD}@bucket/x",
        f"ftp://{USER}:{PASSWORD}@host/x",
        f"https://{USER}:{PASSWORD}@host/x",
    ],
)
def test_a_password_in_a_target(target: str, run: Runner) -> None:
    """An address that is refused is named without the user in it."""
    for args in (["sync", "--target", target], ["generate", "--source", target]):
        assert run(args).code == 2
    run(["config", "target"], MEDIAKIT_TARGET=target)
    run(["config", "--format", "json"], MEDIAKIT_TARGET=target)


@pytest.mark.parametrize("password", [PASSWORD, "planted-pass/word"])
def test_a_proxy_with_a_password(password: str, site: SiteBuilder, run: Runner) -> None:
    """What cannot be had by way of a proxy is told without its user, in reports and histories."""
    proxy = f"http://{USER}:{password}@127.0.0.1:{free_port()}"
    given = {"HTTPS_PROXY": proxy, "https_proxy": proxy, "MEDIAKIT_NO_VIDEOS": ""}
    for args in (["videos", "check", "--thorough"], ["videos", "fetch", "--debug"]):
        done = run(args, **given)
        assert done.code in {0, 1, 3}, done.err
    site.write("_exercises/remote.md", "---\ngallery:\n - url: https://host.example/a.jpg\n---\n")
    run(["check", "--remote"], **given)


@given(st.text(), st.text(min_size=6), st.text())
def test_redaction(before: str, secret: str, after: str) -> None:
    """A secret of the environment is in no text, stripped or not; what is no secret stays."""
    assert secret not in redacted(f"{before}{secret}{after}", {"MY_TOKEN": secret})
    assert redacted("https://host/a@b c@d", {}) == "https://host/a@b c@d"
