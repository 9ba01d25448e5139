"""Signed attributes and CMS container, made once per certificate and then only filled.

Building both from objects costs more than everything else in a signature. For one certificate they differ between documents only in
the digest of the document and the value of the signature, both of fixed length: so they are built once with markers in these two
places, by the library, and the markers are replaced.
"""

import asyncio
import functools
import hashlib

from asn1crypto import cms

DIGEST = "sha256"
_DIGEST_MARK = hashlib.sha256(b"vanban: digest of the document").digest()


def _signature_mark(length):
    return hashlib.shake_256(b"vanban: value of the signature").digest(length)


def attributes(signer_of, certificate, chain, digest):
    """DER of the signed attributes over a document's digest. ``signer_of(certificate, chain)`` gives a pyHanko ExternalSigner."""
    return _replaced(_attributes(signer_of, certificate, chain), _DIGEST_MARK, digest)


def container(signer_of, certificate, chain, signed_attributes, signature, *, fixed_length):
    """DER of the CMS container. ``fixed_length``: the signature is as long as every other by this key (RSA)."""
    if not fixed_length:
        return asyncio.run(build(signer_of(certificate, chain), signed_attributes, signature, None)).dump()
    marked = _attributes(signer_of, certificate, chain)
    digest = _digest_in(signed_attributes, marked)
    if digest is None:  # attributes that were prepared elsewhere or by another version
        return asyncio.run(build(signer_of(certificate, chain), signed_attributes, signature, None)).dump()
    made = _container(signer_of, certificate, chain, len(signature))
    return _replaced(_replaced(made, _DIGEST_MARK, digest), _signature_mark(len(signature)), signature)


async def build(signer, signed_attributes, signature, timestamper):
    """The container by the library itself; needed with a timestamp."""
    signer._signature_value = signature
    return await signer.async_sign_prescribed_attributes(
        DIGEST, cms.CMSAttributes.load(signed_attributes), timestamper=timestamper
    )


@functools.lru_cache(maxsize=256)
def _attributes(signer_of, certificate, chain):
    made = asyncio.run(signer_of(certificate, chain).signed_attrs(_DIGEST_MARK, DIGEST, use_pades=True)).dump()
    if made.count(_DIGEST_MARK) != 1:
        raise AssertionError("the digest does not appear once in the signed attributes")
    return made


@functools.lru_cache(maxsize=256)
def _container(signer_of, certificate, chain, length):
    mark = _signature_mark(length)
    made = asyncio.run(
        build(signer_of(certificate, chain), _attributes(signer_of, certificate, chain), mark, None)
    ).dump()
    if made.count(mark) != 1 or made.count(_DIGEST_MARK) != 1:
        raise AssertionError("digest and signature do not appear once in the container")
    return made


def _digest_in(signed_attributes, marked):
    """The digest at the marker's place when everything around it is equal, else None."""
    at = marked.index(_DIGEST_MARK)
    end = at + len(_DIGEST_MARK)
    if (
        len(signed_attributes) != len(marked)
        or signed_attributes[:at] != marked[:at]
        or signed_attributes[end:] != marked[end:]
    ):
        return None
    return signed_attributes[at:end]


def _replaced(template, mark, value):
    at = template.index(mark)
    return template[:at] + value + template[at + len(mark) :]
