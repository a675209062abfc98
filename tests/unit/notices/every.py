"""Every kind of notice, each as a councillor or an officer of the demo council would get it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from config.council import Council
from config.policy import Clause, Stage, Verdict
from config.telling import Language
from filters.finding import Decision, Evidence, Finding, Wants
from gateway.archive.offline.check import Anchor
from gateway.holds.answers.options import Option
from gateway.holds.change import Change
from gateway.notices import held, office, outcomes, personal, reports
from gateway.notices.anchor import anchored
from gateway.notices.held import NotUnderstood, Told
from gateway.notices.kinds import NoticeKind
from gateway.notices.office import Listed
from gateway.notices.parts import Answering, Waiting
from gateway.notices.review import review_due
from gateway.store.messages import Heading, NewMessage

NOW = datetime(2026, 5, 11, 9, 30, tzinfo=UTC)
CAME = NOW - timedelta(days=1, hours=2)
DOMAIN = "littlewickham-pc.example"
ANCHOR = Anchor("littlewickham", 12, "0f" * 32, 5, "2026-05-11T09:30:00Z", "1e" * 32, "2d" * 64)
CLERK, DEPUTY, CHAIR, JO = (f"{name}@{DOMAIN}" for name in ("clerk", "deputy", "chair", "cllr.a"))
ANSWERS = f"answer+9f3c1d77a0b84e52c6@{DOMAIN}"
LINK = "https://post.littlewickham-pc.example/held/01KABCDEF"
HEADING = Heading("<1@pc.example>", "The allotments by the river", JO, DOMAIN)
NEIGHBOURS = (
    f"chair@{DOMAIN}",
    f"cllr.b@{DOMAIN}",
    "brian.bell@wickhamshire.example",
    "jill.fordham42@gmail.com",
    "allotments-association@btinternet.example",
    "rector@stmarys.example",
    "press@wickhamgazette.example",
)
CLAUSE = Clause(document="Email Policy (adopted 12 May 2026)", heading="4 Sending", item="4.2")


def finding(check: str, verdict: Verdict, reason: str, *evidence: tuple[str, str], **more: object) -> Finding:
    return Finding(
        check=check,
        verdict=verdict,
        stage=Stage.ENFORCE,
        reason=reason,
        evidence=tuple(Evidence(where=where, text=text) for where, text in evidence),
        clause=CLAUSE,
        **more,
    )


REPLY_ALL = finding(
    "reply_all",
    Verdict.ASK,
    "You are replying to 7 people at once. Please think about who needs to read your answer.",
    ("To", "jill.fordham42@gmail.com"),
    ("Cc", "rector@stmarys.example"),
    about=(*NEIGHBOURS[:3], *NEIGHBOURS[4:]),
)
TRAIL = finding(
    "trail",
    Verdict.ASK,
    "Percy Press is new to this conversation and would get the earlier messages with it.",
    ("earlier message", "On Fri, 8 May 2026 at 14:05, Jill <jill.fordham42@gmail.com> wrote:"),
    ("earlier message", "my number is 01632 960777 and my husband's is 07700 900123"),
)
FORWARD = finding(
    "forwarding",
    Verdict.HOLD,
    "This sends a council e-mail on to a private address. The Clerk has to consent to that first.",
    ("To", "cllr.a.home@gmail.com"),
    ("From of the message sent on", "Mary Newton <mary.newton@example.org>"),
)
AUTHORITY = finding(
    "authority",
    Verdict.HOLD,
    "It reads as if the Council accepted an offer. Only the Clerk can do that for the Council.",
    ("text", "We are happy to accept your quotation of £4,200"),
)
PERSONAL = finding(
    "personal_data",
    Verdict.HOLD,
    "There are personal details of a resident in it.",
    ("text", "QQ 12 34 56 C"),
    ("text", "born 03/04/1961, 12 Mill Lane"),
)
BINDS = finding(
    "authority",
    Verdict.ASK,
    'It may bind the Council: "let us go ahead". Say that it does not, or hand it to the Clerk.',
    ("text", "let us go ahead"),
    wants=Wants.NOT_BINDING,
)
PASSED_ON = finding(
    "personal_data",
    Verdict.ASK,
    "It passes on details of a resident (Jill Fordham). Say why that may be.",
    ("attachment list.xlsx in papers.zip", "Jill Fordham"),
    ("earlier message", "jill.fordham42@gmail.com"),
    ("subject", "12 Mill Lane"),
    wants=Wants.BASIS,
    masked=True,
)
QUESTION = Decision(findings=(REPLY_ALL, TRAIL))
STATED = Decision(findings=(BINDS, PASSED_ON))
HOLD = Decision(findings=(FORWARD,))
BOTH = Decision(findings=(REPLY_ALL, AUTHORITY))

Make = Callable[[Council], NewMessage]


def row(**changes: object) -> SimpleNamespace:
    values = {
        "id": "01KABCDEF",
        "mail_from": JO,
        "person": JO,
        "header_from": JO,
        "from_domain": DOMAIN,
        "subject": HEADING.subject,
        "message_id": HEADING.message_id,
    }
    return SimpleNamespace(**(values | changes))


def waiting(decision: Decision, **changes: object) -> Waiting:
    values = {"recipients": NEIGHBOURS, "received_at": CAME}
    return Waiting("01KABCDEF", HEADING, JO, decision, **(values | changes))


QUESTION_ANSWER = Answering(
    ANSWERS,
    (Option.SEND, Option.ONLY_SENDER, Option.LEAVE_OUT, Option.BCC, Option.WITHOUT_TRAIL, Option.CANCEL),
    NOW + timedelta(days=7),
)


def _held(decision: Decision, **more: object) -> Make:
    values = {"recipients": NEIGHBOURS, "answer_to": ANSWERS, "answer_until": NOW + timedelta(days=7)}
    return lambda council: held.when_held(council, JO, HEADING, "01KABCDEF", decision, NOW, **(values | more))


def _after(told: Told, why: str = "", **more: object) -> Make:
    def make(council: Council) -> NewMessage:
        notice = held.after_decision(
            council, row(), told, why, NOW, **({"by": CLERK, "recipients": NEIGHBOURS} | more)
        )
        assert notice is not None
        return notice

    return make


def _office(kind: NoticeKind, decision: Decision, to: str = CLERK, **more: object) -> Make:
    def make(council: Council) -> NewMessage:
        officer = council.person(to)
        assert officer is not None
        return office.to_decide(council, officer, kind, waiting(decision, **more), NOW, link=LINK)

    return make


def _digest(council: Council) -> NewMessage:
    officer = council.person(CLERK)
    assert officer is not None
    listed = [
        Listed(waiting(HOLD), LINK),
        Listed(waiting(BOTH), LINK),
        Listed(waiting(Decision(findings=(PERSONAL,)), casework=True), LINK),
    ]
    return office.digest(council, officer, listed, NOW)


CASE = reports.Case(
    reference="01KABCDEF",
    heading=HEADING,
    by=JO,
    at=CAME,
    author="jill.fordham42@gmail.com",
    subject="Complaint about Mrs Newton",
    note="This is r\u2026, I think.",
    extract="Dear C\u2026, my number is \u2026",
)


def _reported(alternate: str) -> Make:
    def make(council: Council) -> NewMessage:
        officer = council.person(DEPUTY if alternate else CLERK)
        assert officer is not None
        return reports.reported(council, officer, replace(CASE, alternate=alternate), NOW)

    return make


def _chair(council: Council) -> NewMessage:
    chair = council.person(CHAIR)
    assert chair is not None
    return office.mail_waits(council, chair, 3, CAME, NOW)


MONITORING = (
    "E-mail sent from the Council's addresses is checked by a machine before it goes.\n\n"
    "Some of it waits for the Clerk, who may then read it. All of it is kept in the Council's archive.\n"
    "Private mail does not belong in a council mailbox."
)
READ = Answering(ANSWERS, (Option.READ,))

EVERY: dict[str, tuple[NoticeKind, Make]] = {
    "held": (NoticeKind.HELD, _held(HOLD, recipients=("cllr.a.home@gmail.com",))),
    "held-no-answer": (NoticeKind.HELD, _held(HOLD, answer_to=None)),
    "held-personal-data": (NoticeKind.HELD, _held(Decision(findings=(PERSONAL, AUTHORITY)))),
    "question": (NoticeKind.QUESTION, _held(QUESTION)),
    "question-stated": (NoticeKind.QUESTION, _held(STATED)),
    "question-link": (NoticeKind.QUESTION, _held(QUESTION, link=LINK, answer_to=None)),
    "held-and-asked": (NoticeKind.HELD_AND_ASKED, _held(BOTH)),
    "still-checked": (
        NoticeKind.STILL_CHECKED,
        lambda council: held.still_checked(council, JO, waiting(Decision()), NOW),
    ),
    "refused": (
        NoticeKind.REFUSED,
        lambda council: outcomes.refused(council, JO, waiting(Decision(findings=(AUTHORITY,))), NOW),
    ),
    "released": (NoticeKind.RELEASED, _after(Told.RELEASED)),
    "released-by-you": (NoticeKind.RELEASED, _after(Told.RELEASED, by=JO, change=Change(without_trail=True))),
    "released-to-some": (
        NoticeKind.RELEASED_TO_SOME,
        _after(
            Told.RELEASED,
            "The press gets a statement of its own.",
            change=Change(left_out=(6,), blind=(3, 4)),
        ),
    ),
    "returned": (
        NoticeKind.RETURNED,
        _after(
            Told.RETURNED,
            "Please take out the sum in the second paragraph.\nThe rest is fine: telephone me on 01632 960101.",
        ),
    ),
    "rejected": (NoticeKind.REJECTED, _after(Told.REJECTED, "The Council has not decided on this yet.")),
    "cancelled": (NoticeKind.CANCELLED, _after(Told.CANCELLED, by=JO)),
    "cancelled-by-clerk": (NoticeKind.CANCELLED, _after(Told.CANCELLED, "Your term has ended.")),
    "sent-as-clerk": (NoticeKind.SENT_AS_CLERK, _after(Told.SENT_AS_CLERK)),
    "asked-again": (
        NoticeKind.ASKED_AGAIN,
        lambda council: held.asked_again(
            council, JO, waiting(QUESTION), NotUnderstood.NUMBERS, NOW, answering=QUESTION_ANSWER
        ),
    ),
    "expired": (
        NoticeKind.EXPIRED,
        lambda council: held.expired(council, JO, waiting(QUESTION), NOW, answering=QUESTION_ANSWER),
    ),
    "asked-again-for-a-basis": (
        NoticeKind.ASKED_AGAIN,
        lambda council: held.asked_again(
            council, JO, waiting(STATED), NotUnderstood.BASIS, NOW, answering=QUESTION_ANSWER
        ),
    ),
    "could-not": (
        NoticeKind.ASKED_AGAIN,
        lambda council: held.could_not(
            council,
            JO,
            waiting(QUESTION),
            "What is quoted cannot be taken out of this message.",
            NOW,
            answering=QUESTION_ANSWER,
        ),
    ),
    "not-counted": (NoticeKind.NOT_COUNTED, lambda council: personal.not_counted(council, JO, NOW)),
    "already-decided": (
        NoticeKind.ALREADY_DECIDED,
        lambda council: outcomes.already_decided(council, JO, waiting(QUESTION), Told.RELEASED, NOW),
    ),
    "sender-reminder": (
        NoticeKind.SENDER_REMINDER,
        lambda council: held.reminder(council, JO, waiting(QUESTION), NOW, answering=QUESTION_ANSWER),
    ),
    "new-hold": (NoticeKind.NEW_HOLD, _office(NoticeKind.NEW_HOLD, BOTH)),
    "new-hold-casework": (
        NoticeKind.NEW_HOLD,
        _office(NoticeKind.NEW_HOLD, Decision(findings=(PERSONAL, TRAIL)), casework=True),
    ),
    "consent-asked": (
        NoticeKind.CONSENT_ASKED,
        _office(NoticeKind.CONSENT_ASKED, HOLD, recipients=("cllr.a.home@gmail.com",)),
    ),
    "second-review": (NoticeKind.SECOND_REVIEW, _office(NoticeKind.SECOND_REVIEW, HOLD, DEPUTY)),
    "handed-over": (NoticeKind.HANDED_OVER, _office(NoticeKind.HANDED_OVER, STATED)),
    "reported": (NoticeKind.REPORTED, _reported("")),
    "reported-alternate": (NoticeKind.REPORTED, _reported("asked")),
    "reported-own": (NoticeKind.REPORTED, _reported("own")),
    "report-taken": (
        NoticeKind.REPORT_TAKEN,
        lambda council: reports.taken(council, JO, CASE, [council.person(CLERK)], NOW),
    ),
    "report-taken-by-nobody": (
        NoticeKind.REPORT_TAKEN,
        lambda council: reports.taken(council, JO, CASE, [], NOW),
    ),
    "office-reminder": (NoticeKind.OFFICE_REMINDER, _office(NoticeKind.OFFICE_REMINDER, HOLD)),
    "escalated": (NoticeKind.ESCALATED, _office(NoticeKind.ESCALATED, HOLD, DEPUTY)),
    "left-behind": (NoticeKind.LEFT_BEHIND, _office(NoticeKind.LEFT_BEHIND, HOLD)),
    "unanswered": (NoticeKind.UNANSWERED, _office(NoticeKind.UNANSWERED, QUESTION)),
    "digest": (NoticeKind.DIGEST, _digest),
    "mail-waits": (NoticeKind.MAIL_WAITS, _chair),
    "monitoring": (
        NoticeKind.MONITORING,
        lambda council: personal.monitoring(council, JO, JO, "2026-1", MONITORING, NOW, answering=READ),
    ),
    "monitoring-waits": (
        NoticeKind.MONITORING,
        lambda council: personal.monitoring(
            council, JO, JO, "2026-1", MONITORING, NOW, waiting=waiting(Decision()), answering=READ
        ),
    ),
    "acknowledged": (
        NoticeKind.ACKNOWLEDGED,
        lambda council: personal.acknowledged(council, JO, "2026-1", NOW, sent=1),
    ),
    "casework-opened": (
        NoticeKind.CASEWORK_OPENED,
        lambda council: personal.casework_opened(
            council, JO, waiting(HOLD), CLERK, "To see whether the resident's address is in it.", CAME, NOW
        ),
    ),
    "forwarding-refused": (
        NoticeKind.FORWARDING_REFUSED,
        lambda council: personal.forwarding_refused(
            council, JO, JO, ("cllr.a.home@gmail.com",), 12, date(2026, 5, 10), NOW
        ),
    ),
    "policy-review": (
        NoticeKind.POLICY_REVIEW,
        lambda council: review_due(council, NOW, NOW.date(), upstream="default")[0],
    ),
    "anchor": (
        NoticeKind.ANCHOR,
        lambda council: anchored(council, "audit@auditor.example", ANCHOR, NOW, upstream="default"),
    ),
}


def speaking(council: Council, language: Language) -> Council:
    """The council with its notices in a language."""
    return council.model_copy(update={"language": language})
