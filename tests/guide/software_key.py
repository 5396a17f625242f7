"""A passkey made of software: what a browser would answer to the product's challenges."""

import hashlib
import json
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

Options = dict[str, Any]


class SoftwareKey:
    """One key of one person, for the site at an address."""

    def __init__(self, origin: str = "https://testserver", number: bytes = b"\x07" * 16) -> None:
        self.origin = origin
        self.number = number
        # A key that is the same in every run: what is kept of it can be compared.
        self.private = ec.derive_private_key(int.from_bytes(number), ec.SECP256R1())
        self.handle = ""

    def register(self, options: Options) -> dict[str, Any]:
        """The answer to ``creation_options``."""
        asked = options["publicKey"]
        self.handle = asked["user"]["id"]
        public = AttestedCredentialData.create(
            Aaguid.NONE, self.number, ES256.from_cryptography_key(self.private.public_key())
        )
        proof = AttestationObject.create("none", self._data(AuthenticatorData.FLAG.AT, public), {})
        return self._answer(
            clientDataJSON=self._client_data("webauthn.create", asked["challenge"]),
            attestationObject=websafe_encode(proof),
        )

    def sign(self, options: Options) -> dict[str, Any]:
        """The answer to ``request_options``."""
        asked = options["publicKey"]
        said, data = self._client_data("webauthn.get", asked["challenge"]), self._data()
        digest = hashlib.sha256(websafe_decode(said)).digest()
        signature = self.private.sign(data + digest, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=said,
            authenticatorData=websafe_encode(data),
            signature=websafe_encode(signature),
            userHandle=self.handle,
        )

    def _data(self, more: int = 0, public: bytes = b"") -> AuthenticatorData:
        site = hashlib.sha256((urlsplit(self.origin).hostname or "").encode()).digest()
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | more
        return AuthenticatorData.create(site, flags, 0, public)

    def _client_data(self, kind: str, challenge: str) -> str:
        return websafe_encode(json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode())

    def _answer(self, **response: str) -> dict[str, Any]:
        number = websafe_encode(self.number)
        return {
            "id": number,
            "rawId": number,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {"credProps": {"rk": True}},
        }
