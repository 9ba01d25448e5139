import base64
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..demo_pki import pictures
from .common import SigningCase, b64, draft_pdf, key_of


@tagged("post_install", "-at_install")
class TestJob(SigningCase):
    def start(self, documents, purpose="sign", way="agent", user=None):
        jobs = self.env["vanban.signing.job"].with_user(user or self.leader)
        answer = jobs.start(documents.ids, purpose, way)
        return jobs.browse(answer["id"]), answer

    def results(self, batch, label="leader"):
        key = key_of(label)
        return [{"id": row["id"], "signature_b64": b64(key.sign(base64.b64decode(row["attrs_b64"])))} for row in batch]

    @proves("SIGN-34", "OUT-18")
    def test_run_over_many_each_on_its_own(self):
        documents = self.outgoing() + self.outgoing(raw=draft_pdf(signer="Một người khác")) + self.outgoing()
        job, answer = self.start(documents)
        self.assertEqual((answer["left"], answer["state"], answer["where"]), (3, "open", "client"))
        prepared = job.prepare(10)
        self.assertEqual([line["state"] for line in prepared["lines"]], ["prepared", "failed", "prepared"])
        self.assertIn("Người dùng leader", prepared["lines"][1]["message"])
        results = self.results(prepared["batch"])
        results[1] = {"id": results[1]["id"], "code": "removed", "error": "Thiết bị đã bị rút ra."}
        done = job.complete(results)
        self.assertEqual([line["state"] for line in done["lines"]], ["done", "failed", "failed"])
        self.assertEqual(done["lines"][2]["message"], "Thiết bị đã bị rút ra.")
        self.assertEqual(done["state"], "done")
        self.assertEqual(documents.sudo().mapped("state"), ["signed", "leader", "leader"])
        # once more for the failed ones: only what can be signed is signed
        job.retry()
        again = job.prepare(10)
        self.assertEqual(job.complete(self.results(again["batch"]))["done"], 2)
        self.assertEqual(documents.sudo().mapped("state"), ["signed", "leader", "signed"])
        # signing is no right to publish, to number or to seal
        for method in ("action_allocate_number", "action_seal", "action_issue"):
            with self.assertRaises(UserError):
                getattr(documents[0].with_user(self.leader), method)()

    def test_interrupted_run_goes_on_with_the_rest(self):
        documents = self.outgoing() + self.outgoing() + self.outgoing()
        job, _answer = self.start(documents)
        first = job.prepare(2)
        job.complete(self.results(first["batch"][:1]))
        # the browser is closed here; the next window finds the run
        unfinished = documents.with_user(self.leader).signing_overview("sign")["unfinished"]
        self.assertEqual((unfinished["id"], unfinished["done"], unfinished["left"]), (job.id, 1, 2))
        self.assertEqual(job.with_user(self.leader).action_continue()["params"]["job_id"], job.id)
        job.resume()
        rest = job.prepare(10)
        self.assertEqual(len(rest["batch"]), 2)
        # what was prepared before the interruption is of no use any more
        with self.assertRaises(UserError):
            documents[1].with_user(self.leader).action_sign_complete(
                first["batch"][1]["id"], self.results(first["batch"][1:])[0]["signature_b64"])
        self.assertEqual(job.complete(self.results(rest["batch"]))["state"], "done")
        self.assertEqual(set(documents.sudo().mapped("state")), {"signed"})
        self.assertFalse(documents.with_user(self.leader).signing_overview("sign")["unfinished"])

    def test_cancel_keeps_what_is_signed(self):
        documents = self.outgoing() + self.outgoing()
        job, _answer = self.start(documents)
        batch = job.prepare(10)["batch"]
        job.complete(self.results(batch[:1]))
        ended = job.cancel()
        self.assertEqual((ended["state"], ended["done"], ended["failed"]), ("cancelled", 1, 1))
        self.assertEqual(documents.sudo().mapped("state"), ["signed", "leader"])

    @proves("SIGN-07", "SIGN-31")
    def test_sealing_list_with_the_device_of_the_agency(self):
        documents = self.outgoing("numbered") + self.outgoing("numbered")
        action = documents.with_user(self.clerk).action_seal()
        self.assertEqual((action["tag"], action["params"]["purpose"]), ("vanban_signing.sign", "seal"))
        self.assertEqual(documents.with_user(self.clerk).signing_overview("seal")["ways"][0]["where"], "server")
        for user in (self.clerk2, self.env.ref("base.user_admin"), self.leader):
            with self.assertRaises(UserError):
                self.start(documents, "seal", "hsm", user)
        job, _answer = self.start(documents, "seal", "hsm", self.clerk)
        done = job.step(10)
        self.assertEqual((done["state"], done["done"]), ("done", 2))
        self.assertEqual(set(documents.sudo().mapped("state")), {"sealed"})
        for document in documents:
            used = self.env["vanban.log"].search([("document_id", "=", document.id), ("action", "=", "use_certificate")])
            self.assertEqual(len(used), 2)

    def test_device_at_the_server_fails_in_words(self):
        document = self.outgoing("numbered")
        job, _answer = self.start(document, "seal", "hsm", self.clerk)
        device = self.env["vanban.signing.provider.hsm"]._device()
        wrong = Path(tempfile.mkdtemp()) / "pin"
        wrong.write_text("00000000\n")
        for setting, value, words in (
            ("VANBAN_HSM_PIN_FILE", "/nonexistent", "VANBAN_HSM_PIN_FILE"),
            ("VANBAN_HSM_PIN_FILE", str(wrong), "PIN sai"),
            ("VANBAN_HSM_MODULE", "/nonexistent.so", "trình điều khiển"),
            ("VANBAN_HSM_MODULE", "", "VANBAN_HSM_MODULE"),
        ):
            device.close()
            with patch.dict(os.environ, {setting: value}):
                job.retry()
                failed = job.step(10)
            self.assertEqual((failed["failed"], document.state, document.main_file_id.stage), (1, "numbered", "numbered"), words)
            self.assertIn(words, failed["lines"][0]["message"])
        job.retry()
        self.assertEqual(job.step(10)["done"], 1)
        self.assertEqual(document.state, "sealed")

    @proves("SIGN-01")
    def test_nobody_touches_the_run_of_another(self):
        document = self.outgoing()
        job, _answer = self.start(document)
        prepared = job.prepare(10)

        def rpc(user, model, method, *args):
            self.env.flush_all()
            self.env.invalidate_all()
            return call_kw(self.env(user=user.id, su=False, context={})[model], method, args, {})

        for user in (self.chief, self.clerk, self.env.ref("base.user_admin")):
            for method, *args in (("describe",), ("prepare",), ("cancel",), ("retry",), ("resume",), ("complete", self.results(prepared["batch"]))):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    rpc(user, "vanban.signing.job", method, job.ids, *args)
        for user in (self.leader, self.env.ref("base.user_admin")):
            for model, record in (("vanban.signing.job", job), ("vanban.signing.job.line", job.sudo().line_ids)):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    rpc(user, model, "write", record.ids, {"state": "done"})
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    rpc(user, model, "create", [{"state": "done"}])
        # a session of somebody else's run is not completed through the own run
        other = self.outgoing()
        mine, _answer = self.start(other)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            mine.complete(self.results(prepared["batch"]))
        # a certificate of another person is refused, and the refusal stays in the log
        with self.assertRaisesRegex(UserError, "registered certificate|đã đăng ký"):
            self.env["vanban.signing.job"].with_user(self.leader).start(document.ids, "sign", "agent", self.seal_certificate.sha256)
        self.assertTrue(self.env["vanban.log"].search_count(
            [("document_id", "=", document.id), ("action", "=", "sign"), ("outcome", "=", "refused")]))

    def test_what_is_missing_is_said(self):
        document = self.outgoing()
        ways = document.with_user(self.leader).signing_overview("sign")
        self.assertEqual([way["name"] for way in ways["ways"]], ["agent"])
        self.assertEqual(ways["ways"][0]["certificates"], [self.leader_certificate.sha256])
        self.leader_certificate.with_user(self.manager).action_suspend()
        overview = document.with_user(self.leader).signing_overview("sign")
        self.assertEqual(overview["ways"], [])
        self.assertIn(self.leader_certificate.serial, overview["missing"])
        with self.assertRaisesRegex(UserError, "200"):
            self.env["vanban.document"].browse(range(1, 202))._signing_window("sign")

    def test_preview_shows_the_places(self):
        document = self.outgoing()
        preview = document.with_user(self.leader).signing_preview("sign")
        boxes = {box["kind"]: box for box in preview["boxes"]}
        self.assertEqual(set(boxes), {"so", "ngay", "lanh_dao", "co_quan"})
        self.assertTrue(all(0 <= box[side] <= 100 for box in boxes.values() for side in ("left", "top", "width", "height")))
        self.assertGreater(boxes["lanh_dao"]["top"], boxes["so"]["top"])
        self.assertTrue(preview["image"].startswith("data:image/png;base64,"))
        before = {kind: (box["left"], box["top"]) for kind, box in boxes.items()}
        numbered = self.outgoing("numbered").with_user(self.clerk)
        after = {box["kind"]: (box["left"], box["top"]) for box in numbered.signing_preview("seal")["boxes"]}
        self.assertEqual(after, before)

    @proves("SIGN-30")
    def test_capacity_is_checked_against_the_rights(self):
        for signer, capacity, fine in (
            (self.leader, "kt", True), (self.leader, "tm", True), (self.leader, "tl", False), (self.specialist, "kt", False),
            (self.unit_head, "tl", True), (self.unit_head, "kt", True), (self.specialist, "tm", False), (self.specialist, False, True),
        ):  # fmt: skip
            probe = self.env["vanban.document"].new({"signer_id": signer.id, "signer_capacity": capacity})
            self.assertEqual(probe._capacity_problem() is None, fine, (signer.login, capacity))
        with self.assertRaisesRegex(UserError, "TM"), self.env.cr.savepoint():
            self.outgoing(signer_id=self.chief.id, signer_capacity="tm")
        # and again before the signature, when the post was lost on the way
        leaders = self.env.ref("vanban_core.group_leader")
        self.chief.group_ids = [(4, leaders.id)]
        document = self.outgoing(signer_id=self.chief.id, signer_capacity="tm")
        self.chief.group_ids = [(3, leaders.id)]
        self._enroll("chief", "personal", user_id=self.chief.id, picture=b64(pictures.signature("chief")))
        with self.assertRaisesRegex(UserError, "TM"):
            document.with_user(self.chief).action_sign_prepare()
        deputy = self.outgoing(
            body="<p>Sở báo cáo như sau.</p>", signer_capacity="kt", authority_title="Giám đốc", signer_position="Phó Giám đốc")
        self.sign(deputy)
        from .common import text_of

        text = text_of(deputy.sudo().main_file_id._raw())
        self.assertIn("KT. GIÁM ĐỐC", text)
        self.assertIn("PHÓ GIÁM ĐỐC", text)
