"""The demonstration issuer: a key of its own in the data folder, and tokens for fictional people."""

import json
import os
import secrets
import time
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import OKPKey
from pydantic import JsonValue

from shared.kernel.roles import Role
from shared.web.access.claims import Scope, Trust
from shared.web.access.token_keys import KeptKeys
from shared.web.access.tokens import Tokens

ISSUER = "urn:rfp-service:demonstration"
ISSUER_FILE = "issuer.json"
AUDIENCE = "rfp-service"
TOKEN_SECONDS = 12 * 3600
SECRET_BYTES = 32


def has_issuer(data_dir: Path) -> bool:
    """Say whether a data folder has an issuer, without making one."""
    return (data_dir / ISSUER_FILE).exists()


def demonstration_key(data_dir: Path) -> OKPKey:
    """Return the key that signs demonstration tokens; make it, readable to its owner alone, once."""
    path = data_dir / ISSUER_FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        made = OKPKey.generate_key("Ed25519", {"kid": "demonstration", "use": "sig"})
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(made.as_dict(private=True)))
        draft.replace(path)
    return OKPKey.import_key(json.loads(path.read_text()))


def demonstration_tokens(data_dir: Path) -> Tokens:
    """Return the verifier of demonstration tokens."""
    public: dict[str, JsonValue] = {**demonstration_key(data_dir).as_dict(private=False)}  # type: ignore[dict-item]  # all are texts
    keys = KeptKeys({"keys": [public]})
    return Tokens(keys, Trust(ISSUER, AUDIENCE))


def demonstration_token(
    data_dir: Path, person: str, roles: list[Role], areas: list[str] | None = None
) -> str:
    """Return a bearer token for a fictional person; one who is a service account only is a program."""
    now = int(time.time())
    program = roles == [Role.SERVICE_ACCOUNT]
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": person,
        "roles": [role.value for role in roles],
        "iat": now,
        "nbf": now,
        "exp": now + TOKEN_SECONDS,
        **({} if areas is None else {"service_areas": areas}),
        **({"client_id": person} if program else {"scope": " ".join(Scope)}),
    }
    return jwt.encode(
        {"alg": "Ed25519", "kid": "demonstration", "typ": "at+jwt"},
        claims,
        demonstration_key(data_dir),
        algorithms=["Ed25519"],
    )


def kept_secret(path: Path) -> bytes:
    """Return a secret of 32 bytes; make it, readable to its owner alone, once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_bytes(secrets.token_bytes(SECRET_BYTES))
        try:
            os.link(draft, path)  # whoever comes first has made it
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()
