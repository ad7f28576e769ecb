"""`token`: a token of the demonstration, as every example asks for one."""

from typing import Annotated

import typer

from rfp_service.demonstration.people import person_of
from rfp_service.terminal import nothing_in, say
from shared.kernel.roles import Role
from shared.settings import NotConfigured, Profile, Settings
from shared.web.access.issuer import demonstration_token, has_issuer


def token(
    role: Role,
    person: Annotated[str | None, typer.Option(help="Whose; a fictional person.")] = None,
    area: Annotated[
        list[str] | None, typer.Option(help="Only for this service area; may be repeated.")
    ] = None,
) -> None:
    settings = Settings().checked()
    if settings.profile is not Profile.DEMONSTRATION:
        raise NotConfigured("Tokens are the identity provider's business outside a demonstration.")
    if not has_issuer(settings.data_dir):
        raise NotConfigured(nothing_in(settings))
    say(demonstration_token(settings.data_dir, person or person_of(role), [role], area))
