"""The whole of ``qa tune``: read, hold out, learn, compare, and switch over where nothing held out got worse.

Everything is made in a draft folder and in memory; index and models change at the very end, by one pointer. The
embedding that the ranker learns with has not seen the questions it learns from (two halves, crosswise), or it would
trust scores that new questions do not reach.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from index import static
from index.adapt import AdaptRecipe, adapt, mixed
from index.backend import Backend, LocalBackend, open_index
from index.embed import Embedder
from index.reembed import reembed
from index.static import StaticEmbedder, StaticTensors
from qa.errors import UsageError
from qa.pipeline import Pipeline
from qa.query import lexical_query
from qa.question import interpret
from qa.rank import SHIPPED, Model, Ranking
from qa.scope import Scope
from qa.tune.lessons import lessons, pairing
from qa.tune.measure import Figures, fallen, figures, rankings
from qa.tune.order import fit_order
from qa.tune.questions import Asked, Resolver, read_rows
from qa.tune.ranker_file import write_ranker
from qa.tune.split import Split, halves, split
from qa.tune.store import Store
from qa.tune.trial import Corpus, Trial, take_apart

if TYPE_CHECKING:
    from qa.config import IndexSettings, Settings

LEAST = 20
"""Fewer questions teach nothing that could be told from chance."""
UNRELATED = 3.0
"""See :func:`qa.tune.lessons.pairing`: below this, questions and answers do not belong together."""
STRENGTHS = (1.0, 0.5, 0.25)
"""Shares of the way from the models so far to those learned, tried in this order until no held-out figure falls: few
questions teach a direction well, and how far to go in it badly."""
Progress = Callable[[str, int, int], None]
"""Called with the name of the stage, steps done and steps in all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What came of it.

    Attributes:
        teach: number of questions learned from.
        held: number of questions judged by.
        by: what was held out: ``document`` or ``clause``.
        lost: lines of the file whose answers are not in the index.
        pairing: see :func:`qa.tune.lessons.pairing`.
        before: figures of the held-out questions with the models so far; None where it did not come to that.
        after: the same with the adapted models.
        fallen: names of the figures that fell.
        strength: of :data:`STRENGTHS`, the one that ``after`` is of.
        installed: identity of the new embedding; None where the models stay as they were.
    """

    teach: int
    held: int
    by: str
    lost: tuple[int, ...]
    pairing: float
    before: Figures | None = None
    after: Figures | None = None
    fallen: tuple[str, ...] = ()
    strength: float = 1.0
    installed: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What is asked for: the questions' file, whether to install whatever comes of it, and the seed."""

    file: Path
    force: bool = False
    seed: int = 0
    recipe: AdaptRecipe = field(default_factory=AdaptRecipe)


Assemble = Callable[[Backend, Embedder], Pipeline]
"""Backend and embedder -> a pipeline with lexicon and ranker as the settings say."""


def tune(settings: "Settings", job: Job, progress: Progress) -> Report:
    """Adapts embedding and ranker to questions, and installs them with a new generation of the index.

    Raises:
        UsageError: the questions cannot be used, or the settings name an embedding that cannot be adapted.
        IndexMissingError: there is no index.
        IndexDamagedError: it cannot be trusted.
        ModelError: a model cannot be used.
    """
    from qa.models import chosen_embedder, chosen_pipeline, configured_embedder, models_folder

    embedder = chosen_embedder(settings)
    if not isinstance(embedder, StaticEmbedder):
        raise UsageError(
            "qa tune 只能调整 static 嵌入模型；配置的是 transformer，请用 sentence-transformers 自己的训练方法。"
        )
    rows = read_rows(job.file)
    store = Store(models_folder(settings))
    plain = settings.model_copy(update={"ranking": settings.ranking.model_copy(update={"cross_encoder": None})})
    with open_index(settings.index.folder, embedder=embedder.identity) as backend:
        asked, lost = Resolver(backend).asked(rows)
        if len(asked) < LEAST:
            raise UsageError(
                f"{job.file} 里只有 {len(asked)} 个问题的答案在索引中（至少要 {LEAST} 个）"
                + (f"；找不到答案的有第 {'、'.join(map(str, lost[:10]))} 行等 {len(lost)} 行。" if lost else "。")
            )
        try:
            run = _Run(backend, embedder, lambda b, e: chosen_pipeline(plain, b, e), (job, progress, store))
            report = run.report(asked, tuple(lost))
            if report.installed is not None:
                base = configured_embedder(settings).identity
                facts = {"base": base, "replaced": embedder.identity, **_facts(report)}
                run.install(settings.index, report.installed, facts)
        finally:
            store.discard()
    return report


def undo(settings: "Settings", progress: Progress) -> str:
    """Brings back the models that the last ``qa tune`` replaced; the index gets their vectors again.

    Returns:
        Identity of the embedding that counts now.

    Raises:
        UsageError: nothing was adapted.
    """
    from qa.models import configured_embedder, models_folder, tuned

    base = configured_embedder(settings)
    own = tuned(settings, base.identity)
    if own is None:
        raise UsageError("没有可以撤销的：现在用的就是配置的模型。")
    store = Store(models_folder(settings))
    earlier = store.find(own.before, base.identity)
    embedder = StaticEmbedder(earlier.folder) if earlier is not None else base
    reembed(
        settings.index.folder,
        embedder,
        progress=lambda done, total, _: progress("重建索引", done, total),
        keep=settings.index.keep,
    )
    store.point(earlier.identity if earlier is not None else None)
    return embedder.identity


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Result:
    """Models on trial."""

    tensors: StaticTensors
    pipeline: Pipeline
    vectors: NDArray[np.float32]


class _Run:
    """One run over an open index."""

    def __init__(
        self,
        backend: LocalBackend,
        embedder: StaticEmbedder,
        assemble: Assemble,
        how: tuple[Job, Progress, Store],
    ) -> None:
        self._backend, self._embedder, self._assemble = backend, embedder, assemble
        self._job, self._progress, self._store = how
        self._corpus: Corpus
        self._model: Model
        self._rows: tuple[NDArray[np.int64], NDArray[np.float32]]

    def report(self, asked: Sequence[Asked], lost: tuple[int, ...]) -> Report:
        """Learns and compares; where the result is good, it lies in the draft of the store."""
        job = self._job
        parts = split(asked, job.seed)
        if not parts.held or not parts.teach:
            raise UsageError("这些问题留不出检验的部分：请至少给出两份文件或两个条款上的问题。")
        tensors = self._embedder.tensors
        self._corpus = take_apart(self._backend, tensors.keys, lambda a, b: self._progress("切分条款", a, b))
        trial = Trial(self._backend, self._corpus, tensors)
        found = Report(
            teach=len(parts.teach),
            held=len(parts.held),
            by=parts.by,
            lost=lost,
            pairing=pairing(asked, self._corpus, (tensors, trial.vectors)),
        )
        if found.pairing < UNRELATED and not job.force:
            return found
        pipeline = self._assemble(self._backend, self._embedder)
        self._model = pipeline.model
        before = figures(parts.held, self._ranked(pipeline, parts.held, "检验现有模型"))
        order, adapted = self._learned(parts, pipeline, trial)
        for share in STRENGTHS:
            result = self._tried(share, order, adapted)
            after = figures(parts.held, self._ranked(result.pipeline, parts.held, f"检验新模型（{share:.0%}）"))
            worse = tuple(fallen(before, after))
            if found.after is None or not worse:
                found = replace(found, before=before, after=after, fallen=worse, strength=share)
                best = result
            if not worse:
                break
        if (found.fallen or found.after == before) and not job.force:
            return found
        draft = self._store.draft()
        config = static.save(draft, best.tensors)
        source = self._store.folder_of(self._embedder.identity) or SHIPPED
        write_ranker(source, self._model, best.pipeline.model.weights, draft)
        self._rows = (self._corpus.keys, best.vectors)
        return replace(found, installed=f"static-{config.sha256[:16]}")

    def _tried(self, share: float, order: NDArray[np.float32], adapted: StaticTensors) -> "_Result":
        """The models a share of the way from those so far to those learned."""
        tensors = adapted if share == 1 else mixed(self._embedder.tensors, adapted, share)
        pipeline, vectors = self._pipeline(tensors)
        weights = np.asarray((1 - share) * self._model.weights + share * order, np.float32)
        pipeline.model = replace(self._model, weights=weights)
        return _Result(tensors=tensors, pipeline=pipeline, vectors=vectors)

    def install(self, index: "IndexSettings", identity: str, facts: dict[str, object]) -> None:
        """Puts the draft in its place and switches the index over to it."""
        self._progress("切换索引", 0, 1)
        known = self._store.folder_of(identity) is not None
        folder = self._store.keep(identity, facts)
        try:
            reembed(index.folder, StaticEmbedder(folder), rows=self._rows, keep=index.keep)
        except BaseException:
            if not known:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        self._store.point(identity)
        self._progress("切换索引", 1, 1)

    def _learned(self, parts: Split, pipeline: Pipeline, trial: Trial) -> tuple[NDArray[np.float32], StaticTensors]:
        """Weights of the order and the adapted embedding."""
        lexical = dict(zip(map(id, parts.teach), self._lexical(pipeline, parts.teach), strict=True))
        crosswise: list[tuple[Sequence[Asked], StaticTensors]] = []
        one, other = halves(parts.teach, self._job.seed)
        for teach, learn in ((one, other), (other, one)):
            if teach and learn:
                crosswise.append((learn, self._adapted(teach, trial, lexical, "学习（交叉）")))
        asked: list[Asked] = []
        found: list[Ranking | None] = []
        for judged, tensors in crosswise:
            half, _ = self._pipeline(tensors)
            asked.extend(judged)
            found.extend(self._ranked(half, judged, "排序特征"))
        order = fit_order(pipeline.model, asked, found)
        return order, self._adapted(parts.teach, trial, lexical, "学习")

    def _adapted(
        self, teach: Sequence[Asked], trial: Trial, lexical: dict[int, NDArray[np.int64]], stage: str
    ) -> StaticTensors:
        tensors = self._embedder.tensors
        keys = [lexical[id(one)] for one in teach]
        made = lessons(teach, self._corpus, (tensors, trial.vectors), keys, self._job.seed)
        recipe = replace(self._job.recipe, seed=self._job.seed)
        return adapt(tensors, made, recipe, lambda done, total: self._progress(stage, done, total))

    def _pipeline(self, tensors: StaticTensors) -> tuple[Pipeline, NDArray[np.float32]]:
        """A pipeline over the index with another embedding and the ranker so far, and the vectors of its texts."""
        trial = Trial(self._backend, self._corpus, tensors)
        made = self._assemble(cast(Backend, trial), StaticEmbedder.over(tensors))
        made.model = self._model
        return made, trial.vectors

    def _ranked(self, pipeline: Pipeline, asked: Sequence[Asked], stage: str) -> list[Ranking | None]:
        done = 0

        def tell() -> None:
            nonlocal done
            done += 1
            self._progress(stage, done, len(asked))

        return rankings(pipeline, asked, tell)

    def _lexical(self, pipeline: Pipeline, asked: Sequence[Asked]) -> list[NDArray[np.int64]]:
        """The clauses that share most words with each question, best first."""
        found = []
        for done, one in enumerate(asked, start=1):
            query = pipeline.query(interpret(one.text), Scope())
            found.append(self._backend.lexical(lexical_query(query), 60).keys)
            self._progress("挖掘难例", done, len(asked))
        return found


def _facts(report: Report) -> dict[str, object]:
    values = asdict(report)
    return {name: values[name] for name in ("teach", "held", "by", "pairing", "strength", "before", "after", "fallen")}
