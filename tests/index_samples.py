"""Hand-made documents and a tiny embedder for tests of the index."""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.records import Clause, Duty, Metadata, Parsed, SourceText, Span
from index.tokens import bigrams


class TinyEmbedder:
    """Hashes character pairs into a short vector."""

    def __init__(self, dimension: int = 32, salt: str = "") -> None:
        self.identity = f"tiny-{dimension}-{salt}"
        self.dimension = dimension
        self._salt = salt
        self.seen: list[str] = []

    def passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.seen.extend(texts)
        return self.queries(texts)

    def queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for pair in bigrams(text):
                digest = hashlib.sha256((self._salt + pair).encode()).digest()
                vectors[row, digest[0] % self.dimension] += 1 if digest[1] % 2 else -1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, lengths, out=vectors, where=lengths > 0)


def load(path: Path, *, limits: object = None) -> SourceText:
    """Stands in for the loaders: UTF-8 text."""
    return SourceText(text=path.read_text(encoding="utf-8"), kind="txt", one_line_per_paragraph=True)


def parse(source: SourceText, document_id: str) -> Parsed:
    """Stands in for the parser.

    ``key=value`` lines at the top are metadata; every other line is a clause, indented lines below the last one that
    is not; 责任单位：甲、乙 at a line's end is a duty.
    """
    values: dict[str, str] = {}
    clauses: list[Clause] = []
    parent: int | None = None
    place = 0
    for line in source.text.splitlines(keepends=True):
        text = line.strip()
        start, place = place, place + len(line)
        name, equals, value = text.partition("=")
        if equals and name.isascii():
            values[name] = value
        inside = line.startswith(" ") and parent is not None
        above = clauses[parent] if inside and parent is not None else None
        ordinal = len(clauses)
        if above is None:
            parent = ordinal
        left = start + line.index(text) if text else start
        duties, duty_spans = _duties(text)
        clauses.append(
            Clause(
                id=f"{document_id}-{ordinal}",
                document_id=document_id,
                ordinal=ordinal,
                path=f"¶{ordinal + 1}",
                level=2 if inside else 1,
                kind="head" if equals else "clause",
                marker="",
                heading="",
                headings=(above.text,) if above else (),
                text=text,
                start=start,
                end=place,
                spans=(Span(start=left, end=left + len(text)),),
                parent=above.ordinal if above else None,
                duties=duties,
                duty_spans=duty_spans,
            )
        )
    return Parsed(metadata=Metadata(**values), clauses=tuple(clauses))  # type: ignore[arg-type]


def _duties(text: str) -> tuple[tuple[Duty, ...], tuple[Span, ...]]:
    before, sign, units = text.partition("责任单位：")
    if not sign:
        return (), ()
    return (Duty(role="责任单位", units=tuple(units.split("、"))),), (Span(start=len(before), end=len(text)),)


CORPUS = {
    "a/开发区.txt": """title=贵阳市开发区高质量发展工作方案
number=筑府办函〔2021〕33号
issuer=贵阳市人民政府办公厅
type=方案
issued_on=2021-05-31
disclosure=主动公开
二、主要任务
 （一）提高集约水平。2025年国家级开发区工业用地产出强度达到每亩500万元。责任单位：市自然资源局、各开发区管委会
 （二）优化营商环境。推进政务服务一网通办。责任单位：市政务服务局
第九条 本方案自印发之日起施行。
""",
    "b/便利化.txt": """title=关于进一步促进贸易便利化的若干措施
issuer=贵州省人民政府办公厅
type=通知
issued_on=2025-01
（一）建设国际贸易单一窗口，压缩通关时间。责任单位：省商务厅、贵阳海关
（二）扩大退税商店数量，优化退税流程。责任单位：省税务局
（三）引进人才。责任单位：省人力资源社会保障厅
 一是引进博士。
第九条 本方案自印发之日起施行。
""",
    "c/新闻.txt": """title=贵阳市一季度经济运行情况
type=新闻
published_on=2021-04-20
今年一季度，全市地区生产总值增长12.5%。
国家级开发区工业增加值增长3.5%。
""",
    "d/无名.txt": "第九条 本方案自印发之日起施行。\n",
}


def write_corpus(folder: Path, corpus: dict[str, str] | None = None) -> Path:
    """Writes the sample documents below ``folder``."""
    for source, text in (CORPUS if corpus is None else corpus).items():
        path = folder / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def rewrite_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Changes the manifest of the generation that counts, and vouches for the change."""
    name = (folder / "CURRENT").read_text().split()[0]
    path = folder / name / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "CURRENT").write_text(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n")


def texts_in(folder: Path) -> bytes:
    """All bytes of a generation, what is packed in its catalog unpacked, to search for traces."""
    found = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as catalog:
        found += [zlib.decompress(row[0]) for row in catalog.execute("SELECT text FROM sources")]
    return b"\0".join(found)
