"""Every metric, in one place. No label ever holds an address, a login or anything a sender wrote.

Processes write to files in `PROMETHEUS_MULTIPROC_DIR`; the supervisor adds them up at `/metrics`.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram

_KINDS = ("counter", "histogram", "gauge_livesum", "gauge_livemostrecent", "gauge_livemax")
_RESERVED = 131_072


def _reserve() -> None:
    """Take the space for this process's files now, before they are mapped into memory.

    A process that touches a mapped page for which the disk has no room is ended by the kernel.
    """
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    for kind in _KINDS if folder else ():
        with contextlib.suppress(OSError), Path(folder or "", f"{kind}_{os.getpid()}.db").open("ab") as file:
            os.posix_fallocate(file.fileno(), 0, _RESERVED)


_reserve()
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60, 300, 600)

MESSAGES = Counter("vestry_messages", "Messages decided on, by verdict.", ["council", "verdict"])
FINDINGS = Counter("vestry_findings", "Findings, by check and verdict.", ["check", "verdict", "stage"])
WITHOUT_WAIVER = Counter(
    "vestry_messages_without_waiver",
    "Messages that go without the waiver they should have, by why (a message class, `resent`, `other`).",
    ["council", "why"],
)
REPEATED = Counter("vestry_messages_repeated", "Submissions answered with an earlier queue id.")
TURNED_AWAY = Counter("vestry_submissions_failed", "Submissions that failed before the commit.", ["reason"])
OVER_RATE = Counter(
    "vestry_sending_rate_exceeded",
    "Messages held because their login wrote to too many in an hour.",
    ["council"],
)
STAGE_SECONDS = Histogram(
    "vestry_stage_seconds", "Time spent on a message, by stage.", ["stage"], buckets=_SECONDS
)
DISK_FREE = Gauge(
    "vestry_disk_free_bytes", "Free space where the data folder is.", multiprocess_mode="livemostrecent"
)
CONNECTIONS = Gauge(
    "vestry_connections", "Open client connections.", ["listener"], multiprocess_mode="livesum"
)
AUTH_FAILURES = Counter("vestry_auth_failures", "Failed logins, by reason.", ["reason"])
QUEUE_DEPTH = Gauge(
    "vestry_queue_recipients",
    "Deliveries waiting, one a recipient, by council.",
    ["council"],
    multiprocess_mode="livemostrecent",
)
QUEUE_AGE = Gauge(
    "vestry_queue_oldest_seconds", "Age of the oldest waiting delivery.", multiprocess_mode="livemostrecent"
)
HELD = Gauge(
    "vestry_held_messages", "Messages held, by council.", ["council"], multiprocess_mode="livemostrecent"
)
HELD_FOR_NOBODY = Gauge(
    "vestry_held_for_nobody",
    "Messages held that nobody in office may decide on at present, by council.",
    ["council"],
    multiprocess_mode="livemostrecent",
)
DELIVERIES = Counter("vestry_deliveries", "Results of delivery, one a recipient.", ["upstream", "result"])
UPSTREAM_FAILURES = Counter(
    "vestry_upstream_failures", "Tries to open a connection to an upstream that failed.", ["upstream", "step"]
)
BOUNCES = Counter("vestry_bounces", "Departures that failed, by whether their author was told.", ["told"])
DELAY_NOTICES = Counter(
    "vestry_delay_notices", "Departures whose author was told that they wait.", ["council"]
)
SET_ASIDE = Counter(
    "vestry_departures_set_aside",
    "Departures left alone for an hour: no attempt at them comes to an end.",
    ["council"],
)
LOGIN_REFUSED = Gauge(
    "vestry_upstream_login_refused",
    "1 while an upstream refuses our login, so that its mail waits.",
    ["upstream"],
    multiprocess_mode="livemostrecent",
)
NULL_SENDER_REFUSED = Counter(
    "vestry_null_sender_refused",
    "Bounces and notices lost at an upstream that refuses `MAIL FROM:<>`.",
    ["upstream"],
)
OUTCOME_UNKNOWN = Counter("vestry_deliveries_outcome_unknown", "Data sent, reply lost; sent again.")
COMMIT_UNKNOWN = Counter("vestry_commits_unknown", "Commits whose outcome had to be looked up.")
BATCH_SIZE = Histogram(
    "vestry_commit_batch", "Messages committed with one fsync.", buckets=(1, 2, 4, 8, 16, 32, 64)
)
WORKER_RESTARTS = Counter("vestry_worker_restarts", "Analysis workers replaced, by reason.", ["reason"])
PROCESS_RESTARTS = Counter("vestry_process_restarts", "Processes that the supervisor replaced.", ["role"])
CERTIFICATE_EXPIRY = Gauge(
    "vestry_certificate_expiry_timestamp_seconds",
    "When the certificate that mail clients see runs out.",
    multiprocess_mode="livemostrecent",
)
LOOP_LAG = Gauge(
    "vestry_event_loop_lag_seconds", "How late the event loop runs.", ["role"], multiprocess_mode="livemax"
)
SENT_COPIES = Counter(
    "vestry_sent_copies",
    "Copies of sent mail for their senders, by how a try at one ended.",
    ["way", "result"],
)
MAILBOX_LOGIN_REFUSED = Gauge(
    "vestry_mailbox_login_refused",
    "1 where the last login at a mailbox server was refused, so that a copy of sent mail waits.",
    ["mailboxes"],
    multiprocess_mode="livemostrecent",
)
MALWARE_SCANS = Counter(
    "vestry_malware_scans",
    "Messages given to the virus scanner, by result (`clean`, `found`, `trouble`: it could not look).",
    ["result"],
)
MALWARE_SCANNER_ANSWERS = Gauge(
    "vestry_malware_scanner_answers",
    "1 where the virus scanner could look at the last message that it was given, 0 where it could not.",
    multiprocess_mode="livemostrecent",
)
CHECKED_LATER = Counter(
    "vestry_messages_checked_later",
    "Messages whose attachments were still being read when they were accepted, by what came of them (a verdict).",
    ["council", "verdict"],
)
JOBS = Counter("vestry_jobs", "Runs of jobs, by how they ended.", ["kind", "result"])
ARCHIVE_FAULTS = Gauge(
    "vestry_archive_faults",
    "What the last verification of a council's archive found amiss; 0 where it is whole.",
    ["council"],
    multiprocess_mode="livemostrecent",
)
ARCHIVE_VERIFIED = Gauge(
    "vestry_archive_verified_timestamp_seconds",
    "When a council's archive was last verified to its end, by this node.",
    ["council"],
    multiprocess_mode="livemostrecent",
)
ARCHIVE_PENDING = Gauge(
    "vestry_archive_pending_messages",
    "Messages of a council's archive that are still to be read, so that not all of them is found yet.",
    ["council"],
    multiprocess_mode="livemostrecent",
)
ARCHIVE_UNSEARCHED = Gauge(
    "vestry_archive_unsearched_messages",
    "Messages of a council's archive of which not all could be read (passwords, scans, damage).",
    ["council"],
    multiprocess_mode="livemostrecent",
)
