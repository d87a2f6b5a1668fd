"""Settings and index -> the models that count: the shipped ones, those configured, or those adapted by ``qa tune``.

An index names the embedding that it was made with. Where that is one which ``qa tune`` made from the configured
embedding, it and its ranker are used: so index and models are switched together, by the one pointer of the index, and
no crash can leave them apart. Where there is no index yet, the models adapted last are taken.
"""

from pathlib import Path

from index.backend import Backend
from index.embed import Embedder, open_embedder
from index.errors import IndexDamagedError, IndexMissingError
from index.generation import current_name, open_generation
from index.static import StaticEmbedder
from qa.config import Settings
from qa.lexicon import read_lexicon
from qa.pipeline import LEXICON, Pipeline, open_pipeline
from qa.rank import read_model
from qa.tune.store import Store, Tuned


def models_folder(settings: Settings) -> Path:
    """Where adapted models lie."""
    index = settings.index.folder.absolute()
    return settings.models.folder or index.with_name(f"{index.name}-models")


def configured_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings name, whatever was adapted."""
    chosen = settings.embedding
    return open_embedder(
        chosen.kind, chosen.model, query_prompt=chosen.query_prompt, passage_prompt=chosen.passage_prompt
    )


def tuned(settings: Settings, base: str) -> Tuned | None:
    """The adapted models that count, None where those configured do.

    Args:
        settings: the settings.
        base: identity of the configured embedder.
    """
    store = Store(models_folder(settings))
    if settings.index.backend == "milvus":
        return None  # `qa tune` works on local indexes
    found = _identity(settings.index.folder) or store.latest()
    return store.find(found, base) if found and found != base else None


def chosen_embedder(settings: Settings) -> Embedder:
    """The embedder that counts.

    Raises:
        ModelError: it cannot be opened.
    """
    embedder = configured_embedder(settings)
    own = tuned(settings, embedder.identity) if isinstance(embedder, StaticEmbedder) else None
    return StaticEmbedder(own.folder) if own is not None else embedder


def chosen_pipeline(settings: Settings, backend: Backend, embedder: Embedder) -> Pipeline:
    """A pipeline with the ranker, lexicon and cross-encoder that count.

    Raises:
        ModelError: a model cannot be used.
        LexiconError: the user's lexicon cannot.
    """
    pipeline = open_pipeline(backend, embedder)
    if embedder.identity.startswith("static-"):
        folder = Store(models_folder(settings)).folder_of(embedder.identity)
        if folder is not None:
            pipeline.model = read_model(folder)
    if settings.lexicon.user is not None:
        from qa.user_lexicon import UserLexicon

        pipeline.lexicon = UserLexicon(read_lexicon([LEXICON]).entries, settings.lexicon.user)
    if settings.ranking.cross_encoder:
        from qa.cross import CrossRanker

        pipeline.cross = CrossRanker(settings.ranking.cross_encoder, settings.ranking.cross_encoder_depth)
    return pipeline


def _identity(folder: Path) -> str | None:
    """The embedding that an index was made with, None where there is no index that can be read."""
    try:
        current_name(folder)
        return open_generation(folder).manifest.settings.embedder
    except (IndexMissingError, IndexDamagedError):
        return None
