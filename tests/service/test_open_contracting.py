"""Open contracting data over HTTP: by ocid, by pages, as of any time, and never with what is exempt."""

from typing import Any

import httpx

from tests.open_contracting.histories import MERGER, faults
from tests.service.test_contracts import CORA, registered
from tests.service.test_lists import exempted
from tests.support.api import Api
from tests.support.people import LARS, RITA, Who
from tests.support.procuring import opened

MARK = "[exempt: paragraph 3 of Schedule 12A]"
PATH = "/v1/open-contracting"


def ocid(thing: str) -> str:
    return f"ocds-213czf-{thing}"


async def record_of(api: Api, thing: str, who: Who = LARS, **query: Any) -> dict[str, Any]:
    """Return a process's record, as others' tools find it to be right."""
    package = (await api.get(f"{PATH}/records/{ocid(thing)}", who, **query)).json()
    [record] = package["records"]
    assert MERGER.create_compiled_release(record["releases"]) == record["compiledRelease"]
    assert all(faults(release) == [] for release in record["releases"])
    found: dict[str, Any] = record
    return found


async def test_an_rfp_is_a_process_from_its_approval_on_as_of_any_time(api: Api) -> None:
    rfp = await opened(api)
    asked = await record_of(api, rfp)
    assert [release["tag"] for release in asked["releases"]] == [["planning"], ["tender"]]
    assert asked["compiledRelease"]["tender"]["documents"][0]["description"] == "T-1"
    position = int(asked["releases"][1]["id"].rsplit("-", 1)[1])
    earlier = await record_of(api, rfp, as_of=position - 1)
    assert [release["tag"] for release in earlier["releases"]] == [["planning"]]
    assert earlier["compiledRelease"]["tender"]["status"] == "planned"
    package = (await api.get(f"{PATH}/releases/{ocid(rfp)}")).json()
    assert package["releases"] == asked["releases"]
    assert package["uri"].endswith(f"{PATH}/releases/{ocid(rfp)}")


async def test_what_is_exempt_is_in_no_release_whoever_fetches_it(api: Api) -> None:
    rfp = await opened(api)
    await exempted(api, rfp, "title", "estimate_pence")
    for who in (LARS, CORA):
        record = await record_of(api, rfp, who)
        assert record["compiledRelease"]["tender"]["title"] == MARK
        assert "20000" not in str(record)
        assert "Laptops" not in str(record)
        assert record["compiledRelease"]["withheld"]["estimate_pence"] == MARK


async def test_what_is_not_public_or_not_ours_is_not_there(api: Api) -> None:
    rfp = await api.in_approval()
    contract = await registered(api)
    await api.get(f"{PATH}/records/{ocid(rfp)}", expect=404)
    await api.get(f"{PATH}/records/ocds-abcdef-{contract}", expect=404)
    await api.get(f"{PATH}/releases/{ocid('00000000-0000-4000-8000-000000000001')}", expect=404)
    await api.get(f"{PATH}/records/nonsense", expect=422)
    assert (await record_of(api, contract))["compiledRelease"]["contracts"][0]["id"] == contract
    [only] = (await api.get(f"{PATH}/records")).json()["records"]
    assert only["ocid"] == ocid(contract)


async def test_all_processes_come_by_pages_the_ones_that_began_last_first(api: Api) -> None:
    await opened(api)
    made = [await registered(api, reference=f"C-{number}") for number in range(3)]
    first = (await api.get(f"{PATH}/records", limit=2)).json()
    assert [record["ocid"] for record in first["records"]] == [ocid(made[2]), ocid(made[1])]
    following = httpx.URL(first["links"]["next"])
    second = (await api.get(following.path, **following.params)).json()
    assert len(second["records"]) == 2
    assert "links" not in second
    releases = (await api.get(f"{PATH}/releases")).json()["releases"]
    assert len(releases) == 5


async def test_a_reader_of_one_service_area_fetches_only_its_processes(api: Api) -> None:
    rfp = await opened(api)
    elsewhere = Who("una", RITA.roles, areas=("Highways",))
    await api.get(f"{PATH}/records/{ocid(rfp)}", elsewhere, expect=404)
    assert (await api.get(f"{PATH}/records", elsewhere)).json()["records"] == []
