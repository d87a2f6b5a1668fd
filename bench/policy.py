"""What numbers, validity, references and contradictions cost: ``python -m bench.policy INDEX``.

Parsing is timed with and without reading references and validity, over every tenth file of the corpus. Answering is
timed over questions to an index; the share is what is spent in the steps that only policies need.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.pages import DOCS, made_with, put
from index.errors import LoadError
from index.linking import references
from index.load import load
from index.parse import parse
from index.records import SourceText
from index.validity import Facts, facts
from index.walk import find
from qa.config import load_settings
from qa.service import PolicyQA
from train.data import SHARED

PAGE = DOCS / "performance.md"
_STEPS = ("qa.pipeline.scope", "qa.pipeline.behind", "qa.pipeline.pair", "qa.answer.rival", "qa.answer.notes")
_QUESTIONS = 300
_EVERY = 10


def parsing(sources: list[SourceText]) -> tuple[float, float]:
    """CPU seconds to parse, without and with references and validity (read for the document and for the links)."""
    with patch("index.parse.facts", lambda *_: Facts()):
        began = time.process_time()
        for source in sources:
            parse(source, "d")
        plain = time.process_time() - began
    began = time.process_time()
    for source in sources:
        parsed = parse(source, "d")
        facts(parsed.clauses, parsed.metadata)
        list(references(parsed.clauses, parsed.metadata))
    return plain, time.process_time() - began


def answering(service: PolicyQA, questions: list[str]) -> tuple[float, float]:
    """CPU seconds to answer without the steps that only policies need, and what these take."""
    spent = 0.0

    def timed(step: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            nonlocal spent
            began = time.process_time()
            try:
                return step(*arguments)
            finally:
                spent += time.process_time() - began

        return run

    service.ask(questions[0])
    patches = []
    for name in _STEPS:
        module, _, function = name.rpartition(".")
        step = getattr(__import__(module, fromlist=[function]), function)
        patches.append(patch(name, timed(step)))
    for one in patches:
        one.start()
    began = time.process_time()
    for question in questions:
        service.ask(question)
    total = time.process_time() - began
    for one in patches:
        one.stop()
    return total - spent, spent


def table(parsed: tuple[float, float], answered: tuple[float, float], files: int, questions: int) -> str:
    """The figures as a Markdown table."""
    each = [1000 * part / questions for part in (answered[0], sum(answered))]
    rows = (
        (f"解析 {files:,} 份文件（秒）：引用、时效", *parsed, parsed[1] / parsed[0]),
        (f"每个问题（毫秒，{questions} 题）：文号标题、时效、新旧、矛盾、提醒", *each, each[1] / each[0]),
    )
    lines = [f"| {name} | {plain:.1f} | {whole:.1f} | {times:.2f} |" for name, plain, whole, times in rows]
    return "\n".join([f"{made_with()}；处理器时间。", "", "| | 不含 | 含 | 倍数 |", "|---|---|---|---|", *lines])


def main() -> None:
    """Measures, prints, and with ``--write`` puts the table into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path, help="an index of the corpus")
    parser.add_argument("--shared", type=Path, default=SHARED, help="folder with corpus and train")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    arguments = parser.parse_args()
    sources = []
    for file in find([arguments.shared / "corpus"]).files[::_EVERY]:
        try:
            sources.append(load(file.path))
        except LoadError:
            continue
    settings = load_settings(None)
    settings = settings.model_copy(update={"index": settings.index.model_copy(update={"folder": arguments.index})})
    lines = (arguments.shared / "train" / "policies_q2.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [str(json.loads(line)["question"]) for line in lines[:_QUESTIONS]]
    text = table(parsing(sources), answering(PolicyQA(settings), questions), len(sources), len(questions))
    print(text)
    if arguments.write:
        put(PAGE, "policy", text)


if __name__ == "__main__":
    main()
