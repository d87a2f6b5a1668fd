"""Keys of programs and people: who may ask, write, administer.

A key is ``qa_<id>_<secret>``, the secret 256 random bits. The file keeps SHA-256 of each key, never the key: with so
many bits a slow hash would add nothing. It is read again when it changes, so that a key that is removed ends at once.
"""

import hashlib
import hmac
import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from qa.config import Settings
from qa.errors import ConfigError, NotFoundError, UsageError

SCOPES = ("ask", "write", "admin")
_LONGEST_NAME = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """What is kept of a key.

    Attributes:
        id: 8 letters and digits, part of the key itself.
        name: whose it is.
        scope: of :data:`SCOPES`; each includes those before it.
        sha256: of the whole key, hexadecimal.
        created_at: ISO time in UTC.
    """

    id: str
    name: str
    scope: str
    sha256: str
    created_at: str

    def may(self, scope: str) -> bool:
        """Whether the key opens what needs ``scope``."""
        return SCOPES.index(scope) <= SCOPES.index(self.scope)


class Keys:
    """The keys in a file; safe to use from several threads, and beside the processes that change it.

    Args:
        file: JSON; need not exist: then there are no keys.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = Lock()
        self._read: tuple[tuple[int, int, int] | None, tuple[Key, ...]] | None = None

    def all(self) -> tuple[Key, ...]:
        """All keys, oldest first. Raises ConfigError where the file cannot be read."""
        with self._lock:
            state = self._state()
            if self._read is None or self._read[0] != state:
                self._read = (state, self._load() if state else ())
            return self._read[1]

    def find(self, given: str) -> Key | None:
        """What is kept of a given key, None where there is no such. Raises ConfigError where the file is damaged."""
        digest = hashlib.sha256(given.encode("utf-8", "replace")).hexdigest()
        found = None
        for key in self.all():  # all of them, each in constant time: how long it takes tells nothing
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found

    def add(self, name: str, scope: str) -> str:
        """A new key, which can be seen only now.

        Raises:
            UsageError: the name is empty or too long, or the scope is unknown.
            ConfigError: the file cannot be read or written.
        """
        if scope not in SCOPES:
            raise UsageError(f"权限应当是 {'、'.join(SCOPES)} 之一，而不是“{scope}”。")
        if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
            raise UsageError(f"密钥的名称要写 1 到 {_LONGEST_NAME} 个字，说明给谁用，例如 门户网站。")
        identity = secrets.token_hex(4)
        given = f"qa_{identity}_{secrets.token_urlsafe(32)}"
        key = Key(
            id=identity,
            name=name.strip(),
            scope=scope,
            sha256=hashlib.sha256(given.encode()).hexdigest(),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._write((*self.all(), key))
        return given

    def remove(self, identity: str) -> Key:
        """Ends a key, by its id. Raises NotFoundError where there is none, ConfigError as :meth:`add`."""
        every = self.all()
        found = [key for key in every if key.id == identity]
        if not found:
            known = "、".join(f"{key.id}（{key.name}）" for key in every) or "还没有密钥"
            raise NotFoundError(f"没有编号为 {identity} 的密钥；现有：{known}。")
        self._write(tuple(key for key in every if key.id != identity))
        return found[0]

    def _state(self) -> tuple[int, int, int] | None:
        try:
            stat = self.file.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigError(f"密钥文件 {self.file} 读不了（{error}），请检查权限。") from error
        return stat.st_mtime_ns, stat.st_size, stat.st_ino

    def _load(self) -> tuple[Key, ...]:
        try:
            rows = json.loads(self.file.read_text(encoding="utf-8"))
            found = tuple(Key(**row) for row in rows)
            for key in found:
                key.may(SCOPES[0])
        except (OSError, ValueError, TypeError) as error:
            message = f"密钥文件 {self.file} 读不了或已损坏（{error}）；请恢复备份，或删去它再新建密钥。"
            raise ConfigError(message) from error
        return found

    def _write(self, keys: tuple[Key, ...]) -> None:
        """Replaces the file in one step; only its owner may read it."""
        text = json.dumps([asdict(key) for key in keys], ensure_ascii=False, indent=2) + "\n"
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self.file.parent, prefix=f"{self.file.name}.")
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(self.file)
        except OSError as error:
            raise ConfigError(f"密钥文件 {self.file} 写不了（{error}），请检查权限和磁盘。") from error


def keys_of(settings: Settings) -> Keys:
    """The keys that the settings name: ``service.keys``, else beside the index folder."""
    index = settings.index.folder.absolute()
    return Keys(settings.service.keys or index.with_name(f"{index.name}-keys.json"))
