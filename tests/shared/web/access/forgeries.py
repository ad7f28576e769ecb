"""Tokens that name nobody: forged, stale, confused, or meant for somebody or something else."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from tests.support.issuing import AUDIENCE, EC, ENCRYPTING, FOREIGN, RSA, SHARED, WEAK, Issuer, b64

GOOD = {"alg": "RS256", "kid": "rsa", "typ": "JWT"}


def confused(issuer: Issuer, secret: bytes, algorithm: str = "HS256", kid: str = "rsa") -> str:
    """Return a token whose 'shared secret' is a public key, which everybody knows."""
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384}[algorithm]
    unsigned = issuer.by_hand({"alg": algorithm, "kid": kid, "typ": "JWT"}).rpartition(".")[0]
    return f"{unsigned}.{b64(hmac.new(secret, unsigned.encode(), digest).digest())}"


def bent(token: str, part: int, change: Callable[[str], str]) -> str:
    """Return a token with one part changed after signing."""
    parts = token.split(".")
    parts[part] = change(parts[part])
    return ".".join(parts)


def claims_swapped(issuer: Issuer) -> str:
    other = json.dumps(issuer.claims(roles=["administrator"])).encode()
    return bent(issuer.token(), 1, lambda _: b64(other))


def twice(issuer: Issuer) -> str:
    header = b'{"alg":"none","alg":"RS256","kid":"rsa","typ":"JWT"}'
    return bent(issuer.token(), 0, lambda _: b64(header))


def own_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "mine"})


def header(**members: Any) -> Callable[[Issuer], str]:
    return lambda issuer: issuer.token(header=members)


def claims(**other: Any) -> Callable[[Issuer], str]:
    return lambda issuer: issuer.token(**other)


def at(**seconds: int) -> Callable[[Issuer], str]:
    """Return a token whose dates lie so many seconds from now."""
    return lambda i: i.token(**{name: int(time.time()) + by for name, by in seconds.items()})


def signed(payload: bytes) -> str:
    return jws.serialize_compact(GOOD, payload, RSA, algorithms=["RS256"])


def with_header(issuer: Issuer, **members: Any) -> str:
    """Return a token with a good signature over a header that the library would not write."""
    unsigned = issuer.by_hand({**GOOD, **members}).rpartition(".")[0]
    signature = RSA.private_key.sign(unsigned.encode(), PKCS1v15(), SHA256())
    return f"{unsigned}.{b64(signature)}"


def infinite(issuer: Issuer) -> str:
    exp = issuer.claims()["exp"]
    text = json.dumps(issuer.claims(exp=exp)).replace(f'"exp": {exp}', '"exp": Infinity')
    return signed(text.encode())


def half_a_pair(issuer: Issuer) -> str:
    return signed(json.dumps(issuer.claims(service_areas=["Registrars", "\ud800"])).encode())


FORGERIES: dict[str, Callable[[Issuer], str]] = {
    # no signature, or none that counts
    "alg none": lambda i: i.by_hand({**GOOD, "alg": "none"}),
    "alg None": lambda i: i.by_hand({**GOOD, "alg": "None"}),
    "alg missing": lambda i: i.by_hand({"kid": "rsa", "typ": "JWT"}, signature=b"x"),
    "alg a list": lambda i: i.by_hand({**GOOD, "alg": ["RS256"]}, signature=b"x"),
    "signature missing": lambda i: bent(i.token(), 2, lambda _: ""),
    "signature of zeros": lambda i: bent(i.token(), 2, lambda _: b64(b"\0" * 256)),
    "signature of another token": lambda i: bent(
        i.token(), 2, lambda _: i.token(sub="other").rpartition(".")[2]
    ),
    "ECDSA signature of zeros": lambda i: bent(i.token(EC), 2, lambda _: b64(b"\0" * 64)),
    "claims exchanged": claims_swapped,
    # one algorithm taken for another
    "HS256 with the public key as PEM": lambda i: confused(i, RSA.as_pem(private=False)),
    "HS384 with the public key as PEM": lambda i: confused(i, RSA.as_pem(private=False), "HS384"),
    "HS256 with the public key as DER": lambda i: confused(i, RSA.as_der(private=False)),
    "HS256 with the public key as JWK": lambda i: confused(
        i, json.dumps(RSA.as_dict(private=False)).encode()
    ),
    "HS256 with an empty secret": lambda i: confused(i, b""),
    "HS256 with the modulus": lambda i: confused(i, str(RSA.as_dict()["n"]).encode()),
    "HS256 with a published secret": lambda i: i.token(SHARED),
    "HS256 naming a published secret": lambda i: confused(i, SHARED.raw_value, kid="shared"),
    "an algorithm that is not pinned": lambda i: i.token(header={"alg": "RS384"}),
    "PS256 by a key of ES256": lambda i: i.by_hand({**GOOD, "alg": "PS256", "kid": "ec"}, None, b"x"),
    "RS256 that says ES256": lambda i: bent(
        i.token(), 0, lambda _: b64(json.dumps({**GOOD, "alg": "ES256"}).encode())
    ),
    # another key
    "another issuer's key": lambda i: i.token(FOREIGN),
    "another issuer's key under our kid": lambda i: i.token(FOREIGN, {"kid": "rsa"}),
    "our own key under a known kid": lambda i: i.token(own_key(), {"kid": "ed", "alg": "RS256"}),
    "a key too short to trust": lambda i: i.token(WEAK),
    "a key for encryption": lambda i: i.token(ENCRYPTING, {"kid": "enc"}),
    "an EC key under an RSA kid": lambda i: i.token(ECKey.generate_key("P-256"), {"kid": "rsa"}),
    "no kid": header(kid=None),
    "an empty kid": header(kid=""),
    "kid a path": header(kid="../../../../dev/null"),
    "kid a query": header(kid="rsa' UNION SELECT 'x"),
    "kid an address": header(kid="http://127.0.0.1/keys#rsa"),
    "kid with a zero byte": header(kid="rsa\0"),
    "kid a number": lambda i: i.by_hand({**GOOD, "kid": 7}, None, b"x"),
    "kid in another case": header(kid="RSA"),
    # a header that brings its own key, or changes how to read the rest
    "jwk": lambda i: i.token(k := own_key(), {"kid": "rsa", "jwk": k.as_dict(private=False)}),
    "jwk beside our signature": lambda i: i.token(header={"jwk": RSA.as_dict(private=False)}),
    "jku": lambda i: i.token(own_key(), {"jku": f"http://127.0.0.1:{i.port}/keys"}),
    "jku beside our signature": lambda i: i.token(header={"jku": f"http://127.0.0.1:{i.port}/keys"}),
    "x5u": header(x5u="http://127.0.0.1/cert"),
    "x5c": header(x5c=["MIIB"]),
    "crit": lambda i: with_header(i, crit=["exp"], exp=1),
    "crit unknown": lambda i: with_header(i, crit=["bork"], bork=True),
    "b64 false": header(b64=False, crit=["b64"]),
    "zip": header(zip="DEF"),
    "alg twice": twice,
    "roles twice": lambda i: signed(json.dumps(i.claims())[:-1].encode() + b', "roles": ["administrator"]}'),
    "roles twice within": lambda i: signed(
        json.dumps(i.claims())[:-1].encode() + b', "other": {"a": 1, "a": 2}}'
    ),
    # no access token
    "typ of a logout token": header(typ="logout+jwt"),
    "typ of a DPoP proof": header(typ="dpop+jwt"),
    "typ missing": header(typ=None),
    "an ID token": claims(scp=None, nonce="n", aud=AUDIENCE),
    "an ID token without a nonce": claims(scp=None, at_hash="h"),
    "an ID token that hides": claims(scp=None),
    "an ID token with scopes": claims(nonce="n"),
    "a refresh token": claims(typ="Refresh"),
    "an ID token by its own word": claims(token_use="id"),
    "a logout token": claims(events={"http://schemas.openid.net/event/backchannel-logout": {}}),
    "bound to a key": claims(cnf={"jkt": "x"}),
    "scopes of another API": claims(scp="files.read mail.send"),
    "scopes that only begin like ours": claims(scp="rfp.decide.not rfp"),
    "scopes not words": claims(scp={"rfp.decide": True}),
    "a program by nobody's word": claims(scp=None, roles=["service_account"]),
    # for somebody else, from somebody else
    "another audience": claims(aud="api://payroll"),
    "no audience": claims(aud=None),
    "an audience that begins like ours": claims(aud=AUDIENCE + ".evil.example"),
    "audience an object": claims(aud={AUDIENCE: 1}),
    "several others as audience": claims(aud=["api://payroll", "api://hr"]),
    "another issuer": claims(iss="https://login.evil.example/tenant"),
    "no issuer": claims(iss=None),
    "the issuer with a slash": lambda i: i.token(iss=i.url + "/"),
    "the issuer in another case": lambda i: i.token(iss=i.url.upper()),
    "another tenant": claims(tid="ffffffff-0000-4000-8000-00000000000f"),
    "no tenant": claims(tid=None),
    "another tenant's issuer and key": lambda i: i.token(
        FOREIGN, {"kid": "rsa"}, iss="https://login.example/other", tid="other"
    ),
    # out of date
    "expired": at(exp=-31),
    "expired for years": claims(exp=1_500_000_000),
    "not yet valid": at(nbf=310),
    "issued in the future": at(iat=310),
    "no expiry": claims(exp=None),
    "expiry as text": claims(exp="2999-01-01"),
    "expiry true": claims(exp=True),
    "expiry beyond every number": claims(exp=10**400),
    "not before a time beyond every number": claims(nbf=10**400),
    "issued before every number": claims(iat=-(10**400)),
    "an area with a NUL": claims(service_areas=["Registrars\0"]),
    "an area with half a pair": half_a_pair,
    "an area that is a number": claims(service_areas=[5]),
    "an area without end": claims(service_areas=["R" * 5_000]),
    "expiry infinite": infinite,
    "not before as text": claims(nbf="now"),
    # nobody in particular
    "no object": claims(oid=None),
    "object a number": claims(oid=7),
    "no subject": claims(sub=None),
    "an empty subject": claims(sub=""),
    "roles a word": claims(roles="administrator"),
    # no token at all
    "empty": lambda _: "",
    "one part": lambda _: "x",
    "five parts": lambda i: i.token() + ".x.y",
    "claims a list": lambda _: signed(b"[]"),
    "claims no JSON": lambda _: signed(b"\xff{"),
    "header no JSON": lambda i: i.by_hand(b"\xff\xfe"),
    "header a list": lambda i: i.by_hand([]),
    "header deep": lambda i: i.by_hand(b"[" * 5_000 + b"]" * 5_000),
    "far too long": lambda i: i.token(name="x" * 20_000),
}
