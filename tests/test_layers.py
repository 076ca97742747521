"""Imports point one way: kb → indexes → pipeline → benchmarks → wherefrom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("kb", "indexes", "pipeline", "benchmarks", "wherefrom")
DATA_ONLY = ("models",)  # importable from everywhere, imports nothing of the project
HEAVY = ("torch", "transformers", "sentence_transformers", "datasets", "sklearn", "faiss")
FILES = sorted(path for folder in (*LAYERS, *DATA_ONLY) for path in (ROOT / folder).glob("*.py"))
LONGEST_FILE_LINES = 400
LONGEST_FUNCTION_LINES = 50


def imported_modules(tree: ast.AST) -> Iterator[str]:
    """Go over the full names of all modules that a file imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            if node.module == "wherefrom":
                yield from (f"wherefrom.{alias.name}" for alias in node.names)
            elif node.module:
                yield node.module


def layer_of(module: str) -> str | None:
    """Return the layer that a full module name belongs to, None for packages of others."""
    first, _, rest = module.partition(".")
    if first != "wherefrom":
        return None
    second = rest.partition(".")[0]
    return second if second in (*LAYERS[:-1], *DATA_ONLY) else "wherefrom"


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=named)
def test_imports_point_one_way(path: Path) -> None:
    own = path.parent.name
    for module in imported_modules(parsed(path)):
        other = layer_of(module)
        if other is None or other in DATA_ONLY or own == other:
            continue
        assert own not in DATA_ONLY, f"{named(path)} imports {module}, but only holds data"
        assert LAYERS.index(other) <= LAYERS.index(own), f"{named(path)} imports {module}"


@pytest.mark.parametrize("path", [*FILES, *sorted(ROOT.glob("tests/**/*.py"))], ids=named)
def test_nothing_is_imported_by_its_bare_folder(path: Path) -> None:
    bare = {*LAYERS[:-1], *DATA_ONLY}
    for module in imported_modules(parsed(path)):
        assert module.partition(".")[0] not in bare, f"{named(path)} imports {module}"


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.parent.name == "wherefrom"], ids=named
)
def test_the_face_imports_heavy_packages_inside_functions(path: Path) -> None:
    for node in parsed(path).body:
        for module in imported_modules(node) if not isinstance(node, ast.FunctionDef) else ():
            assert module.partition(".")[0] not in HEAVY, f"{named(path)} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_files_and_functions_stay_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE_LINES, f"{named(path)} has {lines} lines"
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef):
            assert code_lines(node) <= LONGEST_FUNCTION_LINES, f"{named(path)}: {node.name}"


def code_lines(function: ast.FunctionDef) -> int:
    """Count the lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


@pytest.mark.parametrize("folder", [*LAYERS, *DATA_ONLY])
def test_folders_are_flat(folder: str) -> None:
    nested = [named(path) for path in (ROOT / folder).rglob("*.py") if path.parent.name != folder]
    assert nested == []


def test_the_reader_of_imports_sees_every_form() -> None:
    source = "import a.b\nfrom wherefrom import kb, text\ndef f():\n    from c import d\n"
    assert set(imported_modules(ast.parse(source))) == {
        "a.b",
        "wherefrom.kb",
        "wherefrom.text",
        "c",
    }
