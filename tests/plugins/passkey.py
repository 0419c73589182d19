"""A passkey that nobody has, for pages that only show it."""

from typing import Any


def registered() -> dict[str, Any]:
    """A registration as a browser sends it, of a key that nobody has."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from fido2.cose import ES256
    from fido2.utils import websafe_encode
    from fido2.webauthn import (
        Aaguid,
        AttestationObject,
        AttestedCredentialData,
        AuthenticatorData,
        CollectedClientData,
    )

    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    public = ES256.from_cryptography_key(key)  # type: ignore[no-untyped-call]
    held = AttestedCredentialData.create(Aaguid.NONE, b"credential", public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(b"0" * 32, flags, 0, bytes(held))
    told = CollectedClientData.create("webauthn.create", b"challenge", "http://localhost")
    response = {
        "clientDataJSON": told.b64,
        "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
    }
    return {"id": "Y3I", "rawId": "Y3I", "type": "public-key", "response": response}
