"""All that can be configured, read from the environment; the only place that looks there."""

from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    }
)


class NotConfigured(Exception):
    """Something that this command needs is not configured."""


class Settings(BaseSettings):
    """The service's configuration; every name is also that of an environment variable."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True)

    profile: Profile = Profile.DEMONSTRATION
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    data_dir: Path = Path(".data")
    database_url: str | None = Field(None, description="The service role's own database.")
    database_owner_url: str | None = Field(
        None, description="The owner's, for `migrate` and `rebuild`."
    )
    database_reader_url: str | None = Field(None, description="Scrutiny's own, which only reads.")
    audit_keys: Path | None = Field(None, description="The keys that sign checkpoints, one a line.")
    audit_witnesses: Path | None = Field(
        None, description="Witnesses' keys and addresses, one a line."
    )
    token_issuer: str | None = Field(None, description="Whose tokens count: its `iss`, exactly.")
    token_audience: str = "rfp-service"  # noqa: S105  # a name, no secret
    token_tenant: str = Field(
        "", description="The only `tid` that counts, at an issuer of several."
    )
    token_algorithms: str = Field("", description="Only these, separated by spaces.")
    token_keys: Path | None = Field(
        None, description="A JWKS file, where the issuer's keys are not fetched from it."
    )
    personal_secret: SecretStr | None = Field(
        None, description="32 random bytes in base64, under which personal keys are kept."
    )
    database_pool: int = Field(8, ge=5, le=100)
    log_level: Literal["debug", "info", "warning", "error", "critical"] = "info"

    def checked(self) -> "Settings":
        """Refuse what would be unsafe: demonstration tokens beyond this machine, or half a set-up."""
        if self.profile is Profile.DEMONSTRATION:
            if self.host not in ("127.0.0.1", "::1", "localhost"):
                raise NotConfigured("The demonstration profile listens on loopback only.")
            if meant := sorted(self.model_fields_set & PRODUCTION_ONLY):
                names = " and ".join(name.upper() for name in meant)
                raise NotConfigured(
                    f"{names} can't be set with demonstration tokens: PROFILE=production."
                )
        elif not (self.database_url and self.token_issuer and self.personal_secret):
            raise NotConfigured(
                "PROFILE=production needs DATABASE_URL, TOKEN_ISSUER and PERSONAL_SECRET."
            )
        return self
