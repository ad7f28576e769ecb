"""What is exempt stays withheld while the view of exemptions stands, and once it is whole again."""

from rfp_service.events import EVENTS
from rfp_service.rooms import VIEWS
from shared.record.eventstore.encoding import Topics
from shared.record.projecting.rebuilding import rebuild
from tests.support.api import running_api
from tests.support.days import in_days
from tests.support.patience import until_true
from tests.support.people import LARS, SAM
from tests.support.postgres import SERVICE, Base, by_owner


def title_withheld(matter: str) -> dict[str, object]:
    return {
        "matter_id": matter,
        "fields": ["title"],
        "paragraph": 3,
        "reason": "A bidder's prices.",
        "public_interest": "A better price.",
        "review_on": in_days(180),
    }


def granted(table: str) -> list[str]:
    return [f"GRANT ALL ON {table} TO {SERVICE}"]


async def test_what_was_declared_while_it_stood_is_withheld_once_it_is_rebuilt(base: Base) -> None:
    async with running_api(base) as api:
        await api.adopt_scheme()
        rfp, other = await api.raised(title="Network"), await api.raised(title="Chairs")
        assert (await api.get(f"/v1/rfps/{rfp}", SAM)).json()["title"] == "Network"
        stands = "UPDATE views SET stopped = 'as after a fault' WHERE name = 'exemptions'"
        await by_owner(api.service.pool, stands)
        await api.post("/v1/exemptions", title_withheld(rfp), LARS)

        async def refused() -> bool:  # what is exempt is looked at once in a while
            answer = await api.client.get(f"/v1/rfps/{other}", headers=api.headers(SAM))
            return b"/problems/exemptions-not-known" in answer.content

        await until_true(refused)
        desks = await api.raised(title="Desks")  # the others' views go further than it stands
        await api.get(f"/v1/rfps/{desks}", LARS)
        exemptions = [view for view in VIEWS if view.name == "exemptions"]
        await rebuild(base.owner, Topics(EVENTS), exemptions, grant=granted)

        async def answered() -> bool:
            return (await api.client.get(f"/v1/rfps/{rfp}", headers=api.headers(SAM))).status_code == 200

        await until_true(answered)
        seen = (await api.get(f"/v1/rfps/{rfp}", SAM, after=None)).json()
        assert (seen["title"].startswith("[exempt"), set(seen["withheld"])) == (True, {"title"})
