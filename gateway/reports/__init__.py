"""Messages that people of a council report: taken in before any check, kept as cases, and told to who looks at them.

Anybody here forwards what they want looked at to the council's report address (`content.report_address`), which works
where the check `report` is in force. How it fails and what survives: the report's archive entry, the case and the
letters are one transaction, committed before the 250; until then nothing is kept, and the client keeps the message.
"""
