"""``qa doctor``: what is installed, which model, how the index is; each fault with its cure."""

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from index.errors import IndexDamagedError, IndexMissingError, IndexUnreachableError, ModelError
from qa.cli_errors import DONE, INDEX, USAGE
from qa.cli_state import State
from qa.errors import ConfigError
from qa.questionlog.records import QuestionLogError

_PACKAGES = ("numpy", "faiss-cpu", "tantivy", "rjieba", "pydantic", "typer", "pypdfium2", "python-docx", "lxml")
_LEAST_FREE = 500_000_000
_SIGNS = {"ok": "正常", "warn": "注意", "fail": "问题"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        name: of the check.
        state: ``ok``, ``warn`` or ``fail``.
        detail: what was found.
        cure: what to do about it; empty where nothing is wrong.
    """

    name: str
    state: str
    detail: str
    cure: str = ""


def run_doctor(state: State, *, as_json: bool) -> int:
    """Checks everything, writes the findings, returns the exit code."""
    found = list(findings(state))
    if as_json:
        state.write_json({"findings": [asdict(finding) for finding in found]})
    else:
        for finding in found:
            cure = f" → {finding.cure}" if finding.cure else ""
            state.write_line(f"[{_SIGNS[finding.state]}] {finding.name}：{finding.detail}{cure}")
    failed = {finding.name for finding in found if finding.state == "fail"}
    if not failed:
        return DONE
    return INDEX if failed <= {"索引", "嵌入模型"} else USAGE


def findings(state: State) -> Iterator[Finding]:
    """The findings, one check after the other; the later ones need working settings."""
    yield _python()
    yield from _packages()
    yield _transformers()
    try:
        settings = state.settings
    except ConfigError as error:
        yield Finding(name="配置", state="fail", detail=str(error), cure="改正后再运行 qa doctor。")
        return
    from qa.config import find_file

    yield Finding(name="配置", state="ok", detail=str(find_file(state.config) or "没有配置文件，用默认值"))
    yield from _model_and_index(state, settings.index.folder)
    yield _question_log(state)
    yield _disk(settings.index.folder)


def _python() -> Finding:
    detail = f"{platform.python_version()}（{sys.executable}），{platform.platform()}"
    return Finding(name="Python", state="ok", detail=detail)


def _packages() -> Iterator[Finding]:
    found = []
    for name in ("policy-qa", *_PACKAGES):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Finding(
                name="程序包", state="fail", detail=f"{name} 没有安装", cure="请重新安装：pip install policy-qa"
            )
    yield Finding(name="程序包", state="ok", detail="、".join(found))


def _transformers() -> Finding:
    try:
        detail = f"sentence-transformers {version('sentence-transformers')}、torch {version('torch')}"
    except PackageNotFoundError:
        detail = "没有安装（只有 embedding.kind: transformer 才需要）"
    return Finding(name="附加组件", state="ok", detail=detail)


def _model_and_index(state: State, folder: Path) -> Iterator[Finding]:
    try:
        embedder = state.service.embedder
    except ModelError as error:
        yield Finding(name="嵌入模型", state="fail", detail=str(error), cure="检查 config.yaml 的 embedding 一节。")
    else:
        yield Finding(name="嵌入模型", state="ok", detail=f"{embedder.identity}，{embedder.dimension} 维")
        yield _checked("索引", lambda: _index_detail(state, folder))


def _index_detail(state: State, folder: Path) -> str:
    from index.generation import check_hashes, open_generation

    if state.settings.index.backend == "milvus":
        held = state.service.backend.manifest
        where = f"Milvus（{state.settings.milvus.uri}）的 {state.settings.milvus.name}，{held.created_at}"
        return f"{where}：{held.documents:,} 份文件、{held.clauses:,} 个条款"
    generation = open_generation(folder, state.service.embedder.identity)
    check_hashes(generation)
    manifest = generation.manifest
    size = sum(entry.size for entry in manifest.files.values())
    return (
        f"{folder}（{generation.name}，{manifest.created_at}）：{manifest.documents:,} 份文件、"
        f"{manifest.clauses:,} 个条款，{size / 1e6:.1f} MB，各文件校验一致"
    )


def _checked(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name=name, state="ok", detail=check())
    except IndexMissingError as error:
        return Finding(name=name, state="fail", detail=str(error), cure="qa index <文件或文件夹>")
    except IndexDamagedError as error:
        return Finding(name=name, state="fail", detail=str(error), cure="qa index <文件或文件夹> --rebuild")
    except IndexUnreachableError as error:
        return Finding(
            name=name, state="fail", detail=str(error), cure="启动 Milvus，或改正 config.yaml 的 milvus 一节"
        )


def _question_log(state: State) -> Finding:
    questions = state.service.questions
    if not questions.enabled:
        return Finding(name="问题记录", state="ok", detail="没有开启（log.enabled）")
    try:
        return Finding(name="问题记录", state="ok", detail=questions.check())
    except QuestionLogError as error:
        return Finding(name="问题记录", state="fail", detail=str(error), cure="不影响回答，但问题没有记下。")


def _disk(folder: Path) -> Finding:
    there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(there).free
    detail = f"{there} 还剩 {free / 1e9:.1f} GB"
    if free >= _LEAST_FREE:
        return Finding(name="磁盘", state="ok", detail=detail)
    return Finding(name="磁盘", state="warn", detail=detail, cure="空间不多，重建索引前请先清理磁盘。")
