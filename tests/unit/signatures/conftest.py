from __future__ import annotations

from hypothesis import settings

# The machine may be busy: what must be quick is measured in processor time, not by the clock.
settings.register_profile("vestry", deadline=None, print_blob=True)
settings.load_profile("vestry")
