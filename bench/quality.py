"""How well four systems find the right clause, on every question set there is: ``python -m bench.quality``.

What is measured has not been learned: questions on official documents are asked in five folds by document, each with
an embedding and a ranker taught on the other four; of the questions on laws a part is held out of all training. The
first run trains what is missing in the work folder (the same folder as ``python -m train``), later ones use it;
after a change of training data or recipe name an empty folder.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.bm25 import Yardstick
from bench.pages import DOCS, ROOT, made_with, put
from bench.render import draw, page
from bench.scores import DEPTH, Found
from bench.sets import HELD, LAWS_FOLD, SEEDS_DEV, Asked, Units, held_law, held_stard, on_laws, policies, seeds
from bench.systems import SYSTEMS, judged, rankings
from index.backend import open_index
from index.build import build
from index.embed import Embedder, open_embedder
from index.static import StaticEmbedder
from qa.pipeline import Pipeline, open_pipeline
from qa.rank import Model
from train.data import FOLDS, SHARED, fold_of, fold_of_question, questions

RESULTS = ROOT / "bench" / "quality.jsonl"
PAGE, PLOT = DOCS / "quality.md", DOCS / "quality.svg"
_BY_ARTICLE = 3 * DEPTH
"""Clauses read off a ranking where articles are counted: an article has up to several."""
SETS = ("seeds_dev", "seeds_held", "policies", "stard", "law")


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of one question; ``found`` is parallel to :data:`bench.systems.SYSTEMS`."""

    set: str
    asked: Asked
    found: tuple[Found, ...]


def ask(name: str, pipeline: Pipeline, asked: Iterable[Asked], *, by_article: bool = False) -> Iterator[Result]:
    """Puts questions to all systems; those whose answer the index does not hold are left out, with a line."""
    units = Units(pipeline.backend, by_article=by_article)
    yardstick, lost = Yardstick(pipeline.backend), 0
    for one in asked:
        right = units.right(one)
        if right is None:
            lost += 1
            continue
        ranked = rankings(pipeline, yardstick, one.text, _BY_ARTICLE if by_article else DEPTH)
        found = tuple(judged(ranked[system], units.of, right) for system in SYSTEMS)
        yield Result(set=name, asked=replace(one, case=None, articles=()), found=found)
    if lost:
        print(f"{name}: {lost} questions left out, their clause is not in the index", flush=True)


def pipeline_over(corpus: Path, folder: Path, embedder: Embedder, model: Model | None = None) -> Pipeline:
    """An index of a corpus, brought up to date, with the shipped ranker or another."""
    build([corpus], folder, embedder)
    pipeline = open_pipeline(open_index(folder, embedder=embedder.identity), embedder)
    return replace(pipeline, model=model) if model else pipeline


def of_seeds(chosen: Sequence[str], work: Path, shared: Path) -> Iterator[Result]:
    """The sets over the five documents that come with the program, by what is shipped."""
    files = {"seeds_dev": shared / SEEDS_DEV, "seeds_held": HELD}
    wanted = {name: file for name, file in files.items() if name in chosen and file.exists()}
    if not wanted:
        return
    pipeline = pipeline_over(ROOT / "seeds", work / "seeds", open_embedder())
    for name, file in wanted.items():
        yield from ask(name, pipeline, seeds(file))
    pipeline.backend.close()


def of_folds(chosen: Sequence[str], work: Path, shared: Path, workers: int, limit: int | None) -> Iterator[Result]:
    """Questions on official documents and on laws, each by the models of the fold that has not seen it."""
    if not (shared / "corpus" / "policies").exists():
        return
    # Training needs torch; tables and comparisons do without.
    from bench.models import fits, fold_ranker, fold_worths
    from train.folds import collect

    samples, worths = collect(work, shared, workers), fold_worths(shared)
    for fold in range(FOLDS if "policies" in chosen else 1):
        embedder = StaticEmbedder(work / f"fold{fold}" / "model")
        ranker = fold_ranker(samples, fold, worths[fold])
        if "policies" in chosen:
            pipeline = pipeline_over(shared / "corpus" / "policies", work / "policies", embedder, ranker)
            if not fits(samples, pipeline):
                raise SystemExit(f"{work} 里的 samples.pickle 是用另一版特征收集的：删去它们，再运行一次。")
            print(f"policies, fold {fold}", flush=True)
            yield from ask("policies", pipeline, (one for one in policies()[:limit] if fold_of(one.group) == fold))
            pipeline.backend.close()
        if fold == LAWS_FOLD and {"stard", "law"}.intersection(chosen):
            pipeline = pipeline_over(shared / "corpus" / "laws", work / "laws", embedder, ranker)
            yield from of_laws(chosen, pipeline, shared, limit)


def of_laws(chosen: Sequence[str], pipeline: Pipeline, shared: Path, limit: int | None) -> Iterator[Result]:
    """Questions on laws that fold :data:`LAWS_FOLD` has not seen, searched among all of them; counted by article."""
    held = {"stard": held_stard(shared), "law": held_law()}
    taught = [one for one in questions(shared=shared) if one.articles and fold_of_question(one) != LAWS_FOLD]
    for name in held:
        if name in chosen:
            print(f"{name}: {len(held[name])} questions", flush=True)
            yield from ask(name, pipeline, on_laws(held[name][:limit], taught), by_article=True)
    pipeline.backend.close()


def write(results: Iterable[Result], path: Path, made: Mapping[str, str]) -> None:
    """A line on when and with what each set was measured, then one line a question, without its text."""
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps({"made": dict(made)}, ensure_ascii=False) + "\n")
        for one in results:
            row = {
                "set": one.set,
                "id": one.asked.id,
                "type": one.asked.type,
                "group": one.asked.group,
                "ranks": [list(found.ranks) for found in one.found],
                "path": [found.path for found in one.found],
            }
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def stamps(path: Path) -> dict[str, str]:
    """For each set of a file when and with what it was measured; empty where there is no file."""
    if not path.exists():
        return {}
    made: dict[str, str] = json.loads(path.read_text(encoding="utf-8").split("\n", 1)[0])["made"]
    return made


def read(path: Path) -> list[Result]:
    """What :func:`write` wrote; texts of questions are empty."""
    found = []
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()[1:]):
        pairs = zip(row["ranks"], row["path"], strict=True)
        found.append(
            Result(
                set=row["set"],
                asked=Asked(id=row["id"], text="", type=row["type"], group=row["group"]),
                found=tuple(Found(ranks=tuple(ranks), path=path) for ranks, path in pairs),
            )
        )
    return found


def main() -> None:
    """Measures what is chosen, prints the tables, and with ``--write`` puts them into the documentation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="*", default=list(SETS), choices=SETS)
    parser.add_argument("--work", type=Path, default=Path("var/train"), help="models, samples and indexes of the folds")
    parser.add_argument("--shared", type=Path, default=SHARED, help="folder with corpus/, eval/ and train/")
    parser.add_argument("--limit", type=int, default=None, help="only the first questions of each large set")
    parser.add_argument("--workers", type=int, default=2, help="folds trained at a time")
    parser.add_argument("--out", type=Path, default=RESULTS, help="ranks of every question, for bench.compare")
    parser.add_argument("--only-render", action="store_true", help="measure nothing, take --out as it is")
    parser.add_argument("--write", action="store_true", help="put table and plot into docs/")
    arguments = parser.parse_args()
    work, shared = arguments.work, arguments.shared
    if not arguments.only_render:
        results = list(of_seeds(arguments.sets, work, shared))
        if set(arguments.sets) - {"seeds_dev", "seeds_held"}:
            results += of_folds(arguments.sets, work, shared, arguments.workers, arguments.limit)
        kept = [one for one in read(arguments.out) if one.set not in arguments.sets] if arguments.out.exists() else []
        order = {name: place for place, name in enumerate(SETS)}
        made = {**stamps(arguments.out), **dict.fromkeys((one.set for one in results), made_with())}
        write(sorted([*kept, *results], key=lambda one: order[one.set]), arguments.out, made)
    every = read(arguments.out)
    text = page(every, stamps(arguments.out))
    print(text)
    if arguments.write:
        put(PAGE, "quality", text)
        draw(every, PLOT)


if __name__ == "__main__":
    main()
