"""YAML file -> plain values and the line on which each key stands; keys that occur twice fail."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from qa.errors import ConfigError

Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Where keys stand: path of keys -> line, from 1."""

    of: dict[Location, int] = field(default_factory=dict)

    def at(self, location: Location) -> int | None:
        """The line of a key, or of the nearest key around it; None where neither stands in the file."""
        for size in range(len(location), 0, -1):
            if location[:size] in self.of:
                return self.of[location[:size]]
        return None


def read_yaml(path: Path) -> tuple[dict[str, Any], Lines]:
    """The values of a YAML file whose outermost level is a mapping; an empty file gives an empty one.

    Raises:
        ConfigError: the file cannot be read, is no YAML, is no mapping, or names a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"配置文件 {path} 读不了（{error}）；请检查权限，并确认它是 UTF-8 文本。") from error
    loader: yaml.SafeLoader | None = None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return {}, Lines()
        if not isinstance(node, yaml.MappingNode):
            raise ConfigError(f"配置文件 {path} 的最外层应是“键: 值”，请对照附带的 config.yaml。")
        lines = Lines()
        _collect(path, node, (), lines)
        values = loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark else "有一处"
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise ConfigError(f"配置文件 {path} {where}不是正确的 YAML（{problem}），请检查缩进和引号。") from None
    finally:
        if loader is not None:
            loader.dispose()
    # a section whose settings are all commented out reads as null
    return {str(key): {} if value is None else value for key, value in values.items()}, lines


def _collect(path: Path, node: yaml.Node, above: Location, lines: Lines) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            location = (*above, str(key.value))
            line = key.start_mark.line + 1
            if location in lines.of:
                name = ".".join(str(part) for part in location)
                raise ConfigError(
                    f"配置文件 {path} 第 {line} 行：{name} 在第 {lines.of[location]} 行已写过，请删去一处。"
                )
            lines.of[location] = line
            _collect(path, value, location, lines)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            lines.of[(*above, position)] = value.start_mark.line + 1
            _collect(path, value, (*above, position), lines)
