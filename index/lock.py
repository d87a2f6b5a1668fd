"""One writer at a time: a lock that the operating system lets go of when its holder dies."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

from index.errors import PolicyError

LOCK = "writer.lock"
_LOOK_AGAIN = 0.05


class IndexBusyError(PolicyError):
    """Another process is writing the index."""


@contextmanager
def locked(folder: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Holds the writer's lock of an index folder, which is made if need be.

    A lock whose holder died is free: the system lets go of it, whatever the file says.

    Args:
        folder: the index folder.
        wait: seconds to wait for another holder.

    Raises:
        IndexBusyError: another process holds it; the message says which, since when, and what it does.
        PolicyError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        message = f"无法写入索引目录 {folder}（{error.strerror}），请检查权限和磁盘，或用 --index 指定别的目录。"
        raise PolicyError(message) from error
    try:
        until = monotonic() + wait
        while not _take(descriptor):
            if monotonic() >= until:
                raise IndexBusyError(f"{holder(folder)}正在写索引 {folder}，请等它结束后再试。")
            sleep(_LOOK_AGAIN)
        _sign(descriptor, _owner())
        try:
            yield
        finally:
            _sign(descriptor, b"")
    finally:
        os.close(descriptor)


def holder(folder: Path) -> str:
    """Who holds the lock, in words, as far as the file says."""
    try:
        owner = json.loads((folder / LOCK).read_text(encoding="utf-8"))
        known = f"进程号 {owner['pid']}，主机 {owner['host']}，{owner['since']} 开始，命令 {owner['command']}"
        return f"另一个进程（{known}）"
    except (OSError, ValueError, KeyError, TypeError):
        return "另一个进程"


def _owner() -> bytes:
    owner = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now().astimezone().isoformat(sep=" ", timespec="seconds"),
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200],
    }
    return json.dumps(owner, ensure_ascii=False).encode()


def _sign(descriptor: int, text: bytes) -> None:
    """Says in the file who holds the lock; for people only, so a full disk does not stop a writer here."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text, 0)
    except OSError:
        return


def _take(descriptor: int) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
