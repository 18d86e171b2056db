"""Open a file that is protected with a password, in a process of its own with limits of time and memory.

The password goes through a pipe; it is in no argument, no log and no file.
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dash_kpi.errors import Protected, Refused
from dash_kpi.ingest import sniff

WRONG = "The password is not right."
UNSUPPORTED = "The file is protected in a way that cannot be opened here. Save a copy without a password and load that."
IS_WRONG, IS_UNSUPPORTED = 3, 4  # how the process ends
KEY_BITS = (128, 256)  # of AES; with others the library finds every password wrong
LONGEST = 1024  # characters; Excel allows 255


@contextmanager
def opened(path: Path, password: str | None, folder: Path, seconds: float, memory_bytes: int) -> Iterator[Path]:
    """Yield the file itself, or a copy that is open and lasts as long as the block. Raises Refused."""
    if password is None or not is_protected(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix=".child-", dir=folder) as private:
        copy = Path(private, path.name)  # a name may tell the month
        open_into(copy, path, password, seconds, memory_bytes)
        yield copy


def is_protected(path: Path) -> bool:
    """Tell whether a file is one that a password opens; raise Refused where none would, or it cannot be read at all."""
    try:
        sniff.kind_of(path)
    except Protected as protected:
        if not protected.can_be_opened:
            raise
        return True
    return False


def open_into(target: Path, path: Path, password: str, seconds: float, memory_bytes: int) -> None:
    """Write what a protected file holds into another; raise Protected where the password is wrong."""
    if not 0 < len(password) <= LONGEST:
        raise Protected(WRONG, can_be_opened=True)
    command = [sys.executable, "-m", __name__, str(path), str(target), str(int(seconds)), str(memory_bytes)]
    try:
        done = subprocess.run(  # noqa: S603  our own module
            command,
            input=password.encode("utf-8", "replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(f"Opening took longer than {seconds:g} seconds and was stopped.") from error
    if done.returncode == IS_WRONG:
        raise Protected(WRONG, can_be_opened=True)
    if done.returncode != 0:
        raise Refused(UNSUPPORTED if done.returncode == IS_UNSUPPORTED else sniff.DAMAGED)
    sniff.kind_of(target)


# In the process


def _decrypt(path: Path, target: Path, password: str) -> int:
    import msoffcrypto  # only this process needs it
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    with path.open("rb") as file, target.open("wb") as copy:
        try:
            document = msoffcrypto.OfficeFile(file)
            if getattr(document, "type", "") == "agile" and document.info["passwordKeyBits"] not in KEY_BITS:
                return IS_UNSUPPORTED
            document.load_key(password=password)
            document.decrypt(copy)  # tells a wrong password by what comes out; the check before knows not every cipher
        except InvalidKeyError:
            return IS_WRONG
        except (DecryptionError, FileFormatError, NotImplementedError):
            return IS_UNSUPPORTED
    return 0


def main() -> None:
    """Read the password, decrypt, and tell by the exit code how it ended."""
    path, target, seconds, memory_bytes = sys.argv[1:]
    limit = int(memory_bytes)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
    sys.exit(_decrypt(Path(path), Path(target), sys.stdin.buffer.read().decode("utf-8", "replace")))


if __name__ == "__main__":
    main()
