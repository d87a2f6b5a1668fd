"""The rules of the structure, read from the syntax trees: who may import whom, no cycles, sizes, no work at import."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "qa")
MOST_LINES = 400
MOST_FUNCTION_LINES = 50
MOST_PARAMETERS = 6
HEAVY = {
    "sentence_transformers",
    "torch",
    "transformers",
    "sklearn",
    "ranx",
    "fastapi",
    "uvicorn",
    "pandas",
    "jieba",
    "pymilvus",
}
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        base = node.module or ""
        return [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return []


def at_import(tree: ast.Module) -> list[str]:
    """Modules imported when this one is; not those in functions or under TYPE_CHECKING."""
    return [name for node in tree.body for name in names(node)]


def anywhere(tree: ast.Module) -> list[str]:
    return [name for node in ast.walk(tree) if isinstance(node, ast.stmt) for name in names(node)]


def is_web(name: str) -> bool:
    """Whether a module belongs to the HTTP door, which is imported by ``qa serve`` when it runs, and by nothing else."""
    return name.startswith(("qa.api", "qa.http", "qa.web"))


MODULES = {module(path): path for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=module)
def test_index_never_imports_qa(path: Path) -> None:
    if module(path).startswith("index"):
        assert not [name for name in anywhere(TREES[path]) if name.split(".")[0] in ("qa", "train", "bench")]
    else:
        assert not [name for name in anywhere(TREES[path]) if name.split(".")[0] in ("train", "bench", "tests")]


def test_no_cycles() -> None:
    graph = {
        name: {other for other in at_import(TREES[path]) if other in MODULES and other != name}
        for name, path in MODULES.items()
    }
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above[above.index(name) :], name))
        if name not in done:
            for other in sorted(graph[name]):
                visit(other, (*above, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


@pytest.mark.parametrize("path", FILES, ids=module)
def test_sizes(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < MOST_LINES
    for node in ast.walk(TREES[path]):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert _lines(node) < MOST_FUNCTION_LINES, f"{node.name} is too long"
            if not _is_command(node):
                given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                count = len([argument for argument in given if argument.arg not in ("self", "cls")])
                assert count <= MOST_PARAMETERS, f"{node.name} has {count} parameters"


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, its docstring aside."""
    first = node.body[0]
    described = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if described else 0
    return (node.end_lineno or 0) - node.lineno + 1 - docstring


def _is_command(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Parameters of a command are its options."""
    return any("app." in ast.unparse(decorator) for decorator in node.decorator_list)


@pytest.mark.parametrize("path", FILES, ids=module)
def test_heavy_libraries_are_imported_where_they_are_used_only(path: Path) -> None:
    if module(path) == "index.st_module":  # is imported by sentence-transformers itself
        return
    heavy = HEAVY - {"fastapi", "uvicorn"} if is_web(module(path)) else HEAVY
    assert not heavy & {name.split(".")[0] for name in at_import(TREES[path])}


@pytest.mark.parametrize("path", FILES, ids=module)
def test_only_the_http_door_imports_the_http_door(path: Path) -> None:
    """The other doors start without a web framework, and the service knows no door."""
    if not is_web(module(path)):
        assert not [name for name in at_import(TREES[path]) if is_web(name)]
        assert not {"starlette", "prometheus_client"} & {name.split(".")[0] for name in at_import(TREES[path])}


@pytest.mark.parametrize("path", FILES, ids=module)
def test_no_work_at_import(path: Path) -> None:
    """Modules only define; the one call allowed is what runs a command as a script."""
    for node in TREES[path].body:
        assert not isinstance(node, (ast.With, ast.While, ast.Try)), f"line {node.lineno}"
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            assert ast.unparse(node.value.func).endswith((".update", ".append")), f"line {node.lineno}"


@pytest.mark.parametrize("path", FILES, ids=module)
def test_public_things_say_what_they_are(path: Path) -> None:
    tree = TREES[path]
    if path.name != "__init__.py":
        assert ast.get_docstring(tree), "the module"
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


def test_nothing_reads_settings_but_the_configuration() -> None:
    readers = {
        module(path)
        for path in FILES
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    assert readers <= {"qa.config", "qa.cli_state", "qa.cli_serve"}  # NO_COLOR alone; sets a variable of a library
