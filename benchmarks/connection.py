"""HTTP over a kept connection, with next to no work on this side of it."""

import gzip
import re
import socket
from collections.abc import Mapping

LENGTH = re.compile(rb"(?i)content-length: (\d+)")


def get(path: str, etag: str = "") -> bytes:
    """Return the bytes of a question."""
    condition = f"If-None-Match: {etag}\r\n" if etag else ""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n{condition}\r\n".encode()


def post(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return the bytes of a question with JSON."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def etag_of(answer: bytes) -> str:
    """Return the ETag of an answer."""
    lines = answer.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    return next(line.split(": ", 1)[1] for line in lines if line.lower().startswith("etag:"))


class Connection:
    """A kept connection with next to no work on our side of it."""

    def __init__(self, url: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        self._socket = socket.create_connection((host, int(port)), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, question: bytes) -> bytes:
        """Send a question and return the whole answer."""
        self._socket.sendall(question)
        answer = b""
        while not _is_whole(answer):
            piece = self._socket.recv(65536)
            if not piece:
                raise ConnectionError("the server hung up")
            answer += piece
        return answer

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def body_of(answer: bytes) -> bytes:
    """Return what an answer says; raise RuntimeError for a failure."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head[:20]:
        raise RuntimeError(answer[:500].decode("latin-1"))
    return gzip.decompress(body) if b"gzip" in head else body


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    if b" 304 " in head[:20]:
        return True
    if length := LENGTH.search(head):
        return len(body) >= int(length[1])
    return body.endswith(b"0\r\n\r\n")  # in chunks
