"""What is installed: every folder of Python files, the data beside them, and nothing else."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[1]
if not (ROOT / "pyproject.toml").is_file():
    pytest.skip("the checkout is not here", allow_module_level=True)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
NOT_PACKAGES = {"tests", "build", "dist", "docs"}
READER_FILES = {"reader.json", "model.safetensors.gz", "config.json", "README.md"}
READER_FILES |= {"tokenizer.json", "tokenizer_config.json"}
READER_BYTES = 30_000_000


def folders_with_python() -> set[str]:
    """Return the folders at the root that hold Python files, hidden ones apart."""
    return {
        path.relative_to(ROOT).parts[0]
        for path in ROOT.glob("[!.]*/**/*.py")
        if path.relative_to(ROOT).parts[0] not in NOT_PACKAGES
    }


def test_the_packages_are_the_folders_that_hold_python() -> None:
    names = {
        folder if folder == "wherefrom" else f"wherefrom.{folder}"
        for folder in folders_with_python()
    }
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == names


def test_every_package_is_mapped_to_its_folder() -> None:
    mapping = PROJECT["tool"]["setuptools"]["package-dir"]
    assert mapping == {
        name: name.removeprefix("wherefrom.") for name in PROJECT["tool"]["setuptools"]["packages"]
    }


def test_type_checkers_see_every_package() -> None:
    for package in PROJECT["tool"]["setuptools"]["packages"]:
        folder = package.removeprefix("wherefrom.")
        if folder != "wherefrom":
            assert (ROOT / ".typing" / "wherefrom" / folder).resolve() == ROOT / folder


def test_the_lock_pins_every_dependency() -> None:
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in LOCK if line[0] != "#"}
    assert all("==" in line for line in LOCK if line[0] != "#")
    wanted = PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["dev"]
    for requirement in wanted:
        name = requirement.partition(">")[0].partition("=")[0].lower().replace("_", "-")
        assert name in pinned, f"{name} is not in requirements.lock; run make lock"


def test_every_data_file_has_a_pattern_that_packs_it() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]
    for name in tracked():
        folder, _, rest = name.partition("/")
        if folder not in folders_with_python() or rest.endswith(".py") or is_result(rest):
            continue
        package = folder if folder == "wherefrom" else f"wherefrom.{folder}"
        allowed = [*patterns["*"], *patterns.get(package, ())]
        assert any(PurePosixPath("/", rest).match(f"/{one}") for one in allowed), name


def test_the_bundled_reader_is_whole_and_small() -> None:
    files = {path.name: path.stat().st_size for path in (ROOT / "models" / "reader").glob("*")}
    assert set(files) >= READER_FILES
    assert sum(files.values()) <= READER_BYTES


@pytest.mark.slow
def test_the_wheel_holds_everything_and_nothing_generic(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--wheel-dir", str(tmp_path / "out"), str(copied(tmp_path))]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    (wheel,) = (tmp_path / "out").glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"wherefrom"}
    assert {name for name in names if name.startswith("wherefrom/")} == expected_files()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith("licenses/NOTICE") for name in names)


def copied(tmp_path: Path) -> Path:
    """Copy what git tracks, so that building leaves nothing in the checkout."""
    target = tmp_path / "checkout"
    for name in tracked():
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((ROOT / name).read_bytes())
    return target


def expected_files() -> set[str]:
    """Return the path in the wheel of every tracked file of every package."""
    folders = folders_with_python()
    files = set()
    for name in tracked():
        folder, _, rest = name.partition("/")
        if folder in folders and not is_result(rest):
            files.add(f"wherefrom/{rest}" if folder == "wherefrom" else f"wherefrom/{name}")
    return files


def is_result(path: str) -> bool:
    """Say whether a file, by its path in its folder, is a measurement kept beside the code."""
    return path.startswith("results/")


def tracked() -> list[str]:
    command = ["git", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]
