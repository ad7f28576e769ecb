"""All that can be configured, read from the environment; the only place that looks there."""

import os
import re
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

LEASE_MARGIN_SECONDS = 10.0
RATE_LIMIT_USUAL = 1_200
RATE_LIMIT_TRIED_OUT = 600_000


class Profile(StrEnum):
    """Whether this is for real."""

    DEMONSTRATION = "demonstration"
    PRODUCTION = "production"


# What says that this is for real; none of it goes together with tokens that anybody can print.
PRODUCTION_ONLY = frozenset(
    {
        "token_issuer",
        "token_audience",
        "token_tenant",
        "token_algorithms",
        "token_keys",
        "personal_secret",
        "sign_in_client_id",
    }
)

IN_FILES = frozenset(
    {"database_url", "database_owner_url", "personal_secret", "smtp_password", "sign_in_client_secret"}
)

# What a courier is told: where it may send and how, and nothing of the record.
FOR_COURIER = (
    "profile",
    "webhook_receivers",
    "webhook_loopback",
    "webhook_ca",
    "webhook_certificate",
    "webhook_seconds",
    "webhook_lease_seconds",
    "smtp_host",
    "smtp_port",
    "smtp_security",
    "smtp_ca",
    "smtp_user",
    "smtp_password",
)
OF_THE_MACHINE = ("LANG", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR")
NOT_FOR_COURIER = (
    "database_url",
    "database_owner_url",
    "database_reader_url",
    "personal_secret",
    "audit_keys",
    "sign_in_client_secret",
)


def _by_space(said: object) -> object:
    return said.split() if isinstance(said, str) else said


Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_by_space)]

ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+", re.IGNORECASE)


class NotConfigured(Exception):
    """Something that this command needs is not configured."""


def _from_file(name: str) -> str | None:
    """Return the secret in the file that `NAME_FILE` names, as containers and systemd hand them over."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return None
    if os.environ.get(name):
        raise NotConfigured(f"Set {name} or {name}_FILE, not both.")
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise NotConfigured(f"{name}_FILE can't be read: {error}") from None


def _listens_at(told: dict[str, Any]) -> str:
    host = f"[{told['host']}]" if ":" in told["host"] else told["host"]
    return f"http://{host}:{told['port']}"


class Settings(BaseModel):
    """The service's configuration; every name is also that of an environment variable."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Add what the environment says, and files that it names; what is given counts before both."""
        said = {name.lower(): value for name, value in os.environ.items() if value}
        files = {name: _from_file(name.upper()) for name in IN_FILES}
        found = {name: said.get(name) or files.get(name) for name in cls.model_fields}
        return {**{name: value for name, value in found.items() if value is not None}, **given}

    profile: Profile = Profile.DEMONSTRATION
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    data_dir: Path = Path(".data")
    database_url: str | None = Field(None, description="The service role's own database.")
    database_owner_url: str | None = Field(None, description="Of the owner: `migrate`, `rebuild`, `rewrap`.")
    database_reader_url: str | None = Field(None, description="Scrutiny's own, which only reads.")
    audit_keys: Path | None = Field(None, description="The keys that sign checkpoints, one a line.")
    audit_witnesses: Path | None = Field(None, description="Witnesses' keys and addresses, one a line.")
    audit_copies: str = Field(
        "",
        pattern=r"^((file|s3|az|gs|mailto):\S+( +|$))*$",
        description="Where newest checkpoints are sent, by a space: `file:///mnt/worm`, `s3://bucket/rfp`,"
        " `az://container`, `gs://bucket` or `mailto:clerk@council.example`. Nothing is overwritten there.",
    )
    audit_copies_minutes: int = Field(60, ge=1, le=10_080, description="How often.")
    audit_public: bool = Field(
        False,  # noqa: FBT003  # a default
        description="Whether hashes, tiles and checkpoints are shown to everybody, under `/log`.",
    )
    token_issuer: str | None = Field(None, description="Whose tokens count: its `iss`, exactly.")
    token_audience: str = "rfp-service"  # noqa: S105  # a name, no secret
    token_tenant: str = Field("", description="The only `tid` that counts, at an issuer of several.")
    token_algorithms: str = Field("", description="Only these, separated by spaces.")
    token_keys: Path | None = Field(
        None, description="A JWKS file, where the issuer's keys are not fetched from it."
    )
    sign_in_client_id: str = Field("", max_length=255, description="The console's own id at the issuer.")
    sign_in_client_secret: SecretStr | None = Field(None, description="And its secret, where it has one.")
    sign_in_scopes: str = Field(
        "openid profile rfp.read rfp.decide", description="What the console asks the issuer for, by a space."
    )
    personal_secret: SecretStr | None = Field(
        None,
        description="32 random bytes in base64, under which personal keys are kept; others after a space"
        " open them as well, while one is changed for another.",
    )
    rate_limit: int | None = Field(None, ge=1, le=10**9, description="Requests a minute, for each client.")
    processes: int = Field(
        1, ge=1, le=1000, description="How many processes serve; each counts its share of limits."
    )
    cors_origins: str = Field("", description="Whose pages may ask from a browser, by a space.")
    trusted_proxies: Networks = Field(
        (), description="Whose X-Forwarded-For counts: addresses or networks, by a space."
    )
    diagnostics_from: Networks = Field(
        (ip_network("127.0.0.0/8"), ip_network("::1")),
        description="From where metrics and the details of readiness are shown, by a space.",
    )
    security_contact: str = Field(
        "",
        pattern=r"^((mailto:|https://)[!-~]{1,200})?$",
        description="Whom to tell of a weakness, in /.well-known/security.txt.",
    )
    single_administrator: bool = Field(
        False,  # noqa: FBT003  # a default
        description="Whether nobody else could confirm what an administrator gives: it then takes effect "
        "unconfirmed, and says so.",
    )
    webhook_receivers: str = Field(
        "",
        description="Where webhooks may be sent, by a space: `hooks.example`, `*.intranet.example=10.0.0.0/8`"
        " or `host:8443=10.1.2.0/24,10.9.0.0/16`. Without any, nowhere.",
    )
    webhook_loopback: bool = Field(
        False,  # noqa: FBT003  # a default
        description="Whether this machine is a receiver too, in the demonstration only.",
    )
    webhook_ca: Path | None = Field(None, description="Certificates of receivers' own authority, in PEM.")
    webhook_certificate: Path | None = Field(
        None, description="The certificate and key, in PEM, that the service shows to receivers."
    )
    webhook_seconds: float = Field(15, gt=0, le=300, description="How long one delivery may take at most.")
    webhook_lease_seconds: float = Field(
        60, gt=0, le=3600, description="How long a sender keeps a delivery to itself."
    )
    webhook_courier: Path | None = Field(
        None,
        description="Where a `courier` that runs by itself listens; without it the worker begins its own.",
    )
    smtp_host: str = Field("", description="The mail server; without one, nobody is told by mail.")
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_ca: Path | None = Field(None, description="Certificates of the mail server's own authority, in PEM.")
    smtp_user: str = ""
    smtp_password: SecretStr | None = None
    mail_from: str = Field(
        "rfp-service@localhost",
        pattern=r"^[!-?A-~]+@[A-Za-z0-9.-]+$",
        description="Whom mail comes from; its domain names the list and its messages.",
    )
    public_url: str = Field(
        default_factory=_listens_at,
        pattern=r"^https?://[!-~]{1,200}[^/]$",
        description="Where people and programs reach this service: links begin with it.",
    )
    ocid_prefix: str = Field(
        "ocds-213czf",
        pattern=r"^ocds-[a-z0-9]{6}$",
        description="What the council's ids of contracting processes begin with, as registered for it;"
        " the usual one is the standard's own, for examples.",
    )
    database_pool: int = Field(8, ge=6, le=100)  # with fewer, what a worker holds could wait for itself
    worker_port: int | None = Field(
        None, ge=1, le=65535, description="Where a `worker` shows its metrics, at HOST; nowhere without."
    )
    traces_to: str = Field("", pattern=r"^(https?://\S*[^/\s])?$", description="A collector, over OTLP.")
    log_level: Literal["debug", "info", "warning", "error", "critical"] = "info"

    @property
    def requests_a_minute(self) -> int:
        """Return how much one client may ask this process for; in the demonstration, as good as everything.

        What one process counts no other knows: each allows its share, so that all of them together
        never allow more than the limit.
        """
        usual = RATE_LIMIT_USUAL if self.profile is Profile.PRODUCTION else RATE_LIMIT_TRIED_OUT
        return max(1, (self.rate_limit or usual) // self.processes)

    @property
    def origins(self) -> list[str]:
        """Return whose pages may ask from a browser."""
        return self.cors_origins.split()

    def _must_be_encrypted(self, issuer: str) -> None:
        """Refuse what anybody on the way could read or change, once this is for real."""
        if issuer.lower().startswith("http:"):
            raise NotConfigured(
                "TOKEN_ISSUER can't be a plain http address in production: whoever is on the way could"
                " hand out keys, and sign in as anybody. Use https."
            )
        if any(not origin.startswith("https:") for origin in self.origins):
            raise NotConfigured(
                "CORS_ORIGINS are https origins in production: plain http pages can be changed."
            )

    def checked(self) -> "Settings":
        """Refuse what would be unsafe: demonstration tokens beyond this machine, or half a set-up."""
        if not all(ORIGIN.fullmatch(origin) for origin in self.origins):
            raise NotConfigured("CORS_ORIGINS names each origin: https://intranet.example.")
        self._must_send_safely()
        if self.profile is Profile.DEMONSTRATION:
            if self.host not in ("127.0.0.1", "::1", "localhost"):
                raise NotConfigured("The demonstration profile listens on loopback only.")
            if meant := sorted(self.model_fields_set & PRODUCTION_ONLY):
                names = " and ".join(name.upper() for name in meant)
                raise NotConfigured(f"{names} can't be set with demonstration tokens: PROFILE=production.")
        elif not (self.database_url and self.token_issuer and self.personal_secret):
            raise NotConfigured("PROFILE=production needs DATABASE_URL, TOKEN_ISSUER and PERSONAL_SECRET.")
        else:
            self._must_be_encrypted(self.token_issuer)
        return self

    @property
    def reaches_somebody(self) -> bool:
        """Say whether anything can be sent anywhere."""
        return bool(self.webhook_receivers or self.webhook_loopback or self.smtp_host)

    def for_courier(self) -> dict[str, str]:
        """Return a courier's whole environment: what it is told, and what of this machine it needs."""
        said = {name: os.environ[name] for name in OF_THE_MACHINE if name in os.environ}
        for name in FOR_COURIER:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                value = value.get_secret_value()
            if value not in (None, ""):
                said[name.upper()] = str(value)
        return said

    def checked_for_courier(self) -> "Settings":
        """Refuse to be a courier with what one must not have: the way to the record, or its keys."""
        if given := [name.upper() for name in NOT_FOR_COURIER if getattr(self, name) is not None]:
            raise NotConfigured(f"A courier is not given {' or '.join(given)}: it faces the outside.")
        self._must_send_safely()
        return self

    def _must_send_safely(self) -> None:
        """Refuse to send the same twice at once, or openly where it is for real."""
        if self.webhook_lease_seconds < self.webhook_seconds + LEASE_MARGIN_SECONDS:
            raise NotConfigured(
                "WEBHOOK_LEASE_SECONDS is at least"
                f" {LEASE_MARGIN_SECONDS:g} more than WEBHOOK_SECONDS: two would send the same at once."
            )
        if self.profile is Profile.PRODUCTION and self.smtp_host and self.smtp_security == "none":
            raise NotConfigured("SMTP_SECURITY=none is for the demonstration profile only.")
        if self.profile is Profile.PRODUCTION and self.webhook_loopback:
            raise NotConfigured("WEBHOOK_LOOPBACK is for the demonstration profile only.")
