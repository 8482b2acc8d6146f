"""Every setting, read once at the edge from the environment and `.env` and passed down; nothing here acts on one."""

from __future__ import annotations

import difflib
import os
import string
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from dotenv.parser import parse_stream
from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.links import PLACEHOLDERS
from retrieval.errors import UsageError

DATABASE_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        reachable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        reachable = False
    if not reachable:
        raise ValueError("must be a web address such as https://host.example:8000/path")
    return value.rstrip("/")


def _api_base(value: str) -> str:
    base = _web_address(value)
    if base.endswith("/completions"):
        raise ValueError("must end before /chat/completions, as in https://host.example/v1")
    return base


def _database_address(value: str) -> str:
    scheme, separator, _ = value.partition("://")
    if not separator or scheme not in DATABASE_SCHEMES:
        raise ValueError("must begin with postgresql://; leave it empty for SQLite in the data directory")
    return value


def _link_template(value: str) -> str:
    _web_address(value.partition("{")[0] or value)
    try:
        fields = [(name, spec, conversion) for _, name, spec, conversion in string.Formatter().parse(value)]
    except ValueError as error:
        raise ValueError("has a brace without its partner") from error
    for name, spec, conversion in fields:
        if name is not None and (name not in PLACEHOLDERS or spec or conversion):
            known = ", ".join(f"{{{field}}}" for field in PLACEHOLDERS)
            raise ValueError(f"has the unknown placeholder {{{name}}}: use {known}")
    return value


def _embedder_name(value: str) -> str:
    if value.lower() == "none":
        raise ValueError("cannot be none: leave it empty for the bundled model")
    return _provider_model(value)


def _provider_model(value: str) -> str:
    if value.startswith("openai:") and not value.removeprefix("openai:").strip():
        raise ValueError("must name a model after openai:, as in openai:text-embedding-3-small")
    return value


def _key(value: SecretStr) -> SecretStr:
    if not all("!" <= character <= "~" for character in value.get_secret_value()):
        raise ValueError("holds a space or another character that no key has: copy it again")
    return value


def _token(prefix: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(prefix):
            raise ValueError(f"must begin with {prefix}: copy the right token from the app's page at Slack")
        return value

    return AfterValidator(check)


HomePath = Annotated[Path, AfterValidator(Path.expanduser)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Key = Annotated[SecretStr, AfterValidator(_key)]


class Settings(BaseSettings):
    """What can be set; `.env.example` says what each is for. An empty variable counts as unset.

    Fields are read from `CITEBOT_<FIELD>`, those with an alias from that name. Relative paths start at the working
    directory.
    """

    model_config = SettingsConfigDict(
        env_prefix="CITEBOT_",
        env_ignore_empty=True,
        extra="ignore",  # load_settings reports unknown names itself, with the closest right one
        frozen=True,
        populate_by_name=True,
        str_strip_whitespace=True,
    )

    data_dir: HomePath = Path("data")
    answerer: Literal["auto", "extractive", "llm"] = "auto"
    model: str | None = None
    judge: bool = False
    openai_api_key: Key | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: Annotated[str, AfterValidator(_api_base)] | None = Field(
        default=None, validation_alias="OPENAI_BASE_URL"
    )
    embeddings: Annotated[str, AfterValidator(_embedder_name)] | None = None
    reranker: Annotated[str, AfterValidator(_provider_model)] | None = None
    chroma_url: WebAddress | None = Field(default=None, repr=False)
    database_url: Annotated[str, AfterValidator(_database_address)] | None = Field(
        default=None, validation_alias="DATABASE_URL", repr=False
    )
    source_url: Annotated[str, AfterValidator(_link_template)] | None = None
    access_file: HomePath | None = None
    slack_bot_token: Annotated[Key, _token("xoxb-")] | None = Field(default=None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: Annotated[Key, _token("xapp-")] | None = Field(default=None, validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: Key | None = Field(default=None, validation_alias="SLACK_SIGNING_SECRET")
    slack_api_url: WebAddress | None = Field(default=None, validation_alias="SLACK_API_URL")
    slack_follow: Literal["addressed", "all", "mentions"] = "addressed"
    slack_user_limit: Annotated[int, Field(ge=1)] = 60
    slack_channel_limit: Annotated[int, Field(ge=1)] = 120

    @model_validator(mode="after")
    def _endpoint_for_llm(self) -> Settings:
        if self.answerer == "llm" and not self.has_endpoint:
            raise ValueError("CITEBOT_ANSWERER=llm needs a model: set OPENAI_API_KEY or OPENAI_BASE_URL")
        return self

    @property
    def has_endpoint(self) -> bool:
        """Whether a language model can be asked: a key or a base URL is set."""
        return self.openai_api_key is not None or self.openai_base_url is not None

    @property
    def default_answerer(self) -> Literal["extractive", "llm"]:
        """Who answers when the question does not say: `auto` resolved."""
        if self.answerer == "auto":
            return "llm" if self.has_endpoint else "extractive"
        return self.answerer


def variable(field: str) -> str:
    """The environment variable of a field of `Settings`."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"CITEBOT_{field.upper()}"


VARIABLES = tuple(variable(field) for field in Settings.model_fields)


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Settings from the environment and, below it, from `env_file` where there is one.

    Raises UsageError, one sentence that names the variable, for an unknown name or a value that cannot be.
    """
    if env_file is not None:
        _check_file(env_file)
    for name in sorted(os.environ):
        if name.upper().startswith("CITEBOT_"):
            _check_name(name, "in the environment")
    file: dict[str, Any] = {"_env_file": env_file, "_env_file_encoding": "utf-8-sig"}  # no fields, so unknown to mypy
    try:
        return Settings(**file)
    except ValidationError as error:
        raise UsageError(_sentence(error.errors()[0])) from None  # the cause would show the value, maybe a key


def _check_file(env_file: Path) -> None:
    """Raise UsageError where a line of `env_file` cannot be read or sets an unknown name."""
    if not env_file.exists():
        return
    try:
        with env_file.open(encoding="utf-8-sig") as stream:
            bindings = list(parse_stream(stream))
    except UnicodeDecodeError:
        raise UsageError(f"{env_file} is not UTF-8 text: save it again as UTF-8.") from None
    except OSError as error:
        raise UsageError(f"{env_file} cannot be read ({error.strerror}): mend or remove it.") from error
    for binding in bindings:
        if binding.error or (binding.key is not None and binding.value is None):
            text = binding.original.string
            line = binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
            raise UsageError(f"Line {line} of {env_file} is not a setting: write NAME=value.")
        if binding.key is not None:
            _check_name(binding.key, f"in {env_file}")


def _check_name(name: str, place: str) -> None:
    if name.upper() in VARIABLES:
        return
    close = difflib.get_close_matches(name.upper(), VARIABLES, n=1)
    remedy = f"did you mean {close[0]}?" if close else "remove it; the README lists every setting."
    raise UsageError(f"{name} {place} is not a setting of citebot: {remedy}")


def _sentence(error: ErrorDetails) -> str:
    """What is wrong, in one sentence that names the variable and never repeats a value, which may be a key."""
    message = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return f"{message}."
    if error["type"] == "literal_error":
        message = f"must be {error['ctx']['expected']}".replace("'", "")
    if error["type"] == "bool_parsing":
        message = "must be on or off"
    if error["type"] in ("int_parsing", "greater_than_equal"):
        message = "must be a whole number, 1 or more"
    location = str(error["loc"][0])
    name = location if location.upper() in VARIABLES else variable(location)
    return f"{name.upper()} {message}."
