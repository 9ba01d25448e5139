import datetime
import os
import re
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from odoo import api, models
from odoo.exceptions import UserError

from ..pades import xmldsig
from ..pades.errors import SignError

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,60}")
# The signature stands where the format has its place, before the files of the packet.
_PLACE = "edXMLHeader"


class _SoftwareKey:
    """A key kept as a file of the server; what a device is to ``xmldsig``."""

    def __init__(self, pem):
        self._key = serialization.load_pem_private_key(pem, None)
        certificates = x509.load_pem_x509_certificates(pem)
        if not isinstance(self._key, rsa.RSAPrivateKey) or not certificates:
            raise ValueError("an RSA key and its certificate are needed")
        self.certificate, *self.chain = [one.public_bytes(serialization.Encoding.DER) for one in certificates]

    @property
    def end(self):
        return x509.load_der_x509_certificate(self.certificate).not_valid_after_utc

    def is_in_force(self):
        begin = x509.load_der_x509_certificate(self.certificate).not_valid_before_utc
        return begin <= datetime.datetime.now(datetime.UTC) <= self.end

    def sign(self, data):
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())


class _DeviceKey:
    """The agency's key device at the server."""

    chain = ()

    def __init__(self, certificate, provider):
        self._certificate, self._provider = certificate, provider
        self.certificate = certificate._der()
        self.serial = None

    def sign(self, data):
        [signature], self.serial = self._provider._sign(self._certificate, [data])
        return signature


class XmlSignature(models.AbstractModel):
    """XML-DSig of interchange packets: by the agency's key at the server, without anybody at a keyboard.

    A software key is a file ``<code of the agency>.pem`` (key, certificate, its chain) in the folder that
    VANBAN_PACKET_KEYS names; it is taken before the device. Only the environment of the server decides, as for the device.
    """

    _name = "vanban.xml.signature"
    _description = "Signature of interchange packets"

    @api.model
    def _key(self, company):
        """The key with which packets of ``company`` are signed. Raises UserError when there is none in force."""
        company = company.sudo()  # safe: code and settings of our own agency
        folder = os.environ.get("VANBAN_PACKET_KEYS")
        code = company.vanban_code or ""
        if folder and _CODE.fullmatch(code) and (path := Path(folder) / f"{code}.pem").is_file():
            try:
                key = _SoftwareKey(path.read_bytes())
            except (OSError, ValueError, TypeError) as error:
                raise UserError(self.env._(
                    "The key file for packets of “%(agency)s” cannot be read. Ask the system operator to check VANBAN_PACKET_KEYS.",
                    agency=company.name)) from error
            if not key.is_in_force():
                raise UserError(self.env._(
                    "The certificate of the key file for packets of “%(agency)s” ended on %(date)s or does not begin yet. Ask the system "
                    "operator to replace it.", agency=company.name, date=key.end.strftime("%d/%m/%Y")))
            return key
        if company.vanban_seal_provider != "hsm":
            raise UserError(self.env._(
                "“%(agency)s” has no key at the server with which packets could be signed. Ask the system operator to set it up, "
                "or do not require signatures on the connection.", agency=company.name))
        certificate = self.env["vanban.certificate"]._agency_of(company)
        # the device signs packets only while somebody answers for it (NĐ 30/2020 Đ.33)
        if not self.env["vanban.token"]._for_seal(certificate).holder_id:
            raise UserError(self.env._(
                "The key device of “%(agency)s” is in nobody's custody now: packets cannot be signed with it.", agency=company.name))
        return _DeviceKey(certificate, self.env["vanban.signing.provider"]._by_name("hsm"))

    @api.model
    def _sign(self, company, source, target):
        """Sign the packet at path ``source`` for ``company`` into ``target``.

        :raise UserError: no key in force, or it does not sign
        """
        key = self._key(company)
        try:
            xmldsig.sign_file(source, target, key, key.chain, inside=_PLACE)
        except SignError as error:
            raise UserError(str(error)) from error
        serial = f"{x509.load_der_x509_certificate(key.certificate).serial_number:X}"
        self.env["vanban.log"]._log("use_certificate", data={
            "purpose": "packet", "certificate": serial, "token": getattr(key, "serial", None), "agency": company.id})

    @api.model
    def _verify(self, path):
        """``pades.report.Report`` of the packet at ``path``, judged by the trust anchors of this system."""
        return xmldsig.verify(path, self.env["vanban.trust.anchor"]._trust_store())
