"""Processes in which mail is read and decided on, and which may be killed at any moment.

How it fails and what survives. Workers are forked from a nursery, a process that has loaded what they need,
was started with an empty environment and knows nothing else. A worker holds no key, no database and no
network, and can open no file and no socket. One task at a time runs in it, under limits that the kernel
enforces (memory, processor time) and a deadline that its owner enforces by SIGKILL. A worker that dies takes
its one task with it, which then gives `WorkerFailed`; the others do not notice, and a new worker takes its
place. If the nursery dies, its workers die with it and another is started; if the owner dies, the nursery
sees its socket close and ends them all, busy or not. What a worker answers is data to be validated, never
objects to be unpickled.

The pool is our own because `ProcessPoolExecutor` fails every running task when one worker is killed, and
`multiprocessing` would run the owner's main module, with all that it imports and knows, in every worker.
"""
