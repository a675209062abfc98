"""Processes in which mail is read and decided on, and which may be killed at any moment.

How it fails and what survives. A worker holds no key, no database and no network: its environment is empty,
and once it is warm it can open no file and no socket. One task at a time runs in it, under limits that the
kernel enforces (memory, processor time) and a wall clock that its owner enforces by SIGKILL. A worker that
dies takes its one task with it, which then gives `WorkerFailed`; the others do not notice, and a new worker
takes its place. What a worker answers is data to be validated, never objects to be unpickled.

The pool is our own because `ProcessPoolExecutor` fails every running task when one worker is killed.
"""
