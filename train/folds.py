"""Jobs that train: several at a time, each in a process of one thread, so that the result never depends on how many."""

import multiprocessing
import os
import pickle
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import torch

from index import static
from train.data import FOLDS, SHARED, fold_of, fold_of_question
from train.fit import Recipe
from train.material import Material, gather, train, without
from train.samples import Sample, fold_samples

Jobs = Mapping[str, Callable[[], Any]]
_running: dict[str, Callable[[], Any]] = {}


def side_by_side(jobs: Jobs, workers: int) -> Iterator[tuple[str, Any]]:
    """Runs jobs in forked processes, prints when each is done, and gives its name and result.

    What a job holds (the material, a gigabyte of it) is never sent: a forked process has it already.
    """
    start = time.monotonic()
    _running.update(jobs)
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=torch.set_num_threads, initargs=(1,))
    try:
        waiting = {pool.submit(_run, name): name for name in jobs}
        for number, done in enumerate(as_completed(waiting), 1):
            result = done.result()
            print(f"  {number}/{len(jobs)} {waiting[done]}, {time.monotonic() - start:.0f} s", flush=True)
            yield waiting[done], result
    finally:
        pool.shutdown(cancel_futures=True)
        _running.clear()


def _run(name: str) -> Any:
    return _running[name]()


def fold_model(material: Material, fold: int, work: Path, recipe: Recipe | None = None) -> Path:
    """Folder of an embedding that saw neither the fold's documents nor its questions; trained where it is missing."""
    folder = work / f"fold{fold}" / "model"
    if not (folder / static.TENSORS).exists():
        held = {passage.document for passage in material.policies if fold_of(passage.document) == fold}
        held_questions = {one.id for one in material.questions if one.articles and fold_of_question(one) == fold}
        bags, table = train(without(material, held_questions), recipe or Recipe(), held=held)
        static.save(folder, table.tensors(bags.keys))
    return folder


def collect(work: Path, shared: Path = SHARED, workers: int = 2, material: Material | None = None) -> list[Sample]:
    """Samples of all folds; what ``work`` holds of an earlier run is used again."""
    work.mkdir(parents=True, exist_ok=True)
    missing = [fold for fold in range(FOLDS) if not _kept(work, fold).exists()]
    if missing:
        whole = material or gather(shared)
        jobs = {f"fold {fold}": _job(whole, fold, work, shared) for fold in missing}
        for _ in side_by_side(jobs, workers):
            pass
        for folder in work.glob("worker*"):
            shutil.rmtree(folder)
    return [sample for fold in range(FOLDS) for sample in pickle.loads(_kept(work, fold).read_bytes())]


def _kept(work: Path, fold: int) -> Path:
    return work / f"fold{fold}" / "samples.pickle"


def _job(material: Material, fold: int, work: Path, shared: Path) -> Callable[[], None]:
    def run() -> None:
        model = fold_model(material, fold, work)
        # One index a worker: a fold takes over what the one before it read and parsed.
        found = fold_samples(fold, model, shared, work / f"worker{os.getpid()}")
        _kept(work, fold).write_bytes(pickle.dumps(found))

    return run
