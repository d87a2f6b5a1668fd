"""``qa index``: progress while it works, then the ingestion report."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from pathlib import Path

from index.records import BuildReport, FileReport
from qa.cli_errors import DONE, UNREAD
from qa.cli_state import State
from qa.errors import UsageError
from qa.visible import escaped, visible

_STATUS = {"indexed": "已收录", "unchanged": "未变", "refused": "未收录", "ignored": "略过"}
_REMARKS_SHOWN = 3
_LISTED = 50
"""Files up to which each is listed, also those of which there is nothing to say."""


def run_index(
    state: State, paths: Sequence[Path], *, rebuild: bool, report_file: Path | None, shard: str | None = None
) -> int:
    """Builds the index, writes the report, returns the exit code."""
    if report_file is not None and not report_file.absolute().parent.is_dir():
        raise UsageError(f"报告写不到 {report_file}：文件夹不存在，请先建立它。")
    if shard is not None or state.settings.index.backend == "milvus":
        report = state.service.index_part(paths, *_part(shard or "1/1"), rebuild=rebuild)
    else:
        report = _local(state, paths, rebuild=rebuild)
    for line in report_lines(report):
        state.write_line(line)
    if report_file is not None:
        text = escaped(json.dumps(asdict(report), ensure_ascii=False, indent=1))
        try:
            report_file.write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"索引已建好，但报告写不到 {report_file}（{error.strerror}），请检查权限。") from error
        state.talk(f"完整报告：{report_file}")
    return UNREAD if any(file.status == "refused" for file in report.files) else DONE


def _local(state: State, paths: Sequence[Path], *, rebuild: bool) -> BuildReport:
    if (reason := state.service.whole(rebuild=rebuild)) is not None:
        state.talk(visible(reason))
    with _progress(state) as progress:
        return state.service.index(paths, rebuild=rebuild, progress=progress)


def _part(text: str) -> tuple[int, int]:
    number, slash, of = text.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal()):
        raise UsageError(f"--shard 应写成 2/8 这样（第 2 份，共 8 份），而不是 {text}。")
    return int(number), int(of)


def run_preview(state: State, paths: Sequence[Path], *, rebuild: bool) -> int:
    """Says what a build would do, and for how long; returns the exit code."""
    found = state.service.preview(paths, rebuild=rebuild)
    lines = [found.whole] if found.whole is not None else []
    for name, sources in (("新增", found.new), ("更新", found.changed), ("移出", found.removed)):
        lines += [f"{name}  {source}" for source in sources[:_LISTED]]
        if len(sources) > _LISTED:
            lines.append(f"{name}  另有 {len(sources) - _LISTED} 个")
    counts = f"新增 {len(found.new)} 个，更新 {len(found.changed)} 个，移出 {len(found.removed)} 个"
    about = "不知道要多久（还没有可比的记录）" if found.seconds is None else f"大约 {found.seconds:.0f} 秒"
    lines.append(f"{counts}，{found.unchanged} 个不变；{about}。什么也没有写。")
    for line in lines:
        sys.stdout.write(f"{visible(line)}\n")
    return DONE


def report_lines(report: BuildReport) -> list[str]:
    """The report for people: each file that was touched (of many only those with something to say), then totals."""
    touched = [file for file in report.files if file.status != "unchanged"]
    if len(touched) > _LISTED:
        touched = [file for file in touched if file.status != "indexed" or file.remarks or file.unplaced]
    lines = [line for file in touched for line in _file_lines(file)]
    counts = {status: sum(file.status == status for file in report.files) for status in _STATUS}
    told = "，".join(f"{_STATUS[status]} {count} 个" for status, count in counts.items() if count)
    gone = f"；移出 {len(report.removed)} 份" if report.removed else ""
    lines.append(f"共 {len(report.files)} 个文件（{told or '没有文件'}）{gone}；")
    lines.append(
        f"索引中有 {report.documents:,} 份文件、{report.clauses:,} 个条款；"
        f"用时 {report.seconds.get('total', 0.0):.1f} 秒。"
    )
    if report.recall is not None:
        lines.append(_recall_line(report.recall))
    return lines


def _recall_line(recall: float) -> str:
    from index.recall import LEAST

    if recall >= LEAST:
        return f"向量已压缩，找回精确查找结果的 {recall:.2%}。"
    return (
        f"压缩向量只找回精确查找结果的 {recall:.1%}（应不少于 {LEAST:.0%}），没有采用："
        "按意思查找仍逐个比较所有向量，结果准确，但条款很多时会慢。"
    )


def _file_lines(file: FileReport) -> list[str]:
    head = f"{_STATUS.get(file.status, file.status)}  {file.source}"
    if file.reason is not None:
        return [f"{head}：{file.reason}"]
    unplaced = f"，{file.unplaced} 字未归入条款" if file.unplaced else ""
    lines = [f"{head}（{file.kind}，{file.clauses} 个条款{unplaced}）"]
    lines += [f"    {remark}" for remark in file.remarks[:_REMARKS_SHOWN]]
    if len(file.remarks) > _REMARKS_SHOWN:
        lines.append(f"    另有 {len(file.remarks) - _REMARKS_SHOWN} 条提示，见 --report 写出的报告。")
    return lines


@contextmanager
def _bar(state: State) -> Iterator[Callable[[int, int, str], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=state.talker(), transient=True) as bar:
        task = bar.add_task("", total=None)

        def step(done: int, total: int, source: str) -> None:
            bar.update(task, completed=done, total=total, description=visible(source[-40:]))

        yield step


@contextmanager
def _silence() -> Iterator[None]:
    yield None


def _progress(state: State) -> AbstractContextManager[Callable[[int, int, str], None] | None]:
    """A bar where a person watches, else nothing."""
    return _bar(state) if sys.stderr.isatty() and not state.quiet else _silence()
