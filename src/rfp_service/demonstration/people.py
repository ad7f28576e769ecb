"""The fictional people of the demonstration, and the roles they act in."""

from dataclasses import dataclass

from shared.kernel.roles import Role


@dataclass(frozen=True, slots=True)
class Character:
    """One fictional person."""

    id: str
    name: str
    role: Role


CAST = (
    Character("rita-requester", "Rita Requester", Role.REQUESTER),
    Character("leo-libraries", "Leo of the Libraries", Role.REQUESTER),
    Character("sofia-schools", "Sofia of the Schools", Role.REQUESTER),
    Character("priya-procurement", "Priya Procurement", Role.PROCUREMENT_OFFICER),
    Character("paul-procurement", "Paul Procurement", Role.PROCUREMENT_OFFICER),
    Character("hana-head", "Hana Head-of-Service", Role.APPROVER),
    Character("dev-director", "Dev Director", Role.APPROVER),
    Character("cara-cabinet", "Cara Cabinet", Role.APPROVER),
    Character("fay-finance", "Fay Finance", Role.FINANCE),
    Character("lars-legal", "Lars Legal", Role.LEGAL),
    Character("dora-deputy", "Dora Deputy-Director", Role.APPROVER),
    Character("evan-evaluator", "Evan Evaluator", Role.EVALUATOR),
    Character("esme-evaluator", "Esme Evaluator", Role.EVALUATOR),
    Character("pia-programme", "Pia Programme", Role.PROGRAMME_OFFICER),
    Character("carlo-contracts", "Carlo Contracts", Role.CONTRACT_MANAGER),
    Character("olga-outcomes", "Olga Outcomes", Role.OUTCOME_OWNER),
    Character("sam-scrutiny", "Sam Scrutiny", Role.SCRUTINY_MEMBER),
    Character("aud-auditor", "Aud Auditor", Role.AUDITOR),
    Character("ada-admin", "Ada Administrator", Role.ADMINISTRATOR),
    Character("amir-admin", "Amir Administrator", Role.ADMINISTRATOR),
    Character("hugo-head", "Hugo Head-of-Service", Role.APPROVER),
    Character("dilys-director", "Dilys Director", Role.APPROVER),
    Character("conrad-cabinet", "Conrad Cabinet", Role.APPROVER),
    Character("wanda-ward", "Wanda of the Working Group", Role.SCRUTINY_MEMBER),
    Character("hana-registrars", "Hana Head-of-Service", Role.REQUESTER),  # her second account
    Character("intranet", "The intranet front end", Role.SERVICE_ACCOUNT),
)


def person_of(role: Role) -> str:
    """Return the first fictional person of a role."""
    return next(character.id for character in CAST if character.role is role)
