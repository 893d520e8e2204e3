"""Answers as they come over a connection: read as Python's own client reads them, in any pieces."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from mediakit.base.patient_socket import ExchangeLimits
from mediakit.storage.s3.line import Line
from mediakit.storage.s3.steps import finish

if TYPE_CHECKING:
    from mediakit.storage.s3.answers import BucketAnswer

OK = b"HTTP/1.1 200 OK\r\n"
WORDS = b"some words of an answer"
SOUND = {
    "length": OK + b'ETag: "e"\r\nContent-Length: 23\r\n\r\n' + WORDS,
    "no body": OK + b"Content-Length: 0\r\n\r\n",
    "chunks": OK + b"Transfer-Encoding: chunked\r\n\r\n"
    b"A;x=1\r\nsome words\r\nd\r\n of an answer\r\n0\r\nX-After: 1\r\n\r\n",
    "to the end": OK + b"\r\n" + WORDS,
    "old": b"HTTP/1.0 200 OK\r\nContent-Length: 23\r\n\r\n" + WORDS,
    "old, kept": b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 23\r\n\r\n" + WORDS,
    "closes": OK + b"CONNECTION: Close\r\nContent-Length: 23\r\n\r\n" + WORDS,
    "go on": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 23\r\n\r\n" + WORDS,
    "nothing new": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 23\r\n\r\n",
    "bare ends": b"HTTP/1.1 404 Gone\nContent-Length: 23\nA:b\n\n" + WORDS,
    "twice": OK + b"A: 1\r\na: 2\r\nContent-Length: 23\r\n\r\n" + WORDS,
    "no length": OK + b"Content-Length: many\r\n\r\n" + WORDS,
}  # fmt: skip


def asked(pieces: list[bytes], method: str = "GET") -> tuple[BucketAnswer, bool]:
    """Return what is read where these pieces come one after the other, and then the end."""
    ours, theirs = socket.socketpair()
    line = Line(ours)

    def answer() -> None:
        with theirs:
            theirs.recv(99)
            for each in pieces:
                theirs.sendall(each)
                time.sleep(0.0001)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        limits = ExchangeLimits(time.monotonic() + 60, 60, 9999)
        return finish(line.ask(method, b"asked", b"", limits)), line.is_reusable
    finally:
        line.close()
        thread.join()


def as_python_reads(data: bytes, method: str = "GET") -> tuple[int, dict[str, str], bytes, bool]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        answer = http.client.HTTPResponse(ours, method=method)
        answer.begin()
        headers: dict[str, str] = {}
        for name, text in answer.headers.items():
            headers.setdefault(name.lower(), text)
        return answer.status, headers, answer.read(), not answer.will_close


@pytest.mark.parametrize("name", SOUND)
@pytest.mark.parametrize("pieces", ["whole", "halves", "bytes"])
def test_sound_answers(name: str, pieces: str) -> None:
    """However an answer is cut on its way, it is read as it is meant."""
    data = SOUND[name]
    if pieces == "whole":
        cut = [[data]]
    elif pieces == "bytes":
        cut = [[data[at : at + 1] for at in range(len(data))]]
    else:
        cut = [[data[:at], data[at:]] for at in range(1, len(data), 7)]
    for each in cut:
        found, is_kept = asked(each)
        assert (found.status, found.headers, found.body, is_kept) == as_python_reads(data)


def test_an_answer_about_headers_alone() -> None:
    """To HEAD comes no body, whatever length is told."""
    found, is_kept = asked([OK + b"Content-Length: 5\r\n\r\n"], "HEAD")
    assert (found.header("CONTENT-length"), found.body, is_kept) == ("5", b"", True)


def test_more_than_was_asked_for() -> None:
    """What comes after an answer is never taken for the next one."""
    assert not asked([SOUND["length"] + b"HTTP/1.1 200 OK\r\n"])[1]


@pytest.mark.parametrize(
    "data",
    [
        b"", OK[:9], OK + b"A: b", OK + b"Content-Length: 24\r\n\r\n" + WORDS,
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", b"SSH-2.0-OpenSSH\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nmany\r\n", OK + b"Content-Length: 10000\r\n\r\n",
        OK + b"\r\n" + bytes(10_000), OK + b"A: b\r\n" * 2000,
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 9000,
    ],
)  # fmt: skip
def test_what_is_no_answer(data: bytes) -> None:
    """What is cut off, endless, or another protocol's is an error of the connection."""
    with pytest.raises(ConnectionError):
        asked([data])
