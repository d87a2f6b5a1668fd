"""The folder of adapted models: one folder a model, complete before anything points to it, and the name of the last.

    var/index-models/
      LATEST                      name of the model for an index that is made anew; absent: the configured one
      static-0123456789abcdef/    config.json, model.safetensors, ranker.json, tuned.json

Which of them counts is said by the index, see :mod:`qa.models`.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LATEST = "LATEST"
_FACTS = "tuned.json"
_DRAFT = ".draft"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tuned:
    """An adapted model.

    Attributes:
        identity: of its embedding.
        folder: where embedding and ranker lie.
        base: identity of the configured embedding that it comes from.
        before: identity of the embedding that it replaced, which ``--undo`` brings back.
        facts: all that ``tuned.json`` says.
    """

    identity: str
    folder: Path
    base: str
    before: str
    facts: Mapping[str, Any]


class Store:
    """Reads and writes a folder of adapted models.

    Args:
        folder: need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def folder_of(self, identity: str) -> Path | None:
        """Where a model lies, None where it is none of these."""
        found = self.folder / identity
        return found if identity and (found / _FACTS).is_file() else None

    def find(self, identity: str, base: str) -> Tuned | None:
        """A model by identity; None where there is none, or it comes from another base (of an older version, say)."""
        folder = self.folder_of(identity)
        if folder is None:
            return None
        try:
            facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
            found = Tuned(identity=identity, folder=folder, base=facts["base"], before=facts["replaced"], facts=facts)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if found.base == base else None

    def latest(self) -> str | None:
        """Identity of the model adapted last."""
        try:
            return (self.folder / _LATEST).read_text(encoding="utf-8").strip() or None
        except OSError:
            return None

    def point(self, identity: str | None) -> None:
        """Names the model for indexes made anew; None: the configured one."""
        if identity is None:
            (self.folder / _LATEST).unlink(missing_ok=True)
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f"{_LATEST}.new"
        fresh.write_text(f"{identity}\n", encoding="utf-8")
        fresh.replace(self.folder / _LATEST)

    def draft(self) -> Path:
        """An empty folder to make a model in; what an interrupted run left there is removed."""
        self.discard()
        (self.folder / _DRAFT).mkdir(parents=True)
        return self.folder / _DRAFT

    def discard(self) -> None:
        """Removes the draft; the folder of models too where it is empty."""
        shutil.rmtree(self.folder / _DRAFT, ignore_errors=True)
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()

    def keep(self, identity: str, facts: Mapping[str, Any]) -> Path:
        """Turns the draft into a model of that identity; one that is there already is replaced."""
        draft, final = self.folder / _DRAFT, self.folder / identity
        (draft / _FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        if final.exists():
            shutil.rmtree(final)
        draft.rename(final)
        return final
