"""A small OpenID provider on loopback: discovery, keys that rotate, and tokens as good or bad as wanted."""

import base64
import hashlib
import json
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from pydantic import SecretStr

from shared.ledger.log_keys import write_signer
from shared.ledger.notes import Signer
from shared.settings import Profile, Settings
from tests.support.postgres import Base

AUDIENCE = "api://rfp-service"
TENANT = "0a1b2c3d-0000-4000-8000-00000000000a"
OBJECT = "0b0b0b0b-0000-4000-8000-00000000000b"
ALGORITHMS = ["RS256", "RS384", "PS256", "ES256", "Ed25519", "EdDSA", "HS256", "HS384", "none"]

RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
EC = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig", "alg": "ES256"})
OKP = OKPKey.generate_key("Ed25519", {"kid": "ed", "use": "sig"})
with warnings.catch_warnings(action="ignore"):  # the library does not like it either
    WEAK = RSAKey.generate_key(1024, {"kid": "weak", "use": "sig"})
ENCRYPTING = RSAKey.generate_key(2048)  # published for encryption only
SHARED = OctKey.generate_key(256, {"kid": "shared"})
FOREIGN = RSAKey.generate_key(2048, {"kid": "foreign"})


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Issuer:
    """What the provider says, and how often it was asked."""

    port: int = 0
    keys: list[Any] = field(default_factory=lambda: [RSA, EC, OKP, WEAK])
    extra_keys: list[Any] = field(
        default_factory=lambda: [
            SHARED.as_dict(),
            {**ENCRYPTING.as_dict(private=False), "kid": "enc", "use": "enc"},
            {"kty": "of the future", "kid": "new"},
            "no key",
        ]
    )
    says_it_is: str | None = None
    jwks_uri: str | None = None
    status: int = 200
    asked: list[str] = field(default_factory=list)
    codes: dict[str, tuple[dict[str, Any], str]] = field(default_factory=dict)
    exchanged: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/tenant"

    def answer(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        if path == "/tenant/.well-known/openid-configuration":
            document: Any = {
                "issuer": self.says_it_is or self.url,
                "jwks_uri": self.jwks_uri or f"http://127.0.0.1:{self.port}/keys",
                "authorization_endpoint": f"http://127.0.0.1:{self.port}/authorize",
                "token_endpoint": f"http://127.0.0.1:{self.port}/token",
            }
        elif path == "/keys":
            document = {"keys": [k.as_dict(private=False) for k in self.keys] + self.extra_keys}
        else:
            return 404, b"{}"
        return self.status, json.dumps(document).encode()

    def signed_in(
        self, client: str, nonce: str, challenge: str, /, **claims: Any
    ) -> tuple[dict[str, Any], str]:
        """Return what a code stands for: an ID token of a sign-in, an access token, and the challenge."""
        said = {"aud": client, "nonce": nonce, "scp": None, "azp": None, **claims}
        tokens = {"access_token": self.token(), "id_token": self.token(**said), "token_type": "Bearer"}
        return tokens, challenge

    def exchange(self, form: dict[str, str]) -> tuple[int, bytes]:
        """Give out the tokens of a code, once, to whoever holds the verifier of its challenge."""
        self.exchanged.append(form)
        tokens, challenge = self.codes.pop(form.get("code", ""), ({}, ""))
        made = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if not tokens or made != challenge:
            return 400, b'{"error": "invalid_grant"}'
        return self.status, json.dumps(tokens).encode()

    def claims(self, **other: Any) -> dict[str, Any]:
        """Return the claims of a good token of Entra ID's kind; None leaves one out."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": AUDIENCE,
            "tid": TENANT,
            "oid": OBJECT,
            "sub": "pairwise-1",
            "iat": now,
            "nbf": now,
            "exp": now + 600,
            "ver": "2.0",
            "azp": "console",
            "scp": "rfp.read rfp.decide",
            "roles": ["requester"],
            "name": "Rita Requester",
            "preferred_username": "rita@council.example",
        }
        return {name: value for name, value in (claims | other).items() if value is not None}

    def token(self, key: Any = RSA, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Return a token signed by a key, with other claims or header members than a good one has."""
        algorithm = {"RSA": "RS256", "EC": "ES256", "OKP": "Ed25519", "oct": "HS256"}[key.key_type]
        members = {"alg": algorithm, "kid": key.kid, "typ": "JWT", **(header or {})}
        members = {name: value for name, value in members.items() if value is not None}
        registry = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        return jwt.encode(
            members, self.claims(**claims), key, registry=registry, default_type=None, algorithms=ALGORITHMS
        )

    def by_hand(self, header: Any, claims: Any = None, signature: bytes = b"") -> str:
        """Return three parts put together without any key."""
        parts = (header, self.claims() if claims is None else claims)
        texts = [p if isinstance(p, bytes) else json.dumps(p).encode() for p in parts]
        return ".".join([*map(b64, texts), b64(signature)])


@contextmanager
def issuing() -> Iterator[Issuer]:
    """Serve a provider on a port of its own."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(*issuer.answer(self.path))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.reply(*issuer.exchange(dict(parse_qsl(sent))))

        def reply(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def council_settings(base: Base, issuer: Issuer, folder: Path, **more: Any) -> Settings:
    """Return a council's settings behind an issuer; unchecked, for production asks for an https one."""
    write_signer(folder / "log", Signer.new("council.example/log"))
    return Settings(
        profile=Profile.PRODUCTION,
        audit_keys=folder / "log",
        data_dir=folder,
        database_url=base.service,
        token_issuer=issuer.url,
        token_audience=AUDIENCE,
        token_tenant=TENANT,
        personal_secret=SecretStr(base64.b64encode(bytes(32)).decode()),
        **more,
    )
