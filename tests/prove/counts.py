"""The properties of the quick tests again, with the counts that they deserve."""

import resource

from shared.kernel.roles import Role
from tests.prove.parts import Missing, closing_line

CRASHES = "100"
WALKS = "400"
GUARD_WALKS = "20"
REQUESTS_AN_OPERATION = "25"
SEEDS = ("1", "2", "3")
REQUESTS_A_SEED = "8"
IDLE, ENDLESS = "1000", "100"
FILES_NEEDED = 2_000
ROADS = "200"
MOMENTS = "1000"
SAMPLED = (
    "tests/open_contracting/test_releases.py",
    "tests/rfps/test_decisions_at_hand.py",
    "tests/service/test_odd_requests.py",
    "tests/shared/governance/audit/test_forgeries.py",
    "tests/shared/governance/notifications/test_sending.py",
)
PROPERTIES = (
    "tests/contracts/test_dates_by_another_reckoning.py",
    "tests/rfps/test_random_histories.py",
    "tests/shared/flow",
    "tests/shared/test_calendar.py",
    "tests/shared/flow/imports/test_reading.py",
    "tests/outcomes/test_horizons.py",
)


def slow() -> str:
    """Pass what takes longer than `make test` may: whole programs, kills, browsers, long histories."""
    return f"all that `make test` leaves out: {closing_line('-n', '2', '--dist', 'loadgroup', '-m', 'slow')}"


def sampled() -> str:
    """Try all of what `make test` tries some of."""
    return f"nothing left to samples: {closing_line('-n', '2', *SAMPLED, IN_FULL='1')}"


def properties() -> str:
    """Try every property on thousands of examples."""
    return f"3,000 examples a property: {closing_line('-n', '2', *PROPERTIES, HYPOTHESIS_PROFILE='prove')}"


def random_decisions() -> str:
    """Let random people decide at random: thousands of examples, and walks that leave nothing out."""
    said = closing_line(
        "-n",
        "2",
        "tests/rfps/test_random_decisions.py",
        "tests/service/test_waits_of_random_histories.py",
        HYPOTHESIS_PROFILE="prove",
        IN_FULL="1",
        WALKS=WALKS,
    )
    return f"1,500 examples of up to 60 steps, {WALKS} walks through every event: {said}"


def guards() -> str:
    """Try every decision on things of every room, turn by turn, on many more walks."""
    said = closing_line(
        "-n",
        "2",
        "tests/projects/test_guards.py",
        "tests/contracts/test_guards.py",
        "tests/contracts/test_rounds.py",
        "tests/outcomes/test_guards.py",
        "tests/catalogue/test_guards.py",
        "tests/shared/governance/test_guards.py",
        GUARD_WALKS=GUARD_WALKS,
    )
    return (
        f"{GUARD_WALKS} times as many walks, what `next` allows is accepted, guards refuse the rest: {said}"
    )


def every_day() -> str:
    """Tell the demonstration's story on every day of the year to come."""
    return f"the story of each day: {closing_line('-n', '2', 'tests/demonstration/every_day.py')}"


def crashes() -> str:
    """Kill the service and its database, turn by turn, in the middle of writes."""
    said = closing_line("tests/service/test_crash.py", CRASHES=CRASHES)
    return f"{CRASHES} kills, nothing acknowledged lost or doubled: {said}"


def programs() -> str:
    """Kill jobs of thousands of items in the middle; begin the demonstration on a database of one's own."""
    said = closing_line("tests/service/test_jobs_go_on.py", "tests/service/test_program.py", IN_FULL="1")
    return f"6,000 items a killed job, none twice; the demonstration on one's own database: {said}"


def sender_kills() -> str:
    """Kill the sender of notifications in the middle of sending; and, turn by turn, it and its database."""
    said = closing_line("tests/shared/governance/notifications/test_crashes.py", SENDER_KILLS=CRASHES)
    both = closing_line("tests/service/sender_kills.py", TELLING_KILLS=CRASHES)
    return (
        f"{CRASHES} kills of the sender and {CRASHES} of it and its database by turns, nothing lost, nothing"
        f" repeated without a reason: {said}; {both}"
    )


def told() -> str:
    """Let random people decide, while receivers fail and the courier is killed; compare what came in."""
    said = closing_line("tests/service/told.py", TOLD_DECISIONS=MOMENTS)
    return f"{MOMENTS} random decisions, each telling has its entry at the receiver: {said}"


def malformed_requests() -> str:
    """Send every operation requests by three seeds, by roles in turn, and all odd values that are known."""
    for seed in SEEDS:
        closing_line("tests/service/malformed.py", MALFORMED=REQUESTS_A_SEED, MALFORMED_SEED=seed)
    said = closing_line("tests/service/malformed.py", MALFORMED=REQUESTS_AN_OPERATION)
    return (
        f"{REQUESTS_A_SEED} requests an operation of each of {len(SEEDS)} seeds, one by every second role;"
        f" every odd value, {REQUESTS_AN_OPERATION} more and two by each of {len(Role)} roles,"
        f" every answer declared and none a fault: {said}"
    )


def idle_sockets() -> str:
    """Ask beside a thousand sockets that say nothing or half of something, and a hundred endless headers."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < FILES_NEEDED:
        raise Missing(f"a process may open {most} files here, and it takes {FILES_NEEDED}")
    said = closing_line("tests/service/idle_sockets.py", IDLE_SOCKETS=IDLE, ENDLESS_HEADERS=ENDLESS)
    return f"{IDLE} idle sockets and {ENDLESS} endless headers, everybody else is served: {said}"


def own_work() -> str:
    """Let people with several accounts try, by random roads, to approve what they asked for or lead."""
    said = closing_line("tests/service/test_own_work.py", OWN_WORK=ROADS, IN_FULL="1")
    return f"{ROADS} random roads to one's own approval, none led there: {said}"


def every_cell() -> str:
    """Ask for every operation as each role by itself, for one's own things and another's."""
    said = closing_line("tests/service/test_permissions.py", IN_FULL="1")
    return f"every cell of role, operation and owner is as the table says: {said}"


def clients() -> str:
    """Check the types of everything that others' generators make of the API file."""
    return f"every type of a generated client holds: {closing_line('tests/clients', IN_FULL='1')}"


def pages() -> str:
    """Let axe look at every page and state; read pages by keyboard, enlarged, in own colours, on paper."""
    seen = (
        "tests/service/test_console_seeing.py",
        "tests/service/test_console_in_a_browser.py",
        "tests/service/test_demonstration_papers.py",
        "tests/shared/governance/audit/test_verifier_page.py",
    )
    said = closing_line(*seen, EVERY_PAGE="1", IN_FULL="1")
    every = ("tests/service/console_every_page.py", "tests/service/console_everybody.py")
    led = closing_line(*every, IN_FULL="1")
    other = ("tests/service/console_states.py", "tests/service/console_failed_work.py")
    states = closing_line(*other, IN_FULL="1")
    return f"every page and state at 320 and 1,280 px, no violation: {said}; {led}; {states}"


def journeys() -> str:
    """Let everybody go their whole ways in a browser, with JavaScript and without."""
    ways = ("tests/service/console_journeys.py", "tests/service/console_councillor.py")
    said = closing_line(*ways, IN_FULL="1")
    return f"five people's ways with and without JavaScript, no violation: {said}"


def many_at_once() -> str:
    """Send each form twice at once, and follow the record beside many writers, more often."""
    said = closing_line("tests/service/test_console_forms.py", "tests/service/test_changes.py", IN_FULL="1")
    return f"100 double submissions, 400 entries of 32 writers and a crash, none lost or doubled: {said}"


def inboxes() -> str:
    """Compare the inbox with every guard, asked one by one, while random people work."""
    said = closing_line("tests/service/test_inbox_and_guards.py", INBOX_MOMENTS=MOMENTS)
    return f"{MOMENTS} people and moments, each inbox what the guards say: {said}"
