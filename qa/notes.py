"""What a reader of an answer must be told besides the answer: it rests on something that no longer applies."""

from collections.abc import Sequence

from index.backend import Backend
from index.records import Document
from qa.records import Citation
from qa.relations import ENDED, STATES, name_of

_FORMS = {"expired": "expires", "repealed": "ended", "amended": "ended"}


def notes(citations: Sequence[Citation], backend: Backend, day: str) -> tuple[str, ...]:
    """Chinese sentences, each once: cited documents that no longer apply, and clauses that rest on such.

    Args:
        citations: of the answer.
        backend: the index.
        day: ISO day as of which is asked.
    """
    said: dict[str, None] = {}
    for citation in citations:
        state = citation.document.validity(day)
        if state in ENDED:
            said[_ended(citation.document, state, backend)] = None
    for citation in citations:
        for link in backend.links.of_clause(citation.clause.id, day):
            if link.warning is not None:
                said[f"[{citation.marker}] {citation.clause.path}：{link.warning}"] = None
    return tuple(said)


def _ended(document: Document, state: str, backend: Backend) -> str:
    """One sentence such as 《甲》已废止（自 2025-01-01 起；依据《乙》第四条“…同时废止。”）."""
    known = backend.links.validity(document.id)
    details = []
    if state == "expired" and known.expires_on:
        details.append(f"有效期至 {known.expires_on}")
    elif known.ended_on:
        details.append(f"自 {known.ended_on} 起")
    proof = dict(known.proofs).get(_FORMS[state])
    if proof is not None:
        source = (
            f"《{proof.document_title}》" if proof.document_id != document.id and proof.document_title else "本文件"
        )
        details.append(f"依据{source}{proof.path}“{proof.text.strip()}”")
    elif known.ended_by is not None:
        details.append(f"新版本：{name_of(backend.document(known.ended_by))}")
    return f"{name_of(document)}{STATES[state]}" + (f"（{'；'.join(details)}）。" if details else "。")
