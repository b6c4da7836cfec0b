"""The package itself: what an import loads, the stubs and the documentation."""

from __future__ import annotations

import ast
import doctest
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import bitext
import bitext._align
import bitext._corpus
from bitext import _native

HEAVY = ["numpy", "pandas", "polars", "pyarrow", "tqdm", "torch", "json", "multiprocessing"]


def test_an_import_loads_nothing_heavy() -> None:
    code = f"import sys, bitext; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_aligning_needs_no_other_package() -> None:
    code = (
        "import sys, bitext\n"
        "result = bitext.align(en='One.', de='Eins.')\n"
        "str(result), result._repr_html_(), result.to_dict(), result.__arrow_c_stream__()\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("module", [bitext, bitext._align, bitext._corpus, _native.Aligner])
def test_the_examples_of_the_documentation_are_right(module: object) -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    runner = doctest.DocTestRunner()
    for test in finder.find(module, getattr(module, "__name__", "")):
        runner.run(test)
    assert runner.tries > 0 and runner.failures == 0


def test_everything_public_is_documented() -> None:
    for name in bitext.__all__:
        thing = getattr(bitext, name)
        if name.startswith("__"):
            continue
        assert inspect.getdoc(thing), name
        if inspect.isclass(thing):
            for member, value in vars(thing).items():
                if not member.startswith("_") and not issubclass(thing, (Exception, tuple)):
                    assert getattr(value, "__doc__", None), f"{name}.{member}"


def test_the_version_is_that_of_the_library() -> None:
    root = Path("Cargo.toml").read_text(encoding="utf-8")
    own = Path("python/Cargo.toml").read_text(encoding="utf-8")
    line = f'version = "{bitext.__version__}"\n'
    assert line in root and line in own


def test_the_stubs_have_what_the_native_module_has() -> None:
    assert bitext.__file__
    stubs = ast.parse((Path(bitext.__file__).parent / "_native.pyi").read_text(encoding="utf-8"))
    names: dict[str, set[str]] = {}
    for node in stubs.body:
        if isinstance(node, ast.ClassDef):
            functions = (part for part in node.body if isinstance(part, ast.FunctionDef))
            names[node.name] = {part.name for part in functions if not part.name.startswith("__")}
        elif isinstance(node, ast.FunctionDef):
            names[node.name] = set()
    public = {name for name in dir(_native) if not name.startswith("_") and name != "VERSION"}
    assert public == set(names)
    for name, members in names.items():
        thing = getattr(_native, name)
        if inspect.isclass(thing):
            own = {member for member in vars(thing) if not member.startswith("__")}
            assert own == members, name


def test_the_guide_has_the_settings_with_their_defaults() -> None:
    page = Path("guide/python.md").read_text(encoding="utf-8")
    table = page.split("## Settings", 1)[1].split("\n## ", 1)[0]
    settings = bitext.Aligner().settings
    documented: dict[str, object] = {}
    for line in table.splitlines():
        if line.startswith("| `"):
            names, defaults = (cell.strip() for cell in line.split("|")[1:3])
            numbers = defaults.split(", ") if ", " in names else [defaults]
            documented.update(zip(names.replace("`", "").split(", "), numbers))
    # Weights are left out of `settings`, and the background is measured.
    assert set(settings) - {"background"} <= set(documented)
    for name, value in settings.items():
        if name != "background":
            text = str(documented[name]).replace("`", "").replace(",", "")
            assert text == (f'"{value}"' if isinstance(value, str) else str(value)), name


def test_the_package_is_typed() -> None:
    assert bitext.__file__
    assert (Path(bitext.__file__).parent / "py.typed").exists()
