"""Words that mean the same: the council's list, what it makes of a question, and compounds."""

import pytest

from rfp_service.catalogue.commands.synonyms import DropSynonym, JoinSynonyms
from rfp_service.catalogue.domain.synonyms import (
    USUAL,
    NoSynonym,
    SynonymDropped,
    Synonyms,
    SynonymsAlready,
    SynonymsJoined,
)
from rfp_service.catalogue.views.wording import alternatives, compounds
from tests.support.api import Api
from tests.support.people import PRIYA, RITA
from tests.support.specs import given

WHY = "People say so."
BLANK = Synonyms(())
JOIN = JoinSynonyms(words=["Tablet", "slate"], reason=WHY)
JOINED = SynonymsJoined(words=("tablet", "slate"), reason=WHY)


def test_words_are_joined_with_all_that_means_the_same() -> None:
    given(BLANK).when(JOIN).then(JOINED)
    more = JoinSynonyms(words=["slate", "ipad"], reason=WHY)
    given(BLANK, JOINED).when(more).leads_to(groups=(("tablet", "slate", "ipad"),))


def test_a_word_in_the_plural_is_joined_with_what_its_singular_means() -> None:
    join = JoinSynonyms(words=["Laptops", "netbook"], reason=WHY)
    [joined] = given(Synonyms()).when(join).events()
    groups = joined.apply(Synonyms()).groups
    assert len(groups) == len(USUAL)
    for question, means in (("laptop", "notebook computer"), ("netbook", "notebook"), ("laptops", "netbook")):
        assert means in {way.said for way in alternatives(question, groups)}


def test_what_means_the_same_already_is_not_joined_again() -> None:
    given(BLANK, JOINED).when(JOIN).refused(SynonymsAlready)
    given(BLANK).when(JoinSynonyms(words=["Slate", "slate "], reason=WHY)).refused(SynonymsAlready)


def test_a_word_is_dropped_and_a_group_of_one_is_none() -> None:
    drop = DropSynonym(word="Slate", reason=WHY)
    given(BLANK, JOINED).when(drop).then(SynonymDropped(word="slate", reason=WHY))
    given(BLANK, JOINED).when(drop).leads_to(groups=())
    given(BLANK).when(drop).refused(NoSynonym, word="slate")


@pytest.mark.parametrize(
    ("question", "parts", "means"),
    [
        ("lap top", 1, "notebook computer"),
        ("Lap-tops for us", 3, "laptop"),
        ("notebook computers", 1, "laptop"),
        ("work bench", 2, "workbench"),
        ("phones", 1, "telephone"),
        ("V.P.N. at home", 3, "remote access"),
        ("", 0, None),
    ],
)
def test_a_question_is_taken_apart(question: str, parts: int, means: str | None) -> None:
    ways = alternatives(question, USUAL)
    assert len({way.term for way in ways}) == parts
    assert means is None or means in {way.said for way in ways}


def test_words_of_an_item_that_stand_together_may_be_one() -> None:
    assert compounds("Head set, wireless") == "headset setwireless"
    assert compounds("Laptop") == ""


async def test_the_council_keeps_its_own_list_and_a_search_goes_by_it(api: Api) -> None:
    item = {
        "name": "Slate",
        "description": "Flat.",
        "category": "Devices",
        "price_pence": 1,
        "lead_time_days": 1,
    }
    slate = (await api.post("/v1/catalogue-items", item, PRIYA)).json()["id"]
    await api.get("/v1/catalogue-items")

    async def shown(query: str) -> list[str]:
        check = (await api.post("/v1/catalogue-checks", {"query": query})).json()["id"]
        ids: list[str] = (await api.get(f"/v1/catalogue-checks/{check}")).json()["shown"]
        return ids

    assert await shown("ipad") == []
    path, join = "/v1/catalogue-synonyms/decisions", {"decision": "join-synonyms", "reason": WHY}
    await api.post(path, {**join, "words": ["slate", "tablet"]}, RITA, 403, 0)
    await api.post(path, {**join, "words": ["slate", "tablet"]}, PRIYA, version=0)
    assert await shown("ipad") == [slate]
    again = await api.post(path, {**join, "words": ["slate", "ipad"]}, PRIYA, 409, 1)
    assert again.json()["type"] == "/problems/synonyms-already"
    drop = {"decision": "drop-synonym", "word": "slate", "reason": WHY}
    await api.post(path, drop, PRIYA, version=1)
    assert await shown("ipad") == []
    seen = (await api.get("/v1/catalogue-synonyms")).json()
    assert (seen["version"], ["tablet", "ipad", "surface pro"] in seen["groups"]) == (2, True)


async def test_an_item_is_seen_with_its_versions(api: Api) -> None:
    item = {
        "name": "Slate",
        "description": "Flat.",
        "category": "Devices",
        "price_pence": 1,
        "lead_time_days": 1,
    }
    made = (await api.post("/v1/catalogue-items", item, PRIYA)).json()
    revise = {"decision": "revise", "price_pence": 2, "reason": "Dearer."}
    await api.post(f"/v1/catalogue-items/{made['id']}/decisions", revise, PRIYA, version=1)
    path = f"/v1/catalogue-items/{made['id']}"
    answer = await api.get(path)
    seen = answer.json()
    assert (seen["version"], seen["price_pence"], seen["reason"]) == (2, 2, "Dearer.")
    assert [(v["version"], v["price_pence"], v["by"]) for v in seen["versions"]] == [
        (1, 1, "priya"),
        (2, 2, "priya"),
    ]
    assert answer.headers["etag"] == '"2"'
    then = (await api.get(path, as_of=made["position"])).json()
    assert (then["version"], len(then["versions"])) == (1, 1)
    await api.get(f"/v1/catalogue-items/{await api.raised()}", expect=404)
