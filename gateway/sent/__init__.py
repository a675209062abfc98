"""Copies of sent mail for those who sent it, where their council asks for them.

A mail client keeps in its Sent folder what it handed in. What left is something else: with the agreed
signature and the waiver, with our trace and our DKIM signature. A council may have the message as it was sent
put into the sender's Sent folder, or mailed to the sender. It is off unless the council asks for it.

When. A copy is ordered in the very transaction that records that an upstream took the message, for the first
of its departures that it took, and once for each message however many follow. So what was refused or rejected
has no copy, what is held has none before it is released, and the post room's own letters never have one. The
copy is the bytes of that departure, rebuilt and held against their hash: Bcc is not in it, because it was not
in what was sent, and the copy is no place to bring it back (invariant 5).

Whose. The one person who sent it: also where it went out under a shared mailbox's address or a lent one, for
the others there did not write it. The mailbox is that of the login or, where the login is another body's (a
Clerk of three councils), of the address that the person has in this council; a council's mail never goes into
a mailbox outside its own domains (invariant 6). What a client put into the Sent folder by itself stays there:
it alone still says who was in Bcc, and nothing that an author wrote is deleted here.

How it fails and what survives. Nothing here touches a delivery: it is over before a copy begins, and a fault
in ordering one is caught, counted and logged. The order is a durable job and survives what jobs survive. A
mailbox server that is away is left in peace for a while, and so is one mailbox that fails while others do not
(for longer where it refuses the login), so that neither keeps the others waiting; tries go on, later each
time, until `mailboxes.NAME.give_up_hours`. Then the copy is given up, with a line in the log and a count: the
archive has the message, and nobody is told by mail. Where a connection breaks in the middle, or this process
dies before it has noted that a copy is there, nobody knows whether the server took it. So every try looks for
it first, by our queue id in its trace, and a copy that is there is not put there again. Only a process that
stands still in the middle of an upload for longer than its lease, and then goes on, may make a second one. A
letter is written by the commit that ends its job, and so exactly once.
"""
