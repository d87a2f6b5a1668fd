"""``qa ask``: one question, many from a pipe, or a conversation on a terminal."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.records import Filters
from qa.cli_errors import DONE, REFUSED, USAGE
from qa.cli_state import State
from qa.errors import UsageError
from qa.questionlog.records import Origin
from qa.records import Reply
from qa.schemas import explained
from qa.visible import visible

_LEAVE = frozenset({"exit", "quit", "退出", "q"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What the options say of the output: how many clauses, as JSON, with reasons."""

    k: int | None
    as_json: bool
    explain: bool = False


def run_ask(state: State, words: Sequence[str], filters: Filters, wanted: Wanted) -> int:
    """Answers and returns the exit code.

    Of one question its own; of many 1 where none was answered and 2 where a line was no question.
    """
    if words and list(words) != ["-"]:
        reply = _asked(state, " ".join(words), filters, wanted)
        _write(state, reply, as_json=wanted.as_json, many=False)
        return DONE if reply.answer is not None else REFUSED
    if not words and sys.stdin.isatty():
        return _converse(state, filters, wanted)
    return _answer_all(state, filters, wanted)


def _answer_all(state: State, filters: Filters, wanted: Wanted) -> int:
    asked = answered = unusable = 0
    for number, line in _lines():
        asked += 1
        try:
            reply = _asked(state, line, filters, wanted)
        except UsageError as error:
            unusable += 1
            if wanted.as_json:
                state.write_json({"line": number, "error": str(error)}, one_line=True)
            else:
                sys.stderr.write(f"第 {number} 行：{visible(str(error))}\n")
            continue
        answered += reply.answer is not None
        _write(state, reply, as_json=wanted.as_json, many=True)
    if not asked:
        raise UsageError("没有读到问题：请每行写一个问题，或直接写在命令后面，例如 qa ask “开发区由谁负责？”")
    if unusable:
        return USAGE
    return DONE if answered else REFUSED


def _lines() -> Iterator[tuple[int, str]]:
    """The lines of stdin that are not blank, with their numbers; bytes that are no UTF-8 are kept for the check."""
    for number, line in enumerate(sys.stdin.buffer, start=1):
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", errors="surrogateescape").rstrip("\r\n")
        if text.strip():
            yield number, text


def _converse(state: State, filters: Filters, wanted: Wanted) -> int:
    """Questions at a prompt until the end of input; one bad question does not end the talk."""
    state.talk("请输入问题，回车提交；输入 exit 或按 Ctrl-D 结束。")
    while True:
        try:
            line = input("问> ").strip()
        except EOFError:
            sys.stderr.write("\n")
            return DONE
        if line.lower() in _LEAVE:
            return DONE
        if line:
            try:
                _write(state, _asked(state, line, filters, wanted), as_json=wanted.as_json, many=wanted.as_json)
            except UsageError as error:
                sys.stderr.write(f"{visible(str(error))}\n")


def _asked(state: State, question: str, filters: Filters, wanted: Wanted) -> Reply:
    return state.service.ask(question, filters, wanted.k, explain=wanted.explain, origin=Origin(door="cli"))


def _write(state: State, reply: Reply, *, as_json: bool, many: bool) -> None:
    if as_json:
        state.write_json(explained(state.shapes.ask(reply), reply.explanation), one_line=many)
    else:
        state.reader.reply(reply, with_question=many)
        if many:
            sys.stdout.write("\n")
            sys.stdout.flush()
