"""The user's own lexicon file over the shipped one, read again whenever the file changes.

Same form as the shipped file: official words, a tab, everyday words, optionally a tab and a subject; words of one side
are separated by ``|``; a line that begins with ``#`` is a comment. Unlike the shipped file it is written by hand, so
that a line that cannot be used is an error and not passed over.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from index.tokens import fold
from qa.errors import UsageError
from qa.lexicon import Concept, Lexicon

_LOG = logging.getLogger(__name__)
_SHORTEST, _LONGEST = 2, 12


class LexiconError(UsageError):
    """The user's lexicon cannot be used; the message names file, line and cure."""


def read_user_lexicon(path: Path) -> dict[str, tuple[str, ...]]:
    """Folded everyday expression -> folded official words.

    Raises:
        LexiconError: the file cannot be read, or a line is not of the form.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError as error:
        raise LexiconError(f"找不到词表 {path}；请检查 config.yaml 的 lexicon.user。") from error
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"读不了词表 {path}（{error}）；需要一个 UTF-8 编码的文本文件。") from error
    entries: dict[str, dict[str, None]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        official, everyday = _columns(line, f"词表 {path} 第 {number} 行")
        for expression in everyday:
            entries.setdefault(expression, {}).update(dict.fromkeys(official))
    return {expression: tuple(words) for expression, words in entries.items()}


def _columns(line: str, place: str) -> tuple[list[str], list[str]]:
    columns = line.split("\t")
    if len(columns) not in (2, 3):
        raise LexiconError(
            f"{place}有 {len(columns) - 1} 个制表符；应写成“公文说法1|公文说法2<制表符>口头说法1|口头说法2”。"
        )
    official, everyday = ([fold(word.strip()) for word in column.split("|")] for column in columns[:2])
    for name, words in (("公文说法", official), ("口头说法", everyday)):
        if not all(words):
            raise LexiconError(f"{place}的{name}里有空的一项；每两个说法之间用一个竖线隔开。")
    for word in everyday:
        if not _SHORTEST <= len(word) <= _LONGEST:
            raise LexiconError(f"{place}的口头说法“{word}”有 {len(word)} 个字；应有 {_SHORTEST} 到 {_LONGEST} 个字。")
    return official, everyday


class UserLexicon(Lexicon):
    """The shipped lexicon with the user's file before it; safe to use from several threads.

    A file that has become unusable is reported in the log, and the words read last stay in force: a slip of the pen
    must not stop a running service.

    Args:
        shipped: everyday expression -> official words, both folded.
        path: the user's file.

    Raises:
        LexiconError: the file cannot be used to begin with.
    """

    def __init__(self, shipped: Mapping[str, tuple[str, ...]], path: Path) -> None:
        self._shipped = shipped
        self._path = path
        self._lock = Lock()
        self._seen = self._stamp()
        super().__init__(_joined(shipped, read_user_lexicon(path)))

    def concepts(self, folded: str) -> tuple[Concept, ...]:
        """As :meth:`qa.lexicon.Lexicon.concepts`, with the file as it is now."""
        self._refresh()
        return super().concepts(folded)

    def _refresh(self) -> None:
        stamp = self._stamp()
        if stamp == self._seen:
            return
        with self._lock:
            if stamp == self._seen:
                return
            try:
                self._entries = _joined(self._shipped, read_user_lexicon(self._path))
            except LexiconError as error:
                _LOG.warning("%s 暂用改动之前的词表。", error)
            self._seen = stamp

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size


def _joined(shipped: Mapping[str, tuple[str, ...]], own: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The user's words first, then the shipped ones."""
    joined = dict(shipped)
    for expression, words in own.items():
        joined[expression] = tuple(dict.fromkeys((*words, *shipped.get(expression, ()))))
    return joined
