"""The demonstration issuer: a key of its own in the data folder, and tokens for fictional people."""

import json
import os
import time
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from shared.access.roles import Role
from shared.access.tokens import Tokens

ISSUER = "urn:rfp-service:demonstration"
AUDIENCE = "rfp-service"
TOKEN_SECONDS = 12 * 3600


def demonstration_key(data_dir: Path) -> OKPKey:
    """Return the key that signs demonstration tokens; make it, readable to its owner alone, once."""
    path = data_dir / "issuer.json"
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
    return Tokens(KeySet([demonstration_key(data_dir)]), ISSUER, AUDIENCE)


def demonstration_token(data_dir: Path, person: str, roles: list[Role]) -> str:
    """Return a bearer token for a fictional person."""
    now = int(time.time())
    claims = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": person, "roles": [role.value for role in roles],
        "iat": now, "nbf": now, "exp": now + TOKEN_SECONDS,
    }  # fmt: skip
    return jwt.encode(
        {"alg": "Ed25519", "kid": "demonstration"},
        claims,
        demonstration_key(data_dir),
        algorithms=["Ed25519"],
    )
