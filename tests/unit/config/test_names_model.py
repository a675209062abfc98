from __future__ import annotations

import sys
import types
from importlib.machinery import ModuleSpec

import pytest
from pydantic import ValidationError

from config.settings import WorkerSettings


def test_there_is_none_unless_it_is_named():
    assert WorkerSettings().names_model == ""


@pytest.mark.parametrize("name", ["en_core_web_none", "../model", "en core", "EN", "spacy.lang"])
def test_one_that_is_not_installed_refuses_to_start(name):
    with pytest.raises(ValidationError, match="a spaCy pipeline that is installed here"):
        WorkerSettings(names_model=name)


def test_one_that_is_installed_is_taken(monkeypatch):
    module = types.ModuleType("en_core_web_made")
    module.__spec__ = ModuleSpec("en_core_web_made", None)
    monkeypatch.setitem(sys.modules, "en_core_web_made", module)
    assert WorkerSettings(names_model="en_core_web_made").names_model == "en_core_web_made"
