"""Settings: where they come from, which win, and the sentence for each that cannot be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import VARIABLES, Settings, load_settings
from retrieval.errors import UsageError

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def refusal(env_file: Path) -> str:
    with pytest.raises(UsageError) as error:
        load_settings(env_file)
    return str(error.value)


def test_nothing_needs_to_be_set(env_file: Path) -> None:
    """Without a variable or a .env the settings are the contract's defaults."""
    settings = load_settings(env_file)
    assert settings.data_dir == Path("data")
    assert settings.default_answerer == "extractive"
    assert settings.database_url is settings.chroma_url is settings.model is None


def test_environment_wins_over_file(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of the environment hides the same line of .env, the other lines stay."""
    env_file.write_text("CITEBOT_MODEL=from-file\nexport CITEBOT_DATA_DIR='~/of citebot' # kept\n")
    monkeypatch.setenv("CITEBOT_MODEL", "from-environment")
    settings = load_settings(env_file)
    assert settings.model == "from-environment"
    assert settings.data_dir == Path("~/of citebot").expanduser()


def test_empty_is_unset(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty variable leaves the value of .env, and an empty line of .env the default."""
    env_file.write_text("CITEBOT_MODEL=small\nCITEBOT_ANSWERER=\nDATABASE_URL=\n")
    monkeypatch.setenv("CITEBOT_MODEL", "")
    settings = load_settings(env_file)
    assert (settings.model, settings.answerer, settings.database_url) == ("small", "auto", None)


def test_byte_order_mark_is_skipped(env_file: Path) -> None:
    """A .env saved by an editor that writes a byte order mark is read all the same."""
    env_file.write_bytes(b"\xef\xbb\xbfCITEBOT_MODEL=small\r\n")
    assert load_settings(env_file).model == "small"


def test_settings_cannot_change(env_file: Path) -> None:
    """Settings are a value."""
    with pytest.raises(ValueError, match="frozen"):
        load_settings(env_file).model = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("line", "answerer"),
    [
        ("OPENAI_API_KEY=sk-1", "llm"),
        ("OPENAI_BASE_URL=http://localhost:1/v1", "llm"),
        ("CITEBOT_MODEL=m", "extractive"),
    ],
)
def test_auto_asks_the_model_when_there_is_an_endpoint(env_file: Path, line: str, answerer: str) -> None:
    """`auto` is `llm` when a key or a base URL is set, and `extractive` otherwise."""
    env_file.write_text(line)
    assert load_settings(env_file).default_answerer == answerer


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("CITEBOT_MODLE=x", "CITEBOT_MODLE in .env is not a setting of citebot: did you mean CITEBOT_MODEL?"),
        ("SLACK_BOT_TOKN=x", "SLACK_BOT_TOKN in .env is not a setting of citebot: did you mean SLACK_BOT_TOKEN?"),
        ("COLOUR=x", "COLOUR in .env is not a setting of citebot: remove it; the README lists every setting."),
        ("CITEBOT_MODEL", "Line 1 of .env is not a setting: write NAME=value."),
        ("# fine\n\nhello there", "Line 3 of .env is not a setting: write NAME=value."),
        ("CITEBOT_ANSWERER=gpt", "CITEBOT_ANSWERER must be auto, extractive or llm."),
        ("CITEBOT_SLACK_USER_LIMIT=many", "CITEBOT_SLACK_USER_LIMIT must be a whole number, 1 or more."),
        ("CITEBOT_SLACK_CHANNEL_LIMIT=0", "CITEBOT_SLACK_CHANNEL_LIMIT must be a whole number, 1 or more."),
        ("CITEBOT_JUDGE=gpt", "CITEBOT_JUDGE must be on or off."),
        ("CITEBOT_ANSWERER=llm", "CITEBOT_ANSWERER=llm needs a model: set OPENAI_API_KEY or OPENAI_BASE_URL."),
        (
            "OPENAI_BASE_URL=localhost:80",
            "OPENAI_BASE_URL must be a web address such as https://host.example:8000/path.",
        ),
        (
            "OPENAI_BASE_URL=http://[::1",
            "OPENAI_BASE_URL must be a web address such as https://host.example:8000/path.",
        ),
        (
            "OPENAI_BASE_URL=https://host.example/v1/chat/completions",
            "OPENAI_BASE_URL must end before /chat/completions, as in https://host.example/v1.",
        ),
        (
            "CITEBOT_CHROMA_URL=chroma",
            "CITEBOT_CHROMA_URL must be a web address such as https://host.example:8000/path.",
        ),
        ("SLACK_API_URL=http://h:99999", "SLACK_API_URL must be a web address such as https://host.example:8000/path."),
        (
            "DATABASE_URL=mysql://h/d",
            "DATABASE_URL must begin with postgresql://; leave it empty for SQLite in the data directory.",
        ),
        ("CITEBOT_EMBEDDINGS=none", "CITEBOT_EMBEDDINGS cannot be none: leave it empty for the bundled model."),
        (
            "CITEBOT_EMBEDDINGS=openai:",
            "CITEBOT_EMBEDDINGS must name a model after openai:, as in openai:text-embedding-3-small.",
        ),
        (
            "CITEBOT_SOURCE_URL=https://wiki.example/{file}",
            "CITEBOT_SOURCE_URL has the unknown placeholder {file}: "
            "use {source}, {title}, {line}, {last_line}, {page}, {start}, {end}.",
        ),
        ("CITEBOT_SOURCE_URL=https://wiki.example/{source", "CITEBOT_SOURCE_URL has a brace without its partner."),
        (
            "CITEBOT_SOURCE_URL=javascript:{source}",
            "CITEBOT_SOURCE_URL must be a web address such as https://host.example:8000/path.",
        ),
        (
            "SLACK_APP_TOKEN=xoxb-1",
            "SLACK_APP_TOKEN must begin with xapp-: copy the right token from the app's page at Slack.",
        ),
    ],
)
def test_what_cannot_be_is_one_sentence(
    env_file: Path, line: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong name or value is reported by its name, with what to write instead."""
    env_file.write_text(line)
    monkeypatch.chdir(env_file.parent)
    assert refusal(Path(".env")) == message


def test_unknown_variable_of_the_environment(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only citebot's own prefix is policed in the environment: the rest belongs to other programs."""
    monkeypatch.setenv("OPENAI_ORGANISATION", "someone")
    load_settings(env_file)
    monkeypatch.setenv("CITEBOT_DATADIR", "/tmp")
    assert "did you mean CITEBOT_DATA_DIR?" in refusal(env_file)


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"])
def test_keys_are_never_shown(env_file: Path, name: str) -> None:
    """A key is in no error and in no representation of the settings."""
    env_file.write_text(f"{name}='secret value'")
    assert "secret" not in refusal(env_file)
    prefix = {"SLACK_BOT_TOKEN": "xoxb-", "SLACK_APP_TOKEN": "xapp-"}.get(name, "")
    env_file.write_text(f"{name}={prefix}hunter2\nDATABASE_URL=postgresql://me:hunter2@h/d")
    assert "hunter2" not in repr(load_settings(env_file))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00=1", None])
def test_unreadable_file(env_file: Path, content: bytes | None) -> None:
    """A .env that is binary, or a folder, is one sentence that names it."""
    env_file.mkdir() if content is None else env_file.write_bytes(content)
    assert refusal(env_file).startswith(str(env_file))


def test_example_lists_every_setting() -> None:
    """`.env.example` sets each variable of the class once, in its order, with a line of explanation above."""
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    named = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert named == list(VARIABLES)
    assert all(lines[lines.index(line) - 1].startswith("#") for line in lines if line and not line.startswith("#"))


def test_example_is_valid(env_file: Path) -> None:
    """A copy of `.env.example` is a valid .env and changes nothing."""
    env_file.write_text((ROOT / ".env.example").read_text("utf-8"))
    assert load_settings(env_file) == Settings()


def test_readme_lists_every_setting() -> None:
    """The README's table names every variable."""
    table = re.findall(r"`([A-Z_]{6,})`", (ROOT / "README.md").read_text("utf-8"))
    assert set(VARIABLES) <= set(table)
