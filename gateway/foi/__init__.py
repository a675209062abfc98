"""Requests for information: by when each must be answered, and how that day was found.

The room counts the statutory clocks of FOIA, the EIR and subject access, and of internal reviews. It is told what
happened to a request (a frozen history of events) and which day it is, and answers with dates and with the sentences
that explain them. It has no clock, no database and no opinion: whether a clarification was really needed, or a request
really complex and voluminous, is for the officer, and the count says so where it matters.

How it fails: towards the earlier date. An event that the law gives no effect (an extension told too late, a
clarification asked after the time was up, a payment nobody asked for) changes nothing and leaves a sentence that says
so; it is never dropped in silence. A bank holiday that is proclaimed after the library of holidays was published makes
our date too early by a day until it is added, which harms nobody; a bank holiday that is moved away makes it too late,
so that one must be entered (`WorkingDays.moved`). What cannot be a history at all, such as an event before the
request, is refused with `NotAHistory`.

Nothing is ever overwritten: a change of regime is one more event, the clock that ran until then can still be asked for
(`former_clocks`), and every clock can be read as it stood on any day. Logging a request, the preservation that logging
it places, searches and bundles come with the rest of the archive: they keep a `History`, append to it, and ask here.
"""
