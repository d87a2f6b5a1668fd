"""config.yaml and the environment -> checked settings; nothing else reads either.

Order: environment (``QA_INDEX__FOLDER``) over file over defaults. A key that is not known fails: a setting that is
silently without effect is worse than a refusal to start.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from qa.config_error import explain
from qa.errors import ConfigError
from qa.yaml_lines import Lines, read_yaml

PREFIX = "QA_"
FILE_VARIABLE = "QA_CONFIG"
FILE_NAME = "config.yaml"


def _path(value: Any) -> Any:
    return Path(value).expanduser() if isinstance(value, str) and value else value


FilePath = Annotated[Path, BeforeValidator(_path)]


class Section(BaseModel):
    """A part of the settings; unknown keys fail, values are never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=False)


class IndexSettings(Section):
    """Where the index lies, what is kept of it, and how large a file may be."""

    backend: Literal["local", "milvus"] = Field(default="local", description="索引放在本机还是 Milvus")
    folder: FilePath = Field(default=Path("var/index"), description="索引文件夹")
    keep: int = Field(default=2, ge=1, le=1_000, description="保留几代索引（含现用的一代）")
    file_mb: int = Field(default=100, ge=1, le=10_000, description="单个文件的大小上限（MB）")
    characters: int = Field(default=20_000_000, ge=1_000, le=1_000_000_000, description="单个文件的字数上限")
    pages: int = Field(default=5_000, ge=1, le=1_000_000, description="单个 PDF 的页数上限")


class MilvusSettings(Section):
    """Which Milvus holds the index, where ``index.backend`` says ``milvus``."""

    uri: str = Field(default="http://localhost:19530", min_length=1, description="Milvus 的地址")
    token: str = Field(default="", description="用户名:密码，或密钥；空：不需要")
    name: str = Field(default="policy_qa", pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$", description="索引的名称")
    vector_index: str = Field(default="AUTOINDEX", min_length=1, description="向量索引的种类")


class EmbeddingSettings(Section):
    """Which model turns texts into vectors."""

    kind: Literal["static", "transformer"] = Field(default="static", description="嵌入方式")
    model: str | None = Field(default=None, description="模型名或文件夹；空：随程序附带的模型")
    query_prompt: str = Field(default="", description="问题前加的提示（仅 transformer）")
    passage_prompt: str = Field(default="", description="条款前加的提示（仅 transformer）")


class LexiconSettings(Section):
    """Everyday words and what official documents say for them."""

    user: FilePath | None = Field(default=None, description="自己的词表文件；空：只用随程序附带的")


class RankingSettings(Section):
    """What ranks besides the shipped ranker."""

    cross_encoder: str | None = Field(default=None, description="交叉编码器的模型名或文件夹；空：不用")
    cross_encoder_depth: int = Field(default=30, ge=1, le=200, description="交叉编码器重排前多少条")


class ModelsSettings(Section):
    """Where models that were adapted to own questions lie."""

    folder: FilePath | None = Field(default=None, description="qa tune 的模型放在哪里；空：索引文件夹旁边")


class AnswerSettings(Section):
    """How questions are answered."""

    hits: int = Field(default=5, ge=1, le=50, description="默认给出多少条相关条款")
    least_evidence: float = Field(default=0.28, ge=0, le=1, description="证据至少要多强才回答")
    question_characters: int = Field(default=2_000, ge=10, le=100_000, description="问题的字数上限")


class LogSettings(Section):
    """Whether questions are written down, where and for how long."""

    enabled: bool = Field(default=False, description="是否记录问题和反馈")
    file: FilePath | None = Field(default=None, description="记录文件（SQLite）；空：索引文件夹旁边")
    retention_days: int = Field(default=180, ge=1, le=3650, description="记录保留多少天")


class ServiceSettings(Section):
    """How the HTTP service is reached, and what it can be asked to bear."""

    host: str = Field(default="127.0.0.1", min_length=1, description="监听的地址")
    port: int = Field(default=8000, ge=0, le=65_535, description="端口")
    workers: int = Field(default=1, ge=1, le=64, description="工作进程数")
    public: bool = Field(default=False, description="没有密钥的人是否也能提问和阅读")
    keys: FilePath | None = Field(default=None, description="密钥文件；空：索引文件夹旁边")
    origins: tuple[str, ...] = Field(default=(), description="可以跨源访问的网站")
    trusted_proxies: tuple[str, ...] = Field(default=(), description="可信的反向代理的地址或网段")
    timeout_seconds: int = Field(default=30, ge=1, le=3_600, description="一个请求最多多少秒")
    concurrency: int = Field(default=64, ge=1, le=10_000, description="每个进程同时处理多少个请求")
    requests_per_minute: int = Field(default=120, ge=0, le=1_000_000, description="每个密钥或地址每分钟多少个请求")
    log_questions: bool = Field(default=False, description="日志里是否写问题的原文")


class PrivacySettings(Section):
    """What is masked in every output."""

    show_phone: bool = Field(default=False, description="是否显示完整的手机号码")


class Settings(BaseSettings):
    """All settings, checked; see config.yaml for each one's meaning.

    Build it with :func:`load_settings` (file and environment) or directly (tests, other programs).
    """

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=False,
    )

    index: IndexSettings = Field(default_factory=IndexSettings)
    milvus: MilvusSettings = Field(default_factory=MilvusSettings)
    embedding: EmbeddingSettings = Field(default_factory=EmbeddingSettings)
    lexicon: LexiconSettings = Field(default_factory=LexiconSettings)
    ranking: RankingSettings = Field(default_factory=RankingSettings)
    models: ModelsSettings = Field(default_factory=ModelsSettings)
    answer: AnswerSettings = Field(default_factory=AnswerSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    service: ServiceSettings = Field(default_factory=ServiceSettings)
    privacy: PrivacySettings = Field(default_factory=PrivacySettings)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over what the caller (that is, the file) gives; no .env file, no secrets folder."""
        return env_settings, init_settings


def find_file(explicit: Path | None = None) -> Path | None:
    """The configuration file that counts: ``explicit``, ``$QA_CONFIG``, or ``config.yaml`` in the working folder.

    Raises:
        ConfigError: a file was named and is not there.
    """
    named = explicit or (Path(os.environ[FILE_VARIABLE]) if os.environ.get(FILE_VARIABLE) else None)
    if named is not None:
        if not named.is_file():
            origin = "--config" if explicit else f"环境变量 {FILE_VARIABLE}"
            raise ConfigError(f"{origin} 指定的配置文件 {named} 不存在，请检查路径。")
        return named
    usual = Path(FILE_NAME)
    return usual if usual.is_file() else None


def load_settings(explicit: Path | None = None) -> Settings:
    """The settings of this process.

    Args:
        explicit: configuration file named by the user; None: see :func:`find_file`.

    Returns:
        Settings whose paths are absolute, or relative to the working folder where no file names them.

    Raises:
        ConfigError: the file cannot be read, or file or environment hold an unknown key or an impossible value.
    """
    file = find_file(explicit)
    values, lines = read_yaml(file) if file is not None else ({}, Lines())
    _check_environment()
    if file is not None:
        _resolve(values, file.resolve().parent)
    try:
        return Settings(**values)
    except ValidationError as error:
        raise ConfigError(explain(error, Settings, file, lines)) from None
    except SettingsError as error:
        # a list in a variable is written as JSON
        raise ConfigError(f'环境变量的值读不懂（{error}）；列表应写成 JSON，例如 ["甲.tsv"]。') from error


def _resolve(values: dict[str, Any], folder: Path) -> None:
    """Makes the paths of the file absolute, seen from the file's folder; the default index folder lies there too."""
    index = values.setdefault("index", {})
    if isinstance(index, dict):
        index.setdefault("folder", "var/index")
        index["folder"] = _against(folder, index["folder"])
    for section, key in (("lexicon", "user"), ("models", "folder"), ("log", "file"), ("service", "keys")):
        own = values.get(section)
        if isinstance(own, dict) and key in own:
            own[key] = _against(folder, own[key])
    for section, key in (("embedding", "model"), ("ranking", "cross_encoder")):
        own = values.get(section)
        if isinstance(own, dict) and isinstance(own.get(key), str):
            # a hub name such as BAAI/bge-small-zh-v1.5 looks like a relative path; it is one only where it exists
            local = folder / Path(own[key]).expanduser()
            if local.exists():
                own[key] = str(local)


def _against(folder: Path, value: Any) -> Any:
    return str(folder / Path(value).expanduser()) if isinstance(value, str) and value else value


def _check_environment() -> None:
    """Refuses variables with a section that is not known, or without a key; pydantic checks keys and values."""
    sections = Settings.model_fields
    for name in sorted(os.environ):
        section, mark, _ = name.upper().removeprefix(PREFIX).partition("__")
        if not name.upper().startswith(PREFIX):
            continue
        if mark and section.lower() not in sections:
            known = "、".join(f"{PREFIX}{field.upper()}__…" for field in sections)
            raise ConfigError(f"环境变量 {name}={os.environ[name]!r} 不认识；可用的有：{known}。")
        if not mark and section.lower() in sections:
            group = type(getattr(Settings.model_construct(), section.lower()))
            known = "、".join(f"{name.upper()}__{key.upper()}" for key in group.model_fields)
            raise ConfigError(f"环境变量 {name}={os.environ[name]!r} 少了键名；可用的有：{known}。")
