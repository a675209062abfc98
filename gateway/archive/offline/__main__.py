"""`python -m gateway.archive.offline BUNDLE --anchor FILE`."""

from __future__ import annotations

import sys

from gateway.archive.offline.check import main

sys.exit(main())
