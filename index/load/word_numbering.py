"""Word's automatic numbering -> the marks that a reader sees (ECMA-376 Part 1, 17.9)."""

import re
from dataclasses import dataclass, field

from lxml import etree

from index.load.word_numbers import formatted

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9
# After these the blank that Word puts behind a mark adds nothing; after a full stop it keeps 1. and 2018 apart.
_CLOSED = tuple("、）)】〕：；")
_OFF = frozenset({"0", "false", "off", "none"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """One level of a list: where counting starts, how numbers look, the pattern ``%1、``, and what follows it."""

    start: int = 1
    style: str = "decimal"
    pattern: str = ""
    suffix: str = "tab"
    restart: int | None = None
    legal: bool = False


@dataclass(slots=True)
class _List:
    """One instance of a list: its levels, and the counters it shares with its siblings."""

    abstract: str
    levels: dict[int, Level]
    restarts: dict[int, int]
    begun: set[int] = field(default_factory=set)


def value(element: etree._Element | None, path: str, default: str | None = None) -> str | None:
    """The ``w:val`` of a child, the default where there is none."""
    found = element.find(path) if element is not None else None
    return found.get(f"{W}val", default) if found is not None else default


def number(text: str | None, default: int = 0) -> int:
    """A whole number as written in XML, the default where it is none."""
    try:
        return int(text) if text else default
    except ValueError:
        return default


def is_on(element: etree._Element | None) -> bool:
    """True for a switch that is there and not turned off."""
    return element is not None and element.get(f"{W}val", "1") not in _OFF


class Numbering:
    """Gives each numbered paragraph its mark; call :meth:`mark` once a paragraph, in reading order.

    Args:
        numbering: root of numbering.xml, None where the file has none.
        styles: root of styles.xml, None where the file has none.
    """

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self._styles = _Styles(styles)
        self._lists = _lists(numbering, self._styles)
        self._counters: dict[str, dict[int, int]] = {}

    def mark(self, properties: etree._Element | None) -> str:
        """The mark of a paragraph with what follows it, e.g. ``一、`` or ``1. ``; empty where it bears none."""
        found = self._place(properties)
        if found is None:
            return ""
        number_id, depth = found
        instance = self._lists[number_id]
        level = instance.levels[depth]
        self._count(instance, depth)
        if level.style == "bullet":
            text = _bullet(level.pattern)
        else:
            text = _PLACE.sub(lambda place: self._shown(instance, int(place[1]) - 1, level), level.pattern)
        if not text:
            return ""
        return text + ("" if level.suffix == "nothing" or text.endswith(_CLOSED) else " ")

    def _place(self, properties: etree._Element | None) -> tuple[str, int] | None:
        """List and level of a paragraph, from itself or from its style."""
        own = properties.find(f"{W}numPr") if properties is not None else None
        style = value(properties, f"{W}pStyle") or self._styles.default
        number_id, depth = value(own, f"{W}numId"), value(own, f"{W}ilvl")
        if number_id is None:
            inherited, level = self._styles.numbering(style)
            number_id = inherited
            depth = depth if depth is not None else level
            if depth is None and number_id in self._lists:
                depth = self._styles.level_of(style, number_id)
        if number_id is None or number_id not in self._lists:
            return None
        place = number(depth)
        return (number_id, place) if place in self._lists[number_id].levels else None

    def _count(self, instance: _List, depth: int) -> None:
        counters = self._counters.setdefault(instance.abstract, {})
        if depth in instance.restarts and depth not in instance.begun:
            counters[depth] = instance.restarts[depth]
        elif depth in counters:
            counters[depth] += 1
        else:
            counters[depth] = instance.levels[depth].start
        instance.begun.add(depth)
        for deeper in [level for level in counters if level > depth]:
            rule = instance.levels[deeper].restart if deeper in instance.levels else None
            if rule is None or (rule and depth < rule):
                del counters[deeper]

    def _shown(self, instance: _List, depth: int, level: Level) -> str:
        counters = self._counters[instance.abstract]
        other = instance.levels.get(depth, level)
        return formatted(counters.get(depth, other.start), "decimal" if level.legal else other.style)


class _Styles:
    """What paragraph styles say of numbering; a style inherits from the one it is based on."""

    def __init__(self, root: etree._Element | None) -> None:
        self._based: dict[str, str | None] = {}
        self._numbers: dict[str, tuple[str | None, str | None]] = {}
        self.default: str | None = None
        for style in root.iter(f"{W}style") if root is not None else ():
            name = style.get(f"{W}styleId")
            if not name:
                continue
            self._based[name] = value(style, f"{W}basedOn")
            found = style.find(f"{W}pPr/{W}numPr")
            self._numbers[name] = (value(found, f"{W}numId"), value(found, f"{W}ilvl"))
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on"):
                self.default = name
        self.levels: dict[tuple[str, str], int] = {}

    def numbering(self, name: str | None) -> tuple[str | None, str | None]:
        """List id and level that a style gives, each from the nearest style that names it."""
        number_id: str | None = None
        depth: str | None = None
        seen: set[str] = set()
        while name and name not in seen and number_id is None:
            seen.add(name)
            own_number, own_depth = self._numbers.get(name, (None, None))
            number_id = own_number
            depth = depth if depth is not None else own_depth
            name = self._based.get(name)
        return number_id, depth

    def level_of(self, name: str | None, number_id: str) -> str | None:
        """The level of a list that names a style as its own."""
        found = self.levels.get((number_id, name or ""))
        return None if found is None else str(found)


def _lists(root: etree._Element | None, styles: _Styles) -> dict[str, _List]:
    if root is None:
        return {}
    abstracts = {name: part for part in root.iter(f"{W}abstractNum") if (name := part.get(f"{W}abstractNumId"))}
    linked = {name: part for part in abstracts.values() if (name := value(part, f"{W}styleLink"))}
    result: dict[str, _List] = {}
    for instance in root.iter(f"{W}num"):
        number_id = instance.get(f"{W}numId")
        abstract_id = value(instance, f"{W}abstractNumId")
        abstract = abstracts.get(abstract_id or "")
        if number_id is None or abstract_id is None or abstract is None or number_id == "0":
            continue
        target = linked.get(value(abstract, f"{W}numStyleLink") or "")
        if target is not None:
            abstract, abstract_id = target, target.get(f"{W}abstractNumId") or abstract_id
        result[number_id] = _instance(instance, abstract, abstract_id)
        for part in abstract.findall(f"{W}lvl"):
            style = value(part, f"{W}pStyle")
            if style:
                styles.levels[number_id, style] = number(part.get(f"{W}ilvl"))
    return result


def _instance(instance: etree._Element, abstract: etree._Element, abstract_id: str) -> _List:
    levels = _levels(abstract)
    restarts = {}
    for override in instance.findall(f"{W}lvlOverride"):
        depth = number(override.get(f"{W}ilvl"))
        levels.update(_levels(override))
        start = value(override, f"{W}startOverride")
        if start is not None:
            restarts[depth] = number(start, 1)
    return _List(abstract=abstract_id, levels=levels, restarts=restarts)


def _levels(parent: etree._Element) -> dict[int, Level]:
    return {
        number(part.get(f"{W}ilvl")): _level(part)
        for part in parent.findall(f"{W}lvl")
        if 0 <= number(part.get(f"{W}ilvl")) < _LEVELS
    }


def _level(part: etree._Element) -> Level:
    style = value(part, f"{W}numFmt") or _alternative(part) or "decimal"
    restart = value(part, f"{W}lvlRestart")
    return Level(
        start=number(value(part, f"{W}start"), 0 if part.find(f"{W}start") is None else 1),
        style=style,
        pattern=value(part, f"{W}lvlText") or "",
        suffix=value(part, f"{W}suff") or "tab",
        restart=None if restart is None else number(restart),
        legal=is_on(part.find(f"{W}isLgl")),
    )


def _alternative(part: etree._Element) -> str | None:
    """The format where newer Word hides it behind a choice (mc:AlternateContent): the fall-back that all can show."""
    formats = [found.get(f"{W}val") for found in part.iter(f"{W}numFmt")]
    return formats[-1] if formats else None


def _bullet(pattern: str) -> str:
    """A bullet; the private characters of symbol fonts become a plain one."""
    return "".join("•" if "\ue000" <= character <= "\uf8ff" else character for character in pattern).strip()
