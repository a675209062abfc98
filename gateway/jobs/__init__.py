"""What happens later: every such thing is a row in one table, and done by whichever node claims it.

How it fails and what survives. A job stands in the database before anybody relies on it, most often in the
very transaction that makes it necessary. Whoever claims it holds a lease, by the database's clock, and renews
it while at work. A process that dies leaves its jobs to the next one when the lease runs out; one that stood
still and comes back finds that its lease has passed to another, and what it then writes is not taken: a
handler writes through `Task.write`, which looks at the lease in the same transaction. So what a job leaves in
the database it leaves once, where its last writing and the end of the job are one (`Task.write_last`); what it
does outside may happen twice, and a handler must be able to bear that.

A run that fails is tried again, later each time, without end: a job that could be given up would not be one.
The count of claims is raised before any work. A job whose runs never come to any end, not even to an error,
is thought to bring down whoever does it; it is set aside for an hour, and the others go on.
"""
