"""Processes in which mail is read and decided on, and which may be killed at any moment.

How it fails and what survives. A worker holds no key, no database and no network: its environment is empty,
it can open no file and no socket, and it knows nothing but what is sent to it with a task. One task at a time
runs in it, under limits that the kernel enforces (memory, processor time) and a wall clock that its owner
enforces by SIGKILL. A worker that dies takes its one task with it, which then gives `WorkerFailed`; the
others do not notice, and a new worker takes its place. What a worker answers is data to be validated, never
objects to be unpickled.

Workers are forked from a *nursery*: a process of one thread that has imported everything they need and does
nothing else, so that a new worker is there within milliseconds. Its owner asks it for workers over a pipe.
When the owner goes, the pipe ends, the nursery goes, and the kernel kills the workers with it.

Both are our own. `ProcessPoolExecutor` fails every running task when one worker is killed, and the fork
server of `multiprocessing` takes the owner's environment along, secrets included, and imports the owner's
main module, metrics and all, into every worker.
"""
