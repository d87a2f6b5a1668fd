"""How a clause is referred to in writing: as official documents do, and as a list of literature does."""

from index.records import Clause, Document
from qa.relations import date_of, name_of


def official(document: Document, clause: Clause | None = None) -> str:
    """《标题》（文号）and the clause's path, as one document names another."""
    return name_of(document) + (clause.path if clause else "")


def literature(document: Document, address: str, today: str) -> str:
    """An entry by GB/T 7714—2015 for a document read online.

    The form is that of the standard's own example of an official document (number after the title, archives online)::

        北京市人民政府办公厅. 关于……的通知: 京政办发〔2005〕37号[A/OL]. (2005-07-12)[2011-07-12]. http://….

    Args:
        document: the document.
        address: where it can be read.
        today: ISO day on which it was read.
    """
    facts, date = document.metadata, date_of(document)
    issuer = f"{facts.issuer}. " if facts.issuer else ""
    number = f": {facts.number}" if facts.number else ""
    return f"{issuer}{facts.title or document.source}{number}[A/OL]. {f'({date})' if date else ''}[{today}]. {address}."
