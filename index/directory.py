"""Titles and numbers as documents cite each other -> the documents of the index that are meant."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index.docnumber import number_key
from index.filters import earliest
from index.names import plain_title
from index.records import Metadata

_STATE = "中华人民共和国"
# （试行） | （2022年修订） | （征求意见稿）, at the end; not （一）, which tells one interpretation from the next
_REMARK = re.compile(r"（(?:试行|暂行|草案|征求意见稿|[12]\d{3}年[^（）]{0,6}|修[订正][^（）]{0,6}|附[^（）]{0,8})）$")
_ISSUER = re.compile(r"^[^〈〉“”]{2,40}?(?=关于)")
_PLACE = re.compile(r"^[一-龥]{2,8}?(?:省|自治区|市|自治州|州|县|区)(?=[一-龥]{4,})")
# 关于印发〈某办法〉的通知: the act inside is cited by its own name as well
_ENCLOSED = re.compile(r"(?:印发|转发|批转|发布|公布|下发)(?:实施)?〈(.+)〉")
_SHORTEST_SUBJECT = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What is known of a document of the index by those that cite it.

    Attributes:
        position: of the document, in index order.
        metadata: what it says of itself.
    """

    position: int
    metadata: Metadata

    @property
    def day(self) -> str:
        """First day that its date can mean: 成文, else 施行, else 公布; empty where it bears none."""
        facts = self.metadata
        return earliest(facts.issued_on or facts.effective_on or facts.published_on) or ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a reference says of the document that it means.

    Attributes:
        title: without 《》, None where it gives only a number.
        number: in the standard form, None where it gives only a title.
        before: only documents of an earlier day count (for what is repealed); empty: all.
        dates: days that the reference gives for it; empty: none.
        own: position of the document that cites, which is never meant.
    """

    title: str | None
    number: str | None
    before: str = ""
    dates: tuple[str, ...] = ()
    own: int = -1


class Directory:
    """All documents of an index by number and by title in several degrees of freedom.

    Args:
        entries: one a document.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_number: dict[str, list[Entry]] = defaultdict(list)
        self._by_title: tuple[dict[str, list[Entry]], ...] = tuple(defaultdict(list) for _ in range(4))
        for entry in entries:
            if (key := _number(entry.metadata.number)) is not None:
                self._by_number[key].append(entry)
            for name in _names(entry.metadata):
                for table, spelling in zip(self._by_title, spellings(name), strict=True):
                    if spelling and entry not in table[spelling]:
                        table[spelling].append(entry)

    def find(self, asked: Asked) -> Entry | None:
        """The document that is meant: by number, else by title from the strictest spelling on; the newest of several.

        A title whose number is given as well means no document that bears another number.
        """
        found = self._fitting(self._by_number.get(_number(asked.number) or "", ()), asked)
        if found:
            return _newest(found)
        if asked.title is None:
            return None
        for degree, spelling in enumerate(spellings(plain_title(asked.title))):
            if not spelling:
                continue
            found = self._fitting(self._by_title[degree].get(spelling, ()), asked)
            # 企业破产法（试行） is another act than 企业破产法; the other way round （试行） is often left out
            found = [
                entry
                for entry in found
                if degree == 0 or not _tentative(asked.title) or _tentative(*_names(entry.metadata))
            ]
            if found and (degree < 2 or len({entry.metadata.title for entry in found}) == 1):
                return _newest(found)
        return None

    def find_plain(self, asked: Asked) -> Entry | None:
        """As :meth:`find`, for a title without 《》, whose first characters may still belong to the sentence.

        提交行政强制法 means 行政强制法 where that is a title of the index.
        """
        title = asked.title or ""
        for cut in range(max(1, len(title) - 1)):
            found = self.find(replace(asked, title=title[cut:]))
            if found is not None:
                return found
        return None

    def versions(self) -> list[list[Entry]]:
        """Documents of one title and one issuer's kind, oldest first; only titles that several documents bear."""
        return [sorted(group, key=lambda entry: entry.day) for group in self._by_title[1].values() if len(group) > 1]

    def _fitting(self, candidates: Sequence[Entry], asked: Asked) -> list[Entry]:
        return [entry for entry in candidates if entry.position != asked.own and _fits(entry, asked)]


def spellings(title: str) -> tuple[str, str, str, str]:
    """A title as it stands; without 中华人民共和国 and （试行）; without the issuer before 关于; without its place.

    The last two are empty where nothing is left that could name one document.
    """
    plain = plain_title(title)
    bare = _REMARK.sub("", plain.replace(_STATE, ""))
    subject = _ISSUER.sub("", bare)
    subject = subject if subject != bare and len(subject) >= _SHORTEST_SUBJECT else ""
    placeless = _PLACE.sub("", bare)
    return plain, bare, subject or (bare if bare.startswith("关于") else ""), placeless if placeless != bare else ""


def _names(metadata: Metadata) -> list[str]:
    names = [plain_title(name) for name in (metadata.title, metadata.enclosed_title) if name]
    inner = [match[1] for name in names if (match := _ENCLOSED.search(name))]
    return list(dict.fromkeys(name for name in (*names, *inner) if len(name) >= 2))


def _tentative(*titles: str) -> bool:
    return any(re.search(r"[（(][试暂]行[）)]", title) for title in titles)


def _number(number: str | None) -> str | None:
    key = number_key(number) if number else None
    if key is None:
        return None
    token, year, serial = key.split("|")
    token = token.removeprefix(_STATE).replace("国务院令", "国令")
    return f"{token}|{year}|{serial}" if token else None


def _fits(entry: Entry, asked: Asked) -> bool:
    if asked.before and not (entry.day and entry.day < asked.before):
        return False
    own, other = _number(entry.metadata.number), _number(asked.number)
    if own is not None and other is not None and own != other and own.split("|")[0] == other.split("|")[0]:
        return False
    years = {day[:4] for day in asked.dates}
    return not (years and entry.day) or entry.day[:4] in years


def _newest(found: Sequence[Entry]) -> Entry:
    return max(found, key=lambda entry: (entry.day, -entry.position))
