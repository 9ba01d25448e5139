import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.common import make_pdf
from odoo.addons.vanban_core.tests.proves import proves

from ..demo_pki.services import Services
from ..pades.longterm import protection
from ..pades.trust import TrustStore
from ..pades.verify import verify
from .common import SigningCase, b64


@tagged("post_install", "-at_install")
class TestProof(SigningCase):
    def setUp(self):
        super().setUp()
        self.services = Services(self.authority).__enter__()
        self.addCleanup(self.services.__exit__)
        self.stamper(200)
        self.company.vanban_tsa_url = self.services.url("tsa")
        self.job = self.env.ref("vanban_signing.cron_proof")

    def stamper(self, days):
        now = datetime.datetime.now(datetime.UTC)
        self.services.replace_stamper(valid_to=now + datetime.timedelta(days=days))

    def proof(self, document):
        rows = document.sudo().proof_ids
        rows.invalidate_recordset()
        return rows

    def days_left(self, proof):
        return (proof.until - datetime.datetime.now()).days

    @proves("SIGN-23")
    def test_revocation_data_after_sealing(self):
        document = self.outgoing("sealed")
        proof, sealed = self.proof(document), document.main_file_id
        self.assertEqual((proof.file_id, proof.state, document.proof_state), (sealed, "waiting", "waiting"))
        before = (sealed.sha256, sealed._raw())
        self.job.method_direct_trigger()
        self.assertEqual((proof.level, proof.state, proof.message), ("LT", "kept", False))
        self.assertIn(self.days_left(proof), (199, 200))
        # the signed file stays as it was and remains the document's file; the copy continues its bytes
        self.assertEqual((document.main_file_id, sealed.sha256, sealed._raw()), (sealed, *before))
        copy = proof.copy_id._raw()
        self.assertTrue(copy.startswith(before[1]) and len(copy) > len(before[1]))
        self.assertEqual((proof.copy_id.role, proof.copy_id.source_id), ("rendition", sealed))
        # all that is needed is inside the copy: nothing of ours but the root
        root = TrustStore([self.authority.certificate.read_bytes()])
        self.assertEqual((verify(copy, root).overall, verify(before[1], root).overall), ("valid", "unknown"))
        # and nothing is added a second time
        self.job.method_direct_trigger()
        self.assertEqual(proof.copy_id._raw(), copy)
        document.action_issue()
        self.assertEqual(document.main_file_id, sealed)

    @proves("SIGN-23")
    def test_renewal_before_the_end_in_parts_and_after_a_failure(self):
        documents = [self.outgoing("sealed") for _number in range(3)]
        self.job.method_direct_trigger()
        proofs = self.env["vanban.proof"].union(*(self.proof(document) for document in documents))
        self.assertEqual(set(proofs.mapped("level")), {"LT"})
        # half a year before the end it is time; the service is down: said, nothing changed, tried later
        self.company.vanban_proof_days = 300
        copies = proofs.mapped("copy_id.sha256")
        self.services.fault["tsa"] = "down"
        self.job.method_direct_trigger()
        self.assertEqual(set(proofs.mapped("state")), {"problem"})
        self.assertTrue(all(proof.message and proof.next_try for proof in proofs))
        self.assertEqual(proofs.mapped("copy_id.sha256"), copies)
        self.assertEqual(documents[0].proof_state, "problem")
        self.services.fault.clear()
        self.stamper(700)
        stamps = self.services.calls["tsa"]
        self.job.method_direct_trigger()
        self.assertEqual(self.services.calls["tsa"], stamps, "the pause was not kept")
        # the manager starts it for one; the rest follows at its time
        with self.assertRaises(AccessError):
            proofs[0].with_user(self.clerk).action_retry()
        proofs[0].with_user(self.manager).action_retry()
        self.job.method_direct_trigger()
        self.assertEqual(proofs.mapped("state"), ["kept", "problem", "problem"])
        proofs.with_user(self.manager).action_retry()
        self.job.method_direct_trigger()
        self.assertEqual(set(proofs.mapped("level")), {"LTA"})
        for proof in proofs:
            self.assertIn(self.days_left(proof), (699, 700))
            self.assertEqual(protection(proof.copy_id._raw()).level, "LTA")
        self.assertEqual(documents[1].get_verification(proofs[1].copy_id.id)["overall"], "valid")

    @proves("SIGN-23")
    def test_old_files_are_taken_in_and_a_short_service_is_named(self):
        self.company.vanban_tsa_url = False
        document = self.outgoing("sealed")
        self.assertFalse(self.proof(document))
        self.company.write({"vanban_tsa_url": self.services.url("tsa"), "vanban_proof_level": "lta"})
        self.stamper(30)
        self.job.method_direct_trigger()
        proof = self.proof(document)
        self.assertEqual((proof.level, proof.state), ("LTA", "problem"))
        self.assertIn(self.days_left(proof), (29, 30))
        # stamped again only when half of what is left has gone, not at each run
        self.assertIn((proof.next_try - datetime.datetime.now()).days, (14, 15))
        copy, stamps = proof.copy_id, self.services.calls["tsa"]
        with freeze_time(datetime.datetime.now() + datetime.timedelta(days=2)):
            self.job.method_direct_trigger()
        self.assertEqual((proof.copy_id, self.services.calls["tsa"]), (copy, stamps))
        self.stamper(700)
        proof.with_user(self.manager).action_retry()
        self.job.method_direct_trigger()
        self.assertEqual((proof.level, proof.state), ("LTA", "kept"))

    @proves("SIGN-23")
    def test_only_files_with_a_valid_signature_of_their_own_are_taken_in(self):
        """A received document with a signed main file and an unsigned annex, filed long ago."""
        document = self.env["vanban.document"].with_user(self.clerk).create(
            {"direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Về việc thử", "issuer_id": self.issuer.id,
             "code_number": "8", "code_notation": "STC-VP", "issue_date": "2026-01-05"}
        )  # fmt: skip
        document.upload_file("den.pdf", b64(self.outgoing("sealed").main_file_id._raw()), stage="received")
        document.upload_file("phu-luc.pdf", b64(make_pdf("Phu luc")), role="annex", stage="received")
        self.assertEqual(document.action_verify() and document.verification_overall, "valid")
        self.env.cr.execute("UPDATE vanban_document SET state = 'filed' WHERE id = %s", [document.id])  # years later
        document.invalidate_recordset()
        self.job.method_direct_trigger()
        proof = self.proof(document)
        self.assertEqual((proof.file_id, proof.state), (document.main_file_id, "kept"))

    def test_nobody_writes_it_and_only_readers_see_it(self):
        document = self.outgoing("sealed")
        proof = self.proof(document)
        for act in (
            lambda: proof.sudo().write({"state": "kept"}),
            lambda: proof.sudo().unlink(),
            lambda: proof.sudo().create({"document_id": document.id, "file_id": document.main_file_id.id}),
        ):
            with self.assertRaises(AccessError):
                act()
        stranger = self._make_user("proof_stranger", "vanban_core.group_specialist")
        self.assertFalse(self.env["vanban.proof"].with_user(stranger).search([("id", "=", proof.id)]))
        self.assertTrue(self.env["vanban.proof"].with_user(self.clerk).search([("id", "=", proof.id)]))
        self.assertTrue(self.env["vanban.proof"].with_user(self.manager).search([("id", "=", proof.id)]))
