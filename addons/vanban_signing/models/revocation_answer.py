import base64
import datetime
import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from asn1crypto import ocsp as asn1ocsp

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vanban_core.models.language import in_vietnamese

from ..pades import detached
from ..pades.evidence import collect
from ..pades.fetch import Fetcher
from ..pades.longterm import chains_in
from ..pades.revocation import GOOD, REVOKED, UNKNOWN
from ..pades.trust import check_chain, read_crl
from ..pades.verify import verify

# somebody waits for the verdict: a service that does not answer by then leaves it "not determined"
SECONDS = 5.0
# and however many certificates a file brings, all their services together get no more
TOTAL_SECONDS = 4 * SECONDS


class _Kept:
    """Cache of ``pades.fetch.Fetcher`` over the stored evidence; ``new`` holds what came from the network in this run."""

    def __init__(self, env):
        self.rows, self.new = env["vanban.revocation"].sudo(), {}  # safe: public data

    def get(self, key):
        if key in self.new:
            return self.new[key]
        row = self.rows.search([("key", "=", key)], limit=1)
        return base64.b64decode(row.with_context(bin_size=False).content) if row else None

    def __setitem__(self, key, raw):
        self.new[key] = raw


class Revocation(models.Model):
    _inherit = "vanban.revocation"

    key = fields.Char("Question", readonly=True, index="btree_not_null", help="Address and certificate that were asked about.")
    serial = fields.Char("Serial number of the certificate", readonly=True)
    revoked = fields.Boolean("Says revoked", readonly=True, index=True)


class TrustAnchor(models.Model):
    """Answers about single certificates (OCSP, RFC 6960), asked for when the lists at hand do not decide (TT 41/2017 Đ8, Đ9)."""

    _inherit = "vanban.trust.anchor"

    ocsp_url = fields.Char("Address of OCSP", help="For certificates that do not name the service themselves.")

    @api.model
    def _evidence_fetcher(self, total=None):
        """Fetcher with the stored evidence as its cache; inside the network only hosts that the certificate manager entered.

        :param total: seconds for all questions together, where somebody waits
        """
        # safe: addresses only
        private = self.sudo().search([("crl_private", "=", True)])
        hosts = {urlsplit(url).hostname for anchor in private for url in (anchor.crl_url, anchor.ocsp_url) if url}
        return Fetcher(hosts=hosts - {None}, timeout=SECONDS, tries=1, cache=_Kept(self.env), total=total)

    @api.model
    def _judge_file(self, place, file_name, beside=None):
        """``pades.report.Report`` of bytes or a path. Unknown revocation is asked for over the network, kept, and judged again.

        :param beside: bytes of the container (.p7s) when the signature does not lie in the file itself
        """
        store, words = self._trust_store(), {"file_name": file_name, "verified_by": self.env.user.name}

        def judge(known):
            return verify(place, known, **words) if beside is None else detached.verify(place, beside, known, **words)

        report = judge(store)
        if not any(_open_question(one) for one in report.signatures):
            return report
        if beside is None:
            chains = chains_in(place if isinstance(place, bytes) else Path(place).read_bytes())
        else:
            chains = detached.chains_in(beside)
        fetcher, crls, ocsps = self._evidence_fetcher(TOTAL_SECONDS), {}, {}
        # ten signatures of one person are one question
        for chain in {chain[0]: chain for chain in reversed(chains)}.values():
            found = self._ask(store, chain, fetcher)
            crls.update(dict.fromkeys(found.crls))
            ocsps.update(dict.fromkeys(found.ocsps))
        return judge(store.with_evidence(crls, ocsps)) if crls or ocsps else report

    @api.model
    def _ask(self, store, ders, fetcher, certificate=None):
        """``pades.evidence.Evidence`` for the chain of ``ders[0]``; what is new is stored."""
        found = collect(store, ders, fetcher)
        usable, chain = {*found.crls, *found.ocsps}, list(found.certificates)
        fresh = {key: raw for key, raw in fetcher.cache.new.items() if raw in usable}
        if fresh:
            known = self.sudo().search([("sha256", "in", [_sha256(der) for der in chain])])  # safe: public data
            anchor = known.sorted(lambda one: [_sha256(der) for der in chain].index(one.sha256))[-1:]
            for key, raw in fresh.items():
                self.env["vanban.revocation"]._keep(anchor, raw=raw, url=key.split(":", 1)[1], key=key, certificate=certificate, **_facts(key, raw))
        return found

    @api.model
    def _trust_store_extra(self):
        """Answers (DER) that say “revoked”, for they count in every verification whatever a list says, and for the same certificates
        the last one that says “good”: a suspension may have been lifted."""
        model = self.env["vanban.revocation"].sudo()  # safe: public data
        rows = model.search([("kind", "=", "ocsp"), ("revoked", "=", True)])
        if rows:
            lifted = model._read_group(
                [("kind", "=", "ocsp"), ("revoked", "=", False), ("serial", "in", rows.mapped("serial"))], ["anchor_id", "serial"], ["id:max"]
            )
            rows |= model.browse(last for _anchor, _serial, last in lifted)
        return tuple(rows.ids), lambda: [base64.b64decode(row.with_context(bin_size=False).content) for row in rows]


def _open_question(one):
    """Whether asking could change the verdict: nothing is known, or an answer (not a list) once said “revoked”."""
    told = one.certificate.get("revocation")
    return UNKNOWN in (told, one.timestamp.get("revocation")) or (told == REVOKED and one.certificate.get("crl_number") is None)


def _sha256(der):
    return hashlib.sha256(der).hexdigest()


def _naive(moment):
    return moment and moment.astimezone(datetime.UTC).replace(tzinfo=None)


def _facts(key, raw):
    """Values of the row that follow from the bytes; the caller has had them checked."""
    if key.startswith("crl:"):
        issued, following, number = read_crl(raw)
        return {"kind": "crl", "issued": _naive(issued), "following": _naive(following), "number": str(number or "")}
    single = asn1ocsp.OCSPResponse.load(raw).response_data["responses"][0]
    return {
        "kind": "ocsp", "issued": _naive(single["this_update"].native), "following": _naive(single["next_update"].native),
        "serial": f"{single['cert_id']['serial_number'].native:x}", "revoked": single["cert_status"].name == "revoked",
    }  # fmt: skip


class CertificateRevocation(models.Model):
    _inherit = "vanban.certificate"

    def action_ask_revocation(self):
        """Ask the authority now whether the certificate was revoked; the answer is kept and says what is known."""
        self.ensure_one()
        self.check_access("write")
        status, problems = self._ask_revocation()
        if status == UNKNOWN:
            self._log_refused("ask_revocation", " ".join(problems))
            words = self.env._("Not determined: %(reason)s", reason=" ".join(problems))
        else:
            words = self.env._("Revoked.") if status == REVOKED else self.env._("Not revoked.")
        kind = {GOOD: "success", REVOKED: "danger"}.get(status, "warning")
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {"type": kind, "sticky": kind != "success", "title": self.name, "message": words,
                       "next": {"type": "ir.actions.client", "tag": "soft_reload"}},
        }  # fmt: skip

    def _ask_revocation(self):
        """(status, Vietnamese lines about what was not found)."""
        anchors = self.env["vanban.trust.anchor"]
        store = anchors._trust_store()
        found = anchors._ask(store, [self._der()], anchors._evidence_fetcher(TOTAL_SECONDS), certificate=self)
        now = datetime.datetime.now(datetime.UTC)
        _anchor, status, reason = check_chain(store.with_evidence(found.crls, found.ocsps), self._der(), now)
        self.invalidate_recordset(["state", "state_reason"])
        problems = found.problems or (reason or (status.reason if status else ""),)
        return (status.status if status else UNKNOWN), problems

    @api.model
    def _cron_ask_revocation(self):
        """Every few hours: registered certificates whose last answer has run out; each in a transaction of its own."""
        self = in_vietnamese(self)
        usable = self.search([("valid_to", ">", fields.Datetime.now()), ("suspended", "=", False)])
        self.env["ir.cron"]._commit_progress(remaining=len(usable))
        for certificate in usable:
            try:
                certificate._ask_revocation()
            except UserError as error:
                certificate._log_refused("ask_revocation", str(error))
            self.env["ir.cron"]._commit_progress(1)
