"""The arrows between rooms, read from the imports of the source. Findings are sentences; none is good."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOMS: Final[Mapping[str, frozenset[str]]] = {
    "es": frozenset(),
    "embed": frozenset(),
    "shop": frozenset({"es", "embed"}),
    "ingest": frozenset({"shop", "es", "embed"}),
    "jobs": frozenset({"shop", "es", "embed"}),
    "app": frozenset({"shop", "es", "embed"}),
    "evaluate": frozenset({"app", "ingest", "jobs", "shop", "es", "embed"}),
    "loadtest": frozenset(),
    "web": frozenset(),
    "kibana": frozenset({"es"}),
}
"""Every room and the rooms that it may import."""

VAGUE_NAMES: Final = frozenset({"utils", "util", "helpers", "helper", "common", "core", "manager", "misc"})
ENVIRONMENT: Final = frozenset({"environ", "environb", "getenv"})
ADAPTER_OF_ELASTICSEARCH: Final = "es.client"
# Names of the elasticsearch package that are no exceptions: what one holds, not what it raises.
CLIENTS: Final = frozenset({"Elasticsearch", "AsyncElasticsearch"})


@dataclass(frozen=True, slots=True)
class Module:
    """A module by its dotted name, with its syntax tree. `package`: it is an `__init__`."""

    name: str
    tree: ast.Module
    package: bool = False

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Import:
    """`name` as it is imported (a module, or a module and a name in it), and where."""

    name: str
    line: int


def modules(root: Path) -> list[Module]:
    """Every module of every room under `root`."""
    found = []
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if package else parts)
            found.append(Module(name, ast.parse(path.read_text(encoding="utf-8"), str(path)), package))
    return found


def imports(module: Module) -> Iterator[Import]:
    """All imports, those inside functions too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            yield from (Import(f"{base}.{alias.name}", node.lineno) for alias in node.names)


def _base(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    above = module.name.split(".")[: None if module.package else -1]
    above = above[: len(above) - (node.level - 1)]
    return ".".join([*above, *([node.module] if node.module else [])])


def findings(found: Iterable[Module]) -> list[str]:
    """Everything that breaks a rule of the house."""
    listed = list(found)
    names = {module.name for module in listed}
    wrong: list[str] = []
    for module in listed:
        wrong += _vague(module)
        wrong += _environment(module)
        for used in imports(module):
            where = f"{module.name}:{used.line}"
            wrong += [f"{where}: {told}" for told in _arrow(module, used, names)]
    return wrong + _cycles(listed, names)


def _arrow(module: Module, used: Import, names: set[str]) -> Iterator[str]:
    target = _module_of(used.name, names)
    room = used.name.partition(".")[0]
    if room == "tests":
        yield "nobody imports tests"
    if room in ROOMS and room != module.room and room not in ROOMS[module.room]:
        yield f"{module.room} must not import {room} ({used.name})"
    if target and _feature(module.name) and _feature(target) and _feature(module.name) != _feature(target):
        # A part of a feature may have a face of its own: app.search.understanding.service.
        face = target.count(".") > 1 and target.rpartition(".")[2] in ("service", "models")
        if not face:
            yield f"a feature may import another's service or models, not {target}"
    if room in ("elasticsearch", "elastic_transport") and module.name != ADAPTER_OF_ELASTICSEARCH:
        name = used.name.partition(".")[2]
        if name not in CLIENTS:
            yield f"of {room} only the clients may be imported outside {ADAPTER_OF_ELASTICSEARCH}, not {used.name}"


def _feature(name: str) -> str:
    """The folder of app/ that a module belongs to; empty for modules beside them and in other rooms."""
    parts = name.split(".")
    return parts[1] if parts[0] == "app" and len(parts) > 2 else ""


def _module_of(name: str, names: set[str]) -> str:
    while name and name not in names:
        name = name.rpartition(".")[0]
    return name


def _vague(module: Module) -> list[str]:
    return [f"{module.name}: {part} says nothing" for part in module.name.split(".") if part in VAGUE_NAMES]


def _environment(module: Module) -> Iterator[str]:
    if module.name.endswith(".settings"):
        return
    # `os.environ | {...}` hands the whole of it to a child process and reads nothing.
    handed_on = {id(n.left) for n in ast.walk(module.tree) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.BitOr)}
    for node in ast.walk(module.tree):
        names: set[str] = set()
        if isinstance(node, ast.Attribute) and id(node) not in handed_on:
            names = {node.attr}
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            names = {alias.name for alias in node.names}
        if names & ENVIRONMENT:
            yield f"{module.name}:{getattr(node, 'lineno', 0)}: the environment is read in settings.py alone"


def _cycles(listed: list[Module], names: set[str]) -> list[str]:
    """Cycles of imports at the top of modules (one inside a function waits until it is called)."""
    edges: dict[str, set[str]] = {module.name: set() for module in listed}
    for module in listed:
        top = Module(module.name, ast.Module(_at_top(module.tree), []), module.package)
        edges[module.name] |= {t for used in imports(top) if (t := _module_of(used.name, names)) and t != module.name}
    wrong: list[str] = []
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            wrong.append("a cycle of imports: " + " -> ".join([*path[path.index(name) :], name]))
        elif name not in done:
            for target in sorted(edges[name]):
                visit(target, (*path, name))
            done.add(name)

    for name in edges:
        visit(name, ())
    return wrong


def _at_top(tree: ast.Module) -> list[ast.stmt]:
    return [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
