"""Signed packets: sound ones verify, wrapped and weakened ones do not."""

import re

import pytest

from pades import xmldsig
from pades.errors import SignError
from signing_sample import agency, chain, trust

PACKET = "<Goi xmlns='urn:vanban:thu'><So>05/SNV-VP</So><TrichYeu>Về việc mẫu</TrichYeu></Goi>".encode()


def test_signed_packet():
    signed = xmldsig.sign(PACKET, agency(), chain())
    report = xmldsig.verify(signed, trust())
    assert report.overall == "valid" and report.signatures[0].kind == "agency", list(report.lines())
    assert xmldsig.verify(signed, trust(crl=False)).overall == "unknown"
    assert xmldsig.verify(PACKET, trust()).overall == "unknown" and not xmldsig.verify(PACKET, trust()).signatures


def signature(signed):
    return re.search(rb"<ds:Signature .*</ds:Signature>", signed, re.DOTALL)[0]


@pytest.mark.parametrize("name", ["content", "wrapped", "moved", "part", "sha1", "twice", "entity", "cut", "removed-certificate"])
def test_attacks(name):
    signed = xmldsig.sign(PACKET, agency(), chain())
    seal = signature(signed)
    forged = {
        "content": signed.replace(b"05/SNV", b"06/SNV"),
        "wrapped": b"<Goi xmlns='urn:vanban:thu'><So>06</So>" + signed.split(b"?>", 1)[1] + b"</Goi>",
        "moved": PACKET.replace(b"05/SNV", b"06/SNV").replace(b"</Goi>", seal + b"</Goi>"),
        "part": signed.replace(b'URI=""', b'URI="#a"').replace(b"<So>", b"<So Id='a'>"),
        "sha1": signed.replace(b"xmldsig-more#rsa-sha256", b"xmldsig-more#rsa-sha1").replace(b"xmlenc#sha256", b"xmldsig#sha1"),
        "twice": signed.replace(seal, seal + seal),
        "entity": b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + signed.split(b"?>", 1)[1].replace(b"05/SNV", b"&e;"),
        "cut": signed[:-30],
        "removed-certificate": re.sub(rb"<ds:X509Certificate>.*?</ds:X509Certificate>", b"", signed, flags=re.DOTALL),
    }[name]
    report = xmldsig.verify(forged, trust())
    assert report.overall == "invalid" and report.reason


def test_bad_input():
    with pytest.raises(SignError, match="XML"):
        xmldsig.sign(b"<a", agency())
    for raw in (b"", b"junk", b"<a>" * 100_000):
        assert xmldsig.verify(raw, trust()).overall == "invalid"
