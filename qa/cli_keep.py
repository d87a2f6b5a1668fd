"""``qa index verify``, ``stats``, ``list``, ``rollback``, ``gc``: looking after an index."""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

import typer

from index.errors import IndexDamagedError
from index.generation import FileEntry
from qa.cli_errors import DONE, INDEX
from qa.cli_state import state
from qa.visible import visible

app = typer.Typer()

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@app.command(
    "index verify",
    help="检查索引：文件是否完好，条款、向量、全文是否对应。\n\n每个文件的校验值，条款在原文中的位置，抽样重算向量。"
    "有问题时退出码为 3，并说明是什么、用什么命令修复。",
)
def verify(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Checks the index."""
    current = state(ctx)
    found = current.service.check()
    if as_json:
        current.write_json(asdict(found))
    elif found.faults:
        for fault in found.faults:
            sys.stdout.write(f"{visible(fault)}\n")
    else:
        recalled = f"压缩向量找回精确查找结果的 {found.recall:.2%}。" if found.recall is not None else ""
        sys.stdout.write(
            f"{found.generation} 完好：各文件校验一致，{found.documents:,} 份文件、{found.clauses:,} 个条款"
            f"与向量、全文一一对应，抽查 {found.sample} 条，重算的向量相同。{recalled}\n"
        )
    raise typer.Exit(INDEX if found.faults else DONE)


@app.command("index stats", help="现用索引的数目、大小和所用的模型。")
def stats(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Tells sizes."""
    current = state(ctx)
    kept = next((one for one in current.service.generations() if one.current), None)
    if kept is None or kept.manifest is None:
        raise IndexDamagedError(f"索引 {current.settings.index.folder} 的清单无法读取，请运行 `qa index verify` 查看。")
    manifest = kept.manifest
    parts = {
        "catalog": _bytes(manifest.files, "catalog"),
        "lexical": _bytes(manifest.files, "lexical/"),
        "dense": _bytes(manifest.files, "dense"),
    }
    numbers = {"documents": manifest.documents, "clauses": manifest.clauses, "vectors": manifest.vectors}
    if as_json:
        about = {"generation": kept.name, "created_at": manifest.created_at, **asdict(manifest.settings)}
        found = {"approximate": manifest.approximate, "recall": manifest.recall, "moved": manifest.moved}
        current.write_json({**about, **numbers, "bytes": manifest.size, "bytes_by_part": parts, **found})
        return
    each = f"，每条款 {manifest.size / manifest.clauses:,.0f} 字节" if manifest.clauses else ""
    lines = [
        f"{current.settings.index.folder}：{kept.name}，{manifest.created_at}",
        f"{numbers['documents']:,} 份文件，{numbers['clauses']:,} 个条款，{numbers['vectors']:,} 个向量",
        f"{_size(manifest.size)}（目录和原文 {_size(parts['catalog'])}，全文 {_size(parts['lexical'])}，"
        f"向量 {_size(parts['dense'])}）{each}",
        f"模型 {manifest.settings.embedder}，{manifest.settings.dimension} 维；分词 {manifest.settings.tokenizer}；"
        f"格式第 {manifest.settings.format} 版",
    ]
    if manifest.recall is not None:
        used = "先用压缩向量挑选再精确比较" if manifest.approximate else "仍逐个精确比较（压缩向量的召回不到 99%）"
        since = f"，此后有 {manifest.moved:,} 个向量增减" if manifest.moved else ""
        lines.append(f"按意思查找：{used}；测得压缩向量的召回为 {manifest.recall:.2%}{since}")
    sys.stdout.write("".join(f"{line}\n" for line in lines))


@app.command("index list", help="列出保留的各代索引；* 是现用的一代。")
def list_command(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Lists the generations on disk."""
    current = state(ctx)
    found = current.service.generations()
    if as_json:
        current.write_json({"generations": [asdict(one) for one in found]})
        return
    for one in found:
        mark = "*" if one.current else " "
        about = "清单无法读取"
        if one.manifest is not None:
            counts = f"{one.manifest.documents:,} 份文件  {one.manifest.clauses:,} 个条款"
            about = f"{one.manifest.created_at}  {counts}  {_size(one.manifest.size)}"
        sys.stdout.write(f"{mark} {one.name}  {about}\n")


@app.command("index rollback", help="退回较早的一代索引：不写名称是上一代。\n\n退回之前先校验那一代的每个文件。")
def rollback(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="GENERATION", help="索引的名称，如 gen-000006。")] = None,
) -> None:
    """Goes back to an older generation."""
    generation = state(ctx).service.rollback(name)
    manifest = generation.manifest
    sys.stdout.write(f"现用 {generation.name}（{manifest.created_at}，{manifest.documents:,} 份文件）。\n")


@app.command(
    "index gc",
    help="删去较早的各代索引和中断留下的草稿。\n\n已移出的文件仍在较早的各代里；要从磁盘上清除，用 --keep 1。",
)
def gc(
    ctx: typer.Context,
    keep: Annotated[
        int | None, typer.Option("--keep", metavar="N", min=1, help="保留几代（含现用的）；默认按 index.keep。")
    ] = None,
) -> None:
    """Removes what is not needed."""
    removed = state(ctx).service.collect(keep)
    for path in removed:
        sys.stdout.write(f"已删去 {path}\n")
    if not removed:
        sys.stdout.write("没有可删的。\n")


def _bytes(files: Mapping[str, FileEntry], prefix: str) -> int:
    return sum(entry.size for name, entry in files.items() if name.startswith(prefix))


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
