"""The directory's rules: accounts are linked to one person by somebody else's decision, and people erased."""

from typing import Any

from shared.governance.people.commands import ErasePerson, LinkPersons, UnlinkPerson
from shared.governance.people.domain import (
    AlreadyErased,
    Directory,
    NotLinked,
    OnePersonAlready,
    PersonErased,
    PersonsLinked,
    PersonsUnlinked,
    YourOwnAccounts,
)
from shared.kernel.named_people import NoSuchPerson
from shared.kernel.personal import Personal
from tests.support.specs import given

KNOWN: dict[str, Any] = {"people": ["ann", "ann2", "ann3", "ben", "ada"]}
WHY = "She has a second account."


def linked(person: str, same_as: str) -> PersonsLinked:
    return PersonsLinked(person=person, same_as=same_as, reason=Personal(about=person, text=WHY))


def link(person: str, same_as: str) -> LinkPersons:
    return LinkPersons(person=person, same_as=same_as, reason=WHY)


ERASE = ErasePerson(person="ann", ground="Schedule, line 4")
UNLINK = UnlinkPerson(person="ann2", reason="Two people of one name.")


def test_an_account_is_linked_to_a_person() -> None:
    given(Directory()).when(link("ann2", "ann"), by="ada", **KNOWN).then(linked("ann2", "ann"))
    given(Directory()).when(link("ann2", "ann"), by="ada", **KNOWN).leads_to(links={"ann2": "ann"})


def test_both_must_be_known() -> None:
    given(Directory()).when(link("zoe", "ann"), by="ada", **KNOWN).refused(NoSuchPerson)
    given(Directory()).when(link("ann", "zoe"), by="ada", **KNOWN).refused(NoSuchPerson)
    given(Directory()).when(ERASE, by="ada", people=[]).refused(NoSuchPerson)


def test_one_person_is_not_linked_again() -> None:
    directory = given(Directory(), linked("ann2", "ann"))
    directory.when(link("ann2", "ann"), by="ada", **KNOWN).refused(OnePersonAlready)
    directory.when(link("ann", "ann2"), by="ada", **KNOWN).refused(OnePersonAlready)
    directory.when(link("ann", "ann"), by="ada", **KNOWN).refused(OnePersonAlready)


def test_links_lead_straight_to_the_person_whatever_their_order() -> None:
    for chain in (
        (linked("ann2", "ann"), linked("ann3", "ann2")),
        (linked("ann3", "ann2"), linked("ann2", "ann")),
    ):
        directory: Any = given(Directory(), *chain).state
        assert {directory.person(account) for account in ("ann", "ann2", "ann3")} == {"ann"}
        assert directory.same("ann2") == ("ann", "ann2", "ann3")
        assert directory.groups(["ben", "ann3", "ann"]) == (("ann", "ann2", "ann3"),)


def test_nobody_links_their_own_accounts_or_takes_them_apart() -> None:
    given(Directory()).when(link("ann2", "ada"), by="ada", **KNOWN).refused(YourOwnAccounts)
    given(Directory()).when(link("ada", "ann"), by="ada", **KNOWN).refused(YourOwnAccounts)
    given(Directory(), linked("ann2", "ada")).when(UNLINK, by="ada", **KNOWN).refused(YourOwnAccounts)


def test_a_link_made_by_mistake_is_taken_back() -> None:
    reason = Personal(about="ann2", text="Two people of one name.")
    directory = given(Directory(), linked("ann2", "ann"))
    directory.when(UNLINK, by="ada", **KNOWN).then(
        PersonsUnlinked(person="ann2", same_as="ann", reason=reason)
    )
    directory.when(UNLINK, by="ada", **KNOWN).leads_to(links={})
    given(Directory()).when(UNLINK, by="ada", **KNOWN).refused(NotLinked)


def test_rules_take_accounts_that_were_linked_once_for_one_person_for_good() -> None:
    apart = PersonsUnlinked(person="ann2", same_as="ann", reason=Personal(about="ann2", text=WHY))
    directory: Any = given(Directory(), linked("ann2", "ann"), apart, linked("ann2", "ben")).state
    assert directory.same("ann2") == ("ann2", "ben")
    assert directory.groups(["ann2"]) == (("ann", "ann2", "ben"),)
    assert directory.groups(["ben"]) == (("ann", "ann2", "ben"),)
    assert directory.groups(["ann"]) == (("ann", "ann2"),)  # and never Ben, who is somebody else
    assert directory.groups(["ada"]) == ()


def test_somebody_is_erased_under_every_id_and_once() -> None:
    erased = PersonErased(person="ann", ids=("ann", "ann2"), ground="Schedule, line 4")
    given(Directory(), linked("ann2", "ann")).when(ERASE, by="ada", **KNOWN).then(erased)
    given(Directory(), erased).when(ERASE, by="ada", **KNOWN).refused(AlreadyErased)


def test_who_is_erased_stays_linked() -> None:
    erased = PersonErased(person="ann", ids=("ann", "ann2"), ground="Schedule, line 4")
    directory: Any = given(Directory(), linked("ann2", "ann"), erased).state
    assert directory.person("ann2") == "ann"
