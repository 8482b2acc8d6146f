"""The distribution: what the wheel holds, that it works away from the checkout, and that its dependencies are told."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is built for users."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("citebot-*.whl")
    return built


def test_wheel_holds_data_and_no_tests(wheel: Path) -> None:
    """Prompts, the bundled corpus, cases and thresholds ship with the code; tests and settings do not."""
    names = zipfile.ZipFile(wheel).namelist()
    for folder, pattern in (
        ("prompts", "*.md"),
        ("evals/documents", "*.*"),
        ("evals/attacks", "*.*"),
        ("evals/cases", "*.jsonl"),
        ("evals", "*.toml"),
        ("evals", "*.html"),
    ):
        for file in (ROOT / folder).glob(pattern):
            assert file.relative_to(ROOT).as_posix() in names
    assert "prompts/answer.md" in names
    assert sum(name.startswith("evals/documents/") for name in names) >= 8
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"bot", "retrieval", "prompts", "evals", next(top for top in tops if top.endswith(".dist-info"))}
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(".env" in name or name.endswith(".pyc") for name in names)


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment that holds only the wheel, and borrows its dependencies from this one."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-q", "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    (site,) = folder.glob("lib/python*/site-packages")
    # Only the folder itself is added: the .pth of this checkout's own editable install in it stays without effect.
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return folder / "bin"


def run(program: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "LANG": "C.UTF-8"}
    return subprocess.run([program, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_installed_program_works_from_any_directory(elsewhere: Path, tmp_path: Path) -> None:
    """The demo of an installed wheel needs nothing of the checkout, and its index serves the next command."""
    demo = run(elsewhere / "citebot", "demo", cwd=tmp_path)
    assert (demo.returncode, "Traceback" in demo.stderr) == (0, False), demo.stderr
    assert str(ROOT / "evals") not in demo.stdout
    assert "citebot chat" in demo.stdout
    sources = run(elsewhere / "python", "-m", "bot", "sources", cwd=tmp_path)
    assert "northgate-wire-tuesday.txt" in sources.stdout


def test_requirements_are_pinned_and_hashed() -> None:
    """Every requirement has one version and a hash, and no file names a registry."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text("utf-8")
        entries = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert entries
        assert all(re.match(r"[\w.-]+(\[[\w,]+\])?==\S+", entry) and entry.endswith("\\") for entry in entries)
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)


def test_every_dependency_is_told() -> None:
    """docs/dependencies.md says why each direct dependency is there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = project["project"]["dependencies"] + [
        item for group in project["dependency-groups"].values() for item in group
    ]
    told = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    missing = [name for item in wanted if f"`{(name := re.match(r'[^<>=!~ ]+', item)[0])}`" not in told]  # type: ignore[index]
    assert missing == []


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/dependencies.md", "docs/cli.md"]
)
def test_pages_lead_somewhere(page: str) -> None:
    """Every link within the repository, and every file that CONTRIBUTING names, is there."""
    text = (ROOT / page).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    named = re.findall(r"`((?:bot|retrieval|prompts|evals|docs)/[\w./-]*)`", text) if page == "CONTRIBUTING.md" else []
    missing = [link for link in links if not ((ROOT / page).parent / link).exists()]
    assert missing + [name for name in named if not (ROOT / name).exists()] == []
