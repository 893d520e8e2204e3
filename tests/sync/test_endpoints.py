"""Who is sent credentials: flags and the environment say it, a file of the site does not."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from mediakit.cli.main import main
from mediakit.config.config import load_config
from mediakit.config.overrides import Overrides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Prefix, SiteBuilder

SAFE = "https://minio.example.com"


class Trap:
    """A server that a file names; it hears nothing if all is well."""

    def __init__(self, server: socket.socket) -> None:
        self._server = server
        self.url = f"http://127.0.0.1:{server.getsockname()[1]}"

    @property
    def was_asked(self) -> bool:
        self._server.setblocking(False)  # noqa: FBT003 - the socket's own
        try:
            self._server.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def trap() -> Iterator[Trap]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Trap(server)


@pytest.fixture
def squat(site: SiteBuilder, monkeypatch: pytest.MonkeyPatch) -> SiteBuilder:
    site.exercise("squat")
    monkeypatch.chdir(site.root)
    return site


def name_endpoint(site: SiteBuilder, url: str, more: str = "") -> None:
    site.write("mediakit.toml", f'[s3]\nendpoint = "{url}"\n{more}')


def test_the_environment_wins(squat: SiteBuilder, prefix: Prefix, trap: Trap) -> None:
    """The server of the variable gets the objects; that of the file is not asked once."""
    name_endpoint(squat, trap.url)
    assert main(["sync", "--target", prefix.url]) == 0
    assert main(["verify", "--target", prefix.url]) == 0
    assert "media.json" in prefix.tree()
    assert not trap.was_asked


def test_a_flag_wins(
    squat: SiteBuilder, prefix: Prefix, trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the command line says counts more than variables and the file."""
    server = prefix.access[0]
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", trap.url)
    name_endpoint(squat, trap.url)
    assert main(["sync", "--target", prefix.url, "--s3-endpoint", server]) == 0
    monkeypatch.setenv("MEDIAKIT_S3_ENDPOINT", server)
    assert main(["verify", "--target", prefix.url]) == 0
    assert not trap.was_asked


def test_a_profile_wins(
    squat: SiteBuilder, prefix: Prefix, trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile of the user that has an endpoint is sent there, whatever the file says."""
    server, key, secret = prefix.access
    lines = (
        "[profile media]", f"endpoint_url = {server}", "region = us-east-1",
        f"aws_access_key_id = {key}", f"aws_secret_access_key = {secret}",
    )  # fmt: skip
    config = squat.root.parent / "aws"
    config.write_text("\n".join(lines))
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    name_endpoint(squat, trap.url, 'profile = "media"\n')
    assert main(["sync", "--target", prefix.url]) == 0
    assert "media.json" in prefix.tree()
    assert not trap.was_asked


@pytest.mark.parametrize("command", [["sync"], ["sync", "--dry-run"], ["verify"]])
def test_a_file_alone_sends_credentials_nowhere(
    command: list[str],
    squat: SiteBuilder,
    prefix: Prefix,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where nobody else names a server, that of the file is refused, with what to do."""
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3")
    name_endpoint(squat, SAFE)
    assert main([*command, "--target", prefix.url]) == 2
    said = capsys.readouterr().err
    assert "mediakit.toml:2: s3.endpoint: a file of the site may not choose" in said
    assert f"set AWS_ENDPOINT_URL_S3={SAFE}" in said


def test_commands_without_a_bucket_do_not_mind(squat: SiteBuilder) -> None:
    """Who has no keys can look at the site and make its pictures."""
    name_endpoint(squat, SAFE)
    squat.write("mediakit.toml", f'target = "s3://bucket/x"\n[s3]\nendpoint = "{SAFE}"\n')
    assert main(["generate"]) == 0
    assert main(["list"]) == 0


def test_a_server_on_this_machine(
    squat: SiteBuilder, prefix: Prefix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file may name one: what is sent stays here."""
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3")
    name_endpoint(squat, prefix.access[0])
    assert main(["sync", "--target", prefix.url]) == 0
    assert "media.json" in prefix.tree()


@pytest.mark.parametrize(
    ("variable", "key"),
    [
        ("AWS_PROFILE", "profile"), ("AWS_DEFAULT_PROFILE", "profile"),
        ("AWS_ACCESS_KEY_ID", "profile"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "profile"),
        ("AWS_REGION", "region"), ("AWS_DEFAULT_REGION", "region"),
        ("AWS_ENDPOINT_URL", "endpoint"), ("AWS_ENDPOINT_URL_S3", "endpoint"),
    ],
)  # fmt: skip
def test_variables_of_aws_win(
    variable: str, key: str, site: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they say is not taken from the file; an empty variable says nothing."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    lines = {"endpoint": "http://localhost:1", "region": "eu-north-1", "profile": "theirs"}
    site.write("mediakit.toml", "[s3]\n" + "".join(f'{k} = "{v}"\n' for k, v in lines.items()))
    monkeypatch.setenv(variable, "")
    assert str(getattr(load_config(site.root).s3, key)) == lines[key]
    monkeypatch.setenv(variable, "ours")
    assert getattr(load_config(site.root).s3, key) is None
    flag = Overrides(s3_endpoint="https://x", s3_region="https://x", s3_profile="https://x")
    assert str(getattr(load_config(site.root, flag).s3, key)) == "https://x"


def test_acl_of_a_flag(site: SiteBuilder) -> None:
    """An option or its variable counts more than the file's."""
    site.write("mediakit.toml", '[s3]\nacl = "public-read-write"\n')
    assert load_config(site.root, Overrides(s3_acl="private")).s3.acl == "private"


def test_the_endpoint_is_told(
    squat: SiteBuilder, prefix: Prefix, capsys: pytest.CaptureFixture[str]
) -> None:
    """The plan says which server is asked, as text and as JSON, and so does config."""
    server = prefix.access[0]
    assert main(["sync", "--dry-run", "--target", prefix.url]) == 0
    assert capsys.readouterr().out.startswith(f"target   {prefix.url} at {server}\n")
    assert main(["sync", "--target", prefix.url, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["endpoint"] == server
    assert main(["verify", "--target", prefix.url, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["endpoint"] == server
    name_endpoint(squat, SAFE)
    assert main(["config", "s3.endpoint"]) == 0
    assert f'= "{server}"' in (said := capsys.readouterr().out)
    assert said.rstrip().endswith("# AWS_ENDPOINT_URL_S3")
    assert main(["config", "s3.endpoint", "--s3-endpoint", "https://x.org"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("# --s3-endpoint")


@pytest.mark.usefixtures("squat")
def test_a_word_that_is_no_endpoint(prefix: Prefix, capsys: pytest.CaptureFixture[str]) -> None:
    """A slip on the command line is said before anything is sent."""
    assert main(["sync", "--target", prefix.url, "--s3-endpoint", "minio.example.com"]) == 2
    assert "is no endpoint" in capsys.readouterr().err
