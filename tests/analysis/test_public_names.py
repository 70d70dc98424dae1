import subprocess
import sys
from importlib import import_module

import pytest

import analysis


@pytest.mark.parametrize("name", analysis.__all__)
def test_name__imported_from_the_package__has_its_own_words(name: str) -> None:
    found = getattr(analysis, name)
    assert found.__module__.startswith("analysis.")
    assert getattr(import_module(found.__module__), name) is found
    assert found.__doc__


def test_unknown_name__attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        analysis.nothing  # noqa: B018


def test_period__loads_neither_numpy_nor_scipy() -> None:
    program = "import sys, analysis.period; assert not {'numpy', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
