"""One writer at a time: a lock that the operating system lets go of when its holder dies."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import PolicyError

LOCK = "writer.lock"


class IndexBusyError(PolicyError):
    """Another process is writing the index."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the writer's lock of an index folder, which is made if need be.

    Raises:
        IndexBusyError: another process holds it; the message says which.
        PolicyError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        message = f"无法写入索引目录 {folder}（{error.strerror}），请检查权限和磁盘，或用 --index 指定别的目录。"
        raise PolicyError(message) from error
    try:
        if not _take(descriptor):
            raise IndexBusyError(f"{_holder(folder / LOCK)}正在写索引 {folder}，请等它结束后再试。")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> str:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return f"另一个进程（进程号 {owner['pid']}，主机 {owner['host']}）"
    except (OSError, ValueError, KeyError, TypeError):
        return "另一个进程"
