"""The house: what a reader may rely on in every room. Nothing of taste is left to memory."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
"""From `def` to the last line, docstring and blank lines included."""
GENERATED = ("patrol/register/migrations/",)
"""Written by Django."""


@cache
def tracked() -> tuple[str, ...]:
    """Files of the repository, new ones that git does not ignore included. Without git, all that lie there."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    asked = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if asked.returncode == 0:
        names = {name for name in asked.stdout.split("\0") if name}
    else:
        hidden = {".venv", ".git", "__pycache__"}
        paths = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        names = {str(path) for path in paths if not hidden.intersection(path.parts)}
    return tuple(sorted(name for name in names if (ROOT / name).is_file()))


@cache
def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8", errors="replace")


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(read(name), name)


def sources() -> Iterator[str]:
    """Python files written by hand."""
    return (name for name in tracked() if name.endswith(".py") and not name.startswith(GENERATED))


def test_there_is_something_to_look_at() -> None:
    assert "patrol/errors.py" in tracked()
    assert len(list(sources())) > 50


ONE_FILE = {"patrol/ledger/verifier.py": 1060}
"""The auditor's tool is one file by promise: it is read, copied and run alone."""


def test_no_file_over_400_lines() -> None:
    lines = {name: len(read(name).splitlines()) for name in sources()}
    long = {name: has for name, has in lines.items() if has > ONE_FILE.get(name, MAX_FILE_LINES)}
    assert not long, f"split by noun: {long}"


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_function_over_50_lines() -> None:
    long = [
        f"{name}:{function.lineno} {function.name} has {lines} lines"
        for name in sources()
        for function in functions(tree(name))
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def test_every_package_says_what_it_is() -> None:
    silent = [
        name
        for name in sources()
        if name.endswith("/__init__.py") and not read(name).startswith('"""')
    ]
    assert not silent


def test_every_folder_of_code_is_a_package() -> None:
    rooms = ("patrol/", "spiders/", "pipelines/", "dashboards/", "benches/")
    folders = {str(Path(name).parent) for name in sources() if name.startswith(rooms)}
    assert not {folder for folder in folders if f"{folder}/__init__.py" not in tracked()}


def readme_tree() -> list[str]:
    """Folders of the fenced tree of README.md, as paths: `patrol/models`."""
    fences = re.findall(r"^```\w*\n(.*?)^```", read("README.md"), re.DOTALL | re.MULTILINE)
    drawn = [fence for fence in fences if re.search(r"^patrol/ ", fence, re.MULTILINE)]
    assert len(drawn) == 1, "README.md draws the tree of folders once, in a fenced block"
    folders, above = [], ""
    for line in drawn[0].splitlines():
        if found := re.match(r"( *)(\S+)/(?: |$)", line):
            above = above if found[1] else found[2]
            folders.append(f"{above}/{found[2]}" if found[1] else found[2])
    return folders


def test_readme_tree_is_true() -> None:
    folders = {str(parent) for name in tracked() for parent in Path(name).parents} - {"."}
    named = readme_tree()
    assert len(named) == len(set(named))
    assert not set(named) - folders, "drawn, but not there"
    rooms = {folder for folder in folders if "/" not in folder and not folder.startswith(".")}
    rooms |= {folder for folder in folders if re.fullmatch(r"patrol/[^/]+", folder)}
    assert not rooms - set(named), "there, but not drawn"


def test_every_command_is_in_the_docs() -> None:
    from patrol.cli.main import COMMANDS

    rows = [line for line in read("docs/commands.md").splitlines() if line.startswith("| `patrol ")]
    missing = []
    for command in COMMANDS:
        described = "\n".join(row for row in rows if re.match(rf"\| `patrol {command}\b", row))
        app = import_module(f"patrol.cli.{command}").app
        words = [each.name or each.callback.__name__ for each in app.registered_commands]
        below = words if len(words) > 1 or app.registered_callback else []
        missing += [command] if not described else []
        missing += [
            f"{command} {word}" for word in below if not re.search(rf"\b{word}\b", described)
        ]
    assert not missing, f"docs/commands.md has no row for: {missing}"


def test_every_setting_is_in_the_docs() -> None:
    from patrol.settings import Settings

    text = read("docs/settings.md")
    rows = dict(re.findall(r"^\| `(PATROL_\w+)` \| (.*) \|$", text, re.MULTILINE))
    fields = {f"PATROL_{name.upper()}": field for name, field in Settings.model_fields.items()}
    assert set(rows) == set(fields)
    for name, field in fields.items():
        default, _, means = rows[name].partition(" | ")
        if field.description:
            assert means == field.description.split("\n")[0], name
        if isinstance(field.default, str | int):
            written = str(field.default) if field.default != "" else "empty"
            assert default.strip("`").lower() == written.lower(), name


def test_every_word_is_in_the_docs() -> None:
    words = import_module("patrol.models.words")
    lists = [
        value
        for value in vars(words).values()
        if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum
    ]
    parts = re.split(r"^## (\w+)$", read("docs/words.md"), flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert list(sections) == [each.__name__ for each in lists if each.__name__ in sections]
    for each in lists:
        rows = re.findall(r"^\| `(\S+)` \| (.+) \| (.+) \|$", sections[each.__name__], re.MULTILINE)
        assert [row[0] for row in rows] == [item.value for item in each], each.__name__


def test_arrows_only_go_down() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(program), "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


FORBIDDEN = {
    r"\|\s*safe\b|autoescape off": "a page that trusts its text",
    r"^\s*(import|from) (pickle|marshal|shelve|dill)\b": "bytes that run when they are read",
    r"yaml\.(load|load_all)\((?!.*Loader=)|(unsafe|full)_load|yaml\.C?(Loader|FullLoader|UnsafeLoader)\b": "YAML that makes objects",
    r"\b(pdb\.set_trace|breakpoint)\(": "a stop for debugging",
}


@pytest.mark.parametrize("pattern", FORBIDDEN, ids=FORBIDDEN.values())
def test_forbidden_in_code_and_pages(pattern: str) -> None:
    forbidden = re.compile(pattern, re.MULTILINE)
    kinds = (".py", ".html", ".txt", ".sh")
    assert not [
        f"{name}: {found[0].strip()}"
        for name in tracked()
        if name.endswith(kinds) and not name.startswith("tests/")
        for found in forbidden.finditer(read(name))
    ]


def calls_of_re(module: ast.Module) -> Iterator[ast.Call]:
    """Calls of the standard library's `re`, under whatever name."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module == "re"
        for alias in node.names
    }
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name):
            ours = called.id in names
        else:
            ours = re.fullmatch(r"re\.(?!escape$)\w+", ast.unparse(called)) is not None
        if ours:
            yield node


def test_pipelines_use_re_for_constants_only() -> None:
    """Officers' regexes go to hyperscan and google-re2, whose time is linear; `re` sees only our own.

    So a file that reads a rule's regexes has no `re`, and elsewhere nothing is
    compiled out of another object's field.
    """
    wrong = []
    for name in sources():
        if not name.startswith("pipelines/"):
            continue
        reads_rules = re.search(r"^import (hyperscan|re2)$|\.regex\b", read(name), re.MULTILINE)
        inside = {id(node) for each in functions(tree(name)) for node in ast.walk(each)}
        for call in calls_of_re(tree(name)):
            fields = (id(call) in inside and call.args) and any(
                isinstance(node, ast.Attribute | ast.Subscript) for node in ast.walk(call.args[0])
            )
            if reads_rules or fields:
                wrong.append(f"{name}:{call.lineno} {ast.unparse(call)[:60]}")
    assert not wrong


_PLACES = (
    r"/wo" + r"rk/",
    r"/ro" + r"ot/",
    r"/ho" + r"me/\w+/",
    r"py" + r"pi\.",
    r"python" + r"hosted",
    r"npm" + r"js\.",
    r"crates" + r"\.io",
    r"index-ur" + r"l",
    r"proxy\.golang",
    r"maven" + r"\.org",
)


def test_no_places_of_one_machine_and_no_registry_hosts() -> None:
    """The repository works anywhere: no paths of a machine, no addresses of one package mirror."""
    places = re.compile("|".join(_PLACES))
    binary = (".png", ".mo", ".woff2", ".gz")
    allowed = {"Makefile": "--no-emit-index-" + "url"}
    wrong = []
    for name in tracked():
        if name.endswith(binary):
            continue
        text = read(name).replace(allowed.get(name, "\0"), "")
        wrong += [f"{name}: {found[0]}" for found in places.finditer(text)]
    assert not wrong


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_have_hashes_and_no_addresses(name: str) -> None:
    text = read(name)
    assert "://" not in text
    pinned = re.split(r"\n(?=\S)", text.strip())
    assert all("==" in each and "--hash=sha256:" in each for each in pinned if each[0] != "#")


def test_every_dependency_has_its_why() -> None:
    block = re.findall(
        r"^(?:dependencies|dev) = \[\n(.*?)^\]", read("pyproject.toml"), re.MULTILINE | re.DOTALL
    )
    lines = [line for part in block for line in part.splitlines() if line.strip()]
    assert lines
    assert not [line for line in lines if not re.search(r'",? +# \S', line)]
