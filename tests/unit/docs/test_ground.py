"""What the project stands on: locked dependencies, layers, licence, links between pages."""

from __future__ import annotations

import hashlib
import re
import tomllib

import pytest

from tests.conftest import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("deploy/**/*.md")]


@pytest.mark.parametrize("name", ["run.lock", "dev.lock"])
def test_a_lock_has_exact_versions_with_hashes_and_no_address(name):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|index-url|find-links|trusted-host|\bfile:|@ ", text)
    entries = re.findall(
        r"^\S.*?(?=^\S|\Z)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE | re.DOTALL
    )
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+(\[[a-z0-9,-]+\])?==[^\s;]+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_every_dependency_is_locked():
    locked = (ROOT / "requirements/run.lock").read_text(encoding="utf-8")
    for wanted in PYPROJECT["project"]["dependencies"]:
        name = re.match(r"[A-Za-z0-9.-]+", wanted)[0]
        assert re.search(rf"^{re.escape(name)}(\[[a-z0-9,-]+\])?==", locked, flags=re.MULTILINE), name


def test_the_layers_are_as_the_plan_has_them():
    contracts = {contract["type"]: contract for contract in PYPROJECT["tool"]["importlinter"]["contracts"]}
    assert contracts["layers"]["layers"] == ["gateway", "filters", "signatures", "config"]
    assert {"socket", "sqlalchemy", "time", "os"} <= set(contracts["forbidden"]["forbidden_modules"])
    assert PYPROJECT["tool"]["importlinter"]["root_packages"] == [
        "config",
        "signatures",
        "filters",
        "gateway",
    ]


@pytest.mark.parametrize("package", ["config", "signatures", "filters", "gateway"])
def test_every_package_of_a_layer_opens_with_an_essay(package):
    text = (ROOT / package / "__init__.py").read_text(encoding="utf-8")
    assert text.startswith('"""')
    assert text.count("\n") >= 3


def test_the_licence_is_the_standard_text():
    digest = hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest()
    assert digest == "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


def test_the_changelog_speaks_of_this_version():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[?{re.escape(PYPROJECT['project']['version'])}\b", changelog, flags=re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_links_to_is_there(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / target).exists(), target


MODULE = re.compile(r"`((?:config|signatures|filters|gateway|tests|deploy|docs)/[\w./-]*)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(page):
    for named in MODULE.findall(page.read_text(encoding="utf-8")):
        assert (ROOT / named).exists(), named
