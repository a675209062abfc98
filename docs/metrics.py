"""`docs/metrics.md`, from `gateway/metrics.py`."""

from __future__ import annotations

from prometheus_client.metrics import MetricWrapperBase

from docs.table import table
from gateway import metrics

_HEAD = """# Metrics

Generated from `gateway/metrics.py` by `make docs`; change it there.

Shown to Prometheus at `/metrics` of the address in `[metrics]`. A histogram has `_bucket`, `_sum` and
`_count` after its name there. No label ever holds an address, a login or anything that a sender wrote.

"""


def page() -> str:
    """The whole page."""
    rows = []
    for metric in vars(metrics).values():
        if not isinstance(metric, MetricWrapperBase):
            continue
        (described,) = metric.describe()
        name = f"{described.name}_total" if described.type == "counter" else described.name
        labels = ", ".join(f"`{label}`" for label in metric._labelnames)
        rows.append([f"`{name}`", described.type, labels, described.documentation])
    return _HEAD + table(["Name", "Type", "Labels", ""], rows) + "\n"
