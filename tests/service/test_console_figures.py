"""Every list of the console says how many there are as the API counts them for the same person."""

import pytest

from tests.support.running import Running
from tests.support.visiting import said, visitor

pytestmark = pytest.mark.xdist_group("demonstration")

LISTS = {  # who reads it, and what the API says of the same; the promises of a programme are at hand whole
    "/rfps": ("priya-procurement", "/rfps"),
    "/rfps?stage=approval": ("priya-procurement", "/rfps?stage=approval"),
    "/projects": ("pia-programme", "/projects"),
    "/projects?stage=in_delivery": ("pia-programme", "/projects?stage=in_delivery"),
    "/contracts/register": ("carlo-contracts", "/contracts"),
    "/pipeline-notices": ("carlo-contracts", "/pipeline-notices"),
    "/catalogue-items": ("ada-admin", "/catalogue-items"),
    "/catalogue-orders": ("ada-admin", "/catalogue-orders"),
    "/delegations": ("ada-admin", "/delegations"),
    "/people": ("ada-admin", "/people"),
    "/service-accounts": ("ada-admin", "/service-accounts"),
    "/exemptions": ("lars-legal", "/exemptions"),
    "/webhook-endpoints": ("ada-admin", "/webhook-endpoints"),
    "/record": ("sam-scrutiny", "/audit/decisions"),
    "/milestones": ("olga-outcomes", "/milestones?programme={programme}"),
    "/milestones?overdue=true": ("olga-outcomes", "/milestones?programme={programme}&overdue=true"),
}
OF_A_PROGRAMME = {"/promised-data": "/promised-data", "/consultations": "/consultations"}


def counted(page: str) -> int:
    """Return how many a list's heading says there are; none where it says no number."""
    heading = page.partition("<h1>")[2].partition("</h1>")[0]
    first = said(heading).partition(" ")[0].replace(",", "")
    return int(first) if first.isdigit() else 0


@pytest.mark.slow
def test_every_list_says_how_many_the_api_counts(demonstration: Running) -> None:
    for person in sorted({person for person, _ in LISTS.values()}):
        with visitor(demonstration, person) as reader:
            programmes = [each["id"] for each in reader.asked("/programmes")["items"]]
            programme = next(each["id"] for each in reader.asked("/programmes")["items"] if each["purpose"])
            for page, path in ((page, path) for page, (who, path) in LISTS.items() if who == person):
                asked = path.format(programme=programme)
                total = reader.asked(f"{asked}{'&' if '?' in asked else '?'}count=true&limit=1")["total"]
                assert counted(reader.page(page)) == total, page
            for page, path in OF_A_PROGRAMME.items():
                of_each = [reader.asked(path, programme=each)["items"] for each in programmes]
                assert counted(reader.page(page)) == sum(map(len, of_each)), page
                of_one = reader.asked(path, programme=programme)["items"]
                assert counted(reader.page(f"{page}?programme={programme}")) == len(of_one), page


def test_the_longest_form_of_all_is_no_heavy_page(demonstration: Running) -> None:
    with visitor(demonstration, "ada-admin") as ada:
        assert "In force from" in ada.page("/scheme/in-force/decisions/adopt")  # which looks at its weight
