"""The versions of the tables, as their files' names tell them and as the migrations themselves do."""

from __future__ import annotations

import subprocess
import sys

from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from gateway.store.schema import MIGRATIONS, revision_of, revisions
from gateway.store.upgrade import upgrade
from tests.conftest import ROOT


def test_the_files_are_called_by_the_revisions_in_them():
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert revisions() == [each.revision for each in scripts.walk_revisions()][::-1]
    assert revisions()[-1] == scripts.get_current_head()


def test_what_is_there_is_told(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/new.sqlite")
    with engine.connect() as connection:
        assert revision_of(connection) == ""
    engine.dispose()
    url = f"sqlite:///{tmp_path}/up.sqlite"
    assert upgrade(url) == revisions()[-1]
    engine = create_engine(url)
    with engine.connect() as connection:
        assert revision_of(connection) == revisions()[-1]
    engine.dispose()


def test_processes_that_only_work_with_the_tables_do_not_load_the_tools_that_change_them():
    script = "import sys, gateway.delivery.role, gateway.submission.role; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
