"""What the projects room offers the roof."""

from projects.api.bulk import MANY_PROJECTS
from projects.api.fact_finders import FACTS
from projects.api.prerequisites import PREREQUISITES
from projects.api.readiness import PROJECTS_READINESS
from projects.api.report_cases import REPORT_CASES
from projects.api.tagged_things import TAGGED
from projects.api.waiting_things import PROJECTS_WAITING
from projects.domain.project import OPEN, Project
from projects.views.register import REGISTER
from shared.web.context import Context, NotificationSubject

PROJECTS = Context(
    facts=FACTS,
    views=(REGISTER,),
    prerequisites=PREREQUISITES,
    tagged=TAGGED,
    report_cases=REPORT_CASES,
    waiting=(PROJECTS_WAITING,),
    readiness=(PROJECTS_READINESS,),
    subjects=(
        NotificationSubject(
            Project.kind,
            "/v1/projects",
            Project(),
            lambda project: project.about.service_area,
            lambda project: project.plan.owner,
            waits=lambda project, _, __: project.stage in OPEN,
            page="/console/projects/{id}",
        ),
    ),
    # Paths with a name of their own come before those with an id.
    routes=(
        "projects.api.at_risk:router",
        "projects.api.internal:router",
        MANY_PROJECTS,
        "projects.api.planning:router",
        "projects.api.capacity:router",
        "projects.api.projects:router",
    ),
    tags={"projects": "Projects in flight at the transition."},
    seen_with={
        "project": "read-projects",
        "batch": "read-projects",
        "register": "read-projects",
        "register-mapping": "read-projects",
        "team-capacity": "read-projects",
    },
)
