"""What the demonstration's programme is to reach: outcomes and milestones, in days from its first paper."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A milestone and its course; days count from the first paper."""

    title: str
    due: int | None
    met: int | None = None
    moves: tuple[tuple[int, int, str], ...] = ()
    reports: tuple[tuple[int, str], ...] = ()
    waits_for: tuple[str, ...] = ()
    reopened: tuple[int, str] | None = None
    dropped: tuple[int, str] | None = None
    scheduled: int | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Aim:
    """An outcome with its milestones."""

    number: int
    statement: str
    steps: tuple[Step, ...]
    measures: tuple[tuple[str, float | None], ...] = ()
    confidence: tuple[str, str] | None = None


@dataclass(frozen=True)
class Datum:
    """Data that the outgoing supplier has promised, chased how often, and come when."""

    name: str
    due: int
    chases: tuple[tuple[int, str, int | None], ...] = ()
    arrived: int | None = None


COSTS = "What the service costs, by contract and team"
LICENCES = "Licences held, by application"
DATA = (
    Datum(
        COSTS, 20, ((30, "Asked by letter.", 60), (62, "Raised by the director with the supplier.", 80)), 81
    ),
    Datum(LICENCES, 138, ((150, "Asked by letter.", None), (172, "Raised at the board.", 195))),
)
THEMES = (
    ("Customer experience", ("Digital customer platform", "Contact centre telephony")),
    ("Employee experience", ("Collaboration and productivity", "End user computing", "Enterprise telephony")),
    (
        "Foundation platforms",
        (
            "Network redesign and refresh",
            "Data centre and cloud services",
            "Disaster recovery",
            "Application portfolio management",
            "Records and documents",
            "Business intelligence",
        ),
    ),
)
PORTFOLIO = ("Application portfolio management",)
DEVICES = ("End user computing",)


def _drafted(said: str) -> tuple[tuple[int, str], ...]:
    return ((166, said),)


OUTCOMES = (
    Aim(
        1,
        "We can support every service of the council with the IT that it needs.",
        (
            Step("Every laptop and desktop matched to its team and applications", -40, -42, tags=DEVICES),
            Step(
                "Every mobile phone matched to its user",
                -60,
                -58,
                moves=((70, 215, "The phones of 14 children’s centres must be counted first."),),
                reopened=(64, "Phones of 14 children’s centres were on nobody’s list."),
                reports=_drafted("Nine of the 14 centres are counted."),
                tags=DEVICES,
            ),
            Step("A catalogue of the estate that answers questions", -15, -16, tags=PORTFOLIO),
            Step(
                "All work that the supplier passes to others written down",
                120,
                112,
                reports=((40, "Half of the suppliers named."),),
            ),
            Step("Action plan for applications that nobody supports", 90, 88, tags=PORTFOLIO),
            Step(
                "Asset management analysed and designed",
                260,
                tags=PORTFOLIO,
                reports=_drafted("Two designs are compared."),
            ),
            Step("Asset management in use", 420),
        ),
        confidence=("Amber/Green", "The estate is known; phones are not, yet."),
    ),
    Aim(
        2,
        "We can see where the council could spend less on IT.",
        (
            Step("Costly licences of people who do not use them found", -30, -31),
            Step("Each contract reviewed before it renews", -50, -47),
            Step(
                "Areas of unusual spend checked",
                60,
                waits_for=(COSTS,),
                moves=(
                    (58, 135, "The supplier’s costs have not come."),
                    (131, 243, "The costs came two months late, and need another quarter’s work."),
                ),
                reports=((100, "The costs are being read."), *_drafted("A third of the lines checked.")),
            ),
            Step("Full picture of licences, with savings to be had", 150, 148),
            Step(
                "A leaner RFP process and a better catalogue in use",
                300,
                reports=_drafted("The interim process shows what to keep."),
            ),
        ),
        measures=(
            ("catalogue_deflection", 0.5),
            ("contracts_reviewed_on_time", 0.9),
            ("contract_notices_missed", 0),
            ("contract_exposure", None),
        ),
    ),
    Aim(
        3,
        "We can buy new IT services ourselves.",
        (
            Step("Bottlenecks of the RFP process found", -70, -66),
            Step("Skills that IT procurement lacks named", -20, -21),
            Step(
                "Interim RFP process and better catalogue in use",
                100,
                97,
                reports=((60, "Tried with two services."),),
            ),
            Step(
                "Procurement posts filled",
                140,
                moves=((136, 228, "Two of three posts had to be advertised again."),),
                reports=_drafted("Interviews are held this month."),
            ),
            Step("Monthly round of contract renewals running", 45, 40),
            Step(
                "RFP process for after the transition designed",
                320,
                reports=_drafted("Workshops are booked."),
            ),
        ),
        measures=(("rfps_inside_target", 0.9), ("rfp_wait_on_procurement", 0.25)),
        confidence=("Amber", "It depends on filling two posts."),
    ),
    Aim(
        4,
        "We have plans to make the IT service better, year after year.",
        (
            Step("Log of what heads of service want improved", -25, -26),
            Step("Log of improvements complete and put in order", 75, 70),
            Step("Plans for the first ten improvements", 270, reports=_drafted("Three of ten are drafted.")),
        ),
    ),
    Aim(
        5,
        "We can offer services to other public bodies on fair terms.",
        (
            Step("Bodies that depend on our services named", -45, -46),
            Step("Description of the schools’ services begun", -12, -10),
            Step(
                "Descriptions of the services to the main bodies",
                80,
                reports=(
                    (9, "Schools are drafted; the districts are asked."),
                    (30, "Two district councils have answered."),
                ),
            ),
            Step(
                "People needed to serve other bodies worked out",
                160,
                dropped=(118, "No new customers are taken on before the transition; it is not needed now."),
            ),
            Step("Terms, service levels and charges agreed", 380),
        ),
        confidence=("Red", "Nobody leads the descriptions since the spring."),
    ),
    Aim(
        6,
        "Projects in flight move across without a stop.",
        (
            Step("Every project in flight identified", -35, -33),
            Step("Projects categorised and put in order", 50, 48),
            Step("List of projects that may span the transition date", 110, 105),
            Step(
                "Action plan for every project at risk", 232, reports=_drafted("The largest third have one.")
            ),
            Step("People to run projects ourselves", None, reports=_drafted("It waits for the structure.")),
        ),
        measures=(("projects_at_risk", None), ("projects_at_risk_with_plan", 1.0)),
    ),
    Aim(
        7,
        "We owe nobody for licences.",
        (
            Step("Database licences understood", -10, -11, tags=PORTFOLIO),
            Step(
                "Applications with too few or too many licences listed",
                130,
                waits_for=(LICENCES,),
                moves=((128, 258, "The supplier releases its counts later than it said."),),
                reports=_drafted("Usage is measured; what is held is not known."),
                tags=PORTFOLIO,
            ),
            Step(
                "Plan to settle every shortfall",
                320,
                waits_for=(LICENCES,),
                reports=_drafted("A sum is set aside."),
            ),
        ),
    ),
    Aim(
        8,
        "No question of compliance is left open.",
        (
            Step("The supplier’s view of each open question understood", -22, -24),
            Step("Areas at risk named, and checks planned", 65, 60),
            Step("Public network audit passed", 250, reports=_drafted("The auditors are engaged.")),
            Step("Remedies, each with its day", None, reports=_drafted("They follow the audit.")),
        ),
    ),
    Aim(
        9,
        "The managers and teams to run the service are in place.",
        (
            Step("Structure for the first day designed", -18, -19),
            Step("Core team and programme office partly joined", -55, -52),
            Step("Questions for human resources named", 170, 164, scheduled=92),
            Step("Job descriptions written", 202, reports=_drafted("Eleven of eighteen are agreed.")),
            Step("Every post filled, managers at work", 330, reports=_drafted("Three have applied.")),
        ),
        confidence=("Amber/Green", "The structure is agreed in outline."),
    ),
    Aim(
        10,
        "We know what IT costs each service, and what it is worth.",
        (
            Step("A way to estimate next year’s budget agreed", -12, -13),
            Step(
                "Budget estimated from what is spent",
                216,
                waits_for=(COSTS,),
                reports=_drafted("Two directorates are done."),
            ),
            Step(
                "Budget refined by the supplier’s costs",
                None,
                waits_for=(COSTS,),
                reports=_drafted("It follows the estimate."),
            ),
        ),
    ),
)
