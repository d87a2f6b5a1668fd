"""What pydantic found wrong with the settings -> Chinese lines that name key, value, place and what is allowed."""

import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Union

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from qa.yaml_lines import Lines, Location

_BOUNDS = {"ge": "不小于 {}", "gt": "大于 {}", "le": "不大于 {}", "lt": "小于 {}"}
_NAMES: Mapping[type, str] = {int: "整数", float: "数", bool: "true 或 false", str: "文字", Path: "路径"}


def explain(error: ValidationError, model: type[BaseModel], file: Path | None, lines: Lines) -> str:
    """One line for each fault, in the order in which pydantic found them."""
    return "\n".join(_line(fault, model, file, lines) for fault in error.errors(include_url=False))


def _line(fault: Any, model: type[BaseModel], file: Path | None, lines: Lines) -> str:
    location: Location = fault["loc"]
    name = ".".join(str(part) for part in location)
    line = lines.at(location)
    value = fault["input"]
    from_file = line is not None and (fault["type"] == "extra_forbidden") <= (location in lines.of)
    where = f"配置文件 {file} 第 {line} 行：" if from_file else "设置（环境变量或参数）："
    if fault["type"] == "extra_forbidden":
        inner = _field(model, location[:-1])
        known = _fields(inner) if location[:-1] else model.model_fields
        scope = f"{'.'.join(str(part) for part in location[:-1])} 下" if location[:-1] else ""
        return f"{where}不认识的设置 {name}（值 {value!r}）；{scope}可用的有：{'、'.join(known)}。"
    return f"{where}{name} 的值 {value!r} 不合适；应为{_allowed(_field(model, location))}。"


def _field(model: type[BaseModel], location: Location) -> FieldInfo | None:
    """The field at a location; of a list's element the field of the list."""
    current: FieldInfo | None = None
    fields = model.model_fields
    for part in location:
        if part not in fields:
            break
        current = fields[str(part)]
        fields = _fields(current)
    return current


def _fields(info: FieldInfo | None) -> dict[str, FieldInfo]:
    kind = info.annotation if info else None
    return kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else {}


def _allowed(info: FieldInfo | None) -> str:
    if info is None:
        return "“键: 值”"
    if _fields(info):
        return f"“键: 值”，键可用：{'、'.join(_fields(info))}"
    bounds = [
        text.format(f"{getattr(mark, bound):,}" if isinstance(getattr(mark, bound), int) else getattr(mark, bound))
        for mark in info.metadata
        for bound, text in _BOUNDS.items()
        if getattr(mark, bound, None) is not None
    ]
    return _kind(info.annotation) + (f"（{'，'.join(bounds)}）" if bounds else "")


def _kind(annotation: Any) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return " 或 ".join(str(value) for value in arguments)
    if origin in (Union, types.UnionType):
        return "，或".join("留空" if part is type(None) else _kind(part) for part in arguments)
    if origin is typing.Annotated:
        return _kind(arguments[0])
    if origin is tuple:
        return f"{_kind(arguments[0])}的列表"
    return _NAMES.get(annotation, str(annotation))
