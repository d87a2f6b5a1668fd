"""What a build would do, without doing it."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from index.bases import Base, open_base, plan
from index.embed import Embedder
from index.errors import IndexDamagedError, IndexMissingError
from index.generation import Manifest, Settings, open_generation
from index.ingest import settings_of
from index.load import Limits
from index.passages import passages
from index.uploads import uploaded
from index.walk import find

_SAMPLE = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a build would do.

    Attributes:
        new: sources of files that are not in the index.
        changed: sources of files that are in the index with other bytes, or must be read again.
        removed: sources that would go.
        unchanged: number of documents that would be taken over.
        whole: why everything would be made anew, one Chinese sentence; None where it would not.
        seconds: how long it would take, None where nothing is known about that yet.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    whole: str | None
    seconds: float | None


def whole(folder: Path, embedder: Embedder, *, rebuild: bool = False) -> str | None:
    """Why a build would make everything anew, one Chinese sentence; None where it would not or there is none yet."""
    if rebuild:
        return "指定了 --rebuild：全部重新读取并计算向量。"
    try:
        made, now = open_generation(folder).manifest.settings, settings_of(embedder)
    except IndexMissingError:
        return None
    except IndexDamagedError as error:
        return f"原来的索引不能沿用，全部重新读取并计算向量（{error}）"
    if made.parser != now.parser:
        return "程序的解析部分变了：全部重新读取并计算向量。"
    if made.embedder != now.embedder:
        return f"向量模型由 {made.embedder} 换成了 {now.embedder}：全部重新计算向量，条款不变。"
    return None


def preview(paths: Sequence[Path], folder: Path, embedder: Embedder, limits: Limits, *, rebuild: bool) -> Preview:
    """What :func:`index.build.build` would do.

    Raises:
        PolicyError: a path does not exist.
    """
    files = list(find(paths, leave=folder).files)
    files += uploaded(folder, files)[0]
    with ExitStack() as stack:
        base = _base(folder, settings_of(embedder), stack)
        reason = whole(folder, embedder, rebuild=rebuild)
        reuse = [base] if base is not None and not rebuild and base.generation is not None else []
        reuse = [one for one in reuse if _parsed_alike(one, settings_of(embedder))]
        steps = plan(files, reuse, limits)
        before = base.known if base is not None else {}
        fresh = [step.found for step in steps if step.known is None]
        kept = [step.known for step in steps if step.known is not None]
        return Preview(
            new=tuple(found.source for found in fresh if found.source not in before),
            changed=tuple(found.source for found in fresh if found.source in before),
            removed=tuple(source for source in before if source not in {found.source for found in files}),
            unchanged=len(kept),
            whole=reason,
            seconds=_seconds(base, sum(found.path.stat().st_size for found in fresh), embedder, again=bool(kept)),
        )


def _base(folder: Path, settings: Settings, stack: ExitStack) -> Base | None:
    try:
        return open_base(open_generation(folder), settings, stack)
    except (IndexMissingError, IndexDamagedError):
        return None


def _parsed_alike(base: Base, settings: Settings) -> bool:
    return base.generation is not None and base.generation.manifest.settings.parser == settings.parser


def _seconds(base: Base | None, size: int, embedder: Embedder, *, again: bool) -> float | None:
    """Reading ``size`` bytes at the pace noted last, and embedding the rest again where the model changed."""
    if base is None or base.generation is None or (size and not base.generation.manifest.pace):
        return None
    manifest: Manifest = base.generation.manifest
    embedding = 0.0
    if again and base.dense is None:
        texts = [text for document in base.catalog.documents()[:_SAMPLE] for clause in
                 base.catalog.clauses(document.id)[:1] for text in passages(document.metadata, clause)]  # fmt: skip
        began = perf_counter()
        embedder.passages(texts[:_SAMPLE])
        embedding = (perf_counter() - began) / max(len(texts[:_SAMPLE]), 1) * manifest.vectors
    return size * manifest.pace + embedding
