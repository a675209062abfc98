"""Whom an address reaches."""

from config.mailing_list import MailingList, by_address, opened


def lists(**members: tuple[str, ...]) -> dict[str, MailingList]:
    return by_address(
        MailingList(address=f"{name}@c.example", members=each) for name, each in members.items()
    )


def test_an_address_that_is_no_list_is_itself():
    assert list(opened("anne@c.example", lists(all=("ben@c.example",)))) == ["anne@c.example"]


def test_lists_among_its_members_are_opened_too_and_each_person_is_reached_once_in_order():
    found = lists(
        all=("anne@c.example", "staff@c.example", "ben@c.example"), staff=("ben@c.example", "x@o.example")
    )
    assert list(opened("all@c.example", found)) == ["anne@c.example", "ben@c.example", "x@o.example"]


def test_a_list_whose_members_are_not_told_is_itself_among_other_lists_too():
    found = lists(all=("anne@c.example", "news@c.example"), news=())
    assert list(opened("news@c.example", found)) == ["news@c.example"]
    assert list(opened("all@c.example", found)) == ["anne@c.example", "news@c.example"]


def test_lists_that_hold_one_another_end():
    found = lists(one=("two@c.example", "anne@c.example"), two=("one@c.example", "ben@c.example"))
    assert list(opened("one@c.example", found)) == ["ben@c.example", "anne@c.example"]
