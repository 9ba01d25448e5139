import os

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .common import SigningCase, b64, pki
from .remote_common import SECRET, StandIn

ACCOUNT = "000000000001"


@tagged("post_install", "-at_install")
class TestRemote(SigningCase):
    """The leader's key is with a service that asks him on his phone; services are processes of their own with real keys."""

    running = {}

    @classmethod
    def standin(cls, kind, *more):
        """The stand-in of this kind, one process for the whole class."""
        if (kind, *more) not in cls.running:
            made = StandIn(kind, "-".join((kind, *more[1:])), pki()[1], "leader", ACCOUNT, *more)
            cls.running[kind, *more] = made
            cls.addClassCleanup(lambda: cls.running.pop((kind, *more)).stop())
        return cls.running[kind, *more]

    def use(self, kind, *more):
        """Register the leader's certificate as one of the remote service and return the service's process."""
        running = self.standin(kind, *more)
        saved = os.environ.get("VANBAN_SIGNING_SECRETS")
        os.environ["VANBAN_SIGNING_SECRETS"] = str(running.folder)
        self.addCleanup(lambda: os.environ.pop("VANBAN_SIGNING_SECRETS") if saved is None else os.environ.update(VANBAN_SIGNING_SECRETS=saved))
        self.service = self.env["vanban.signing.service"].with_user(self.manager).create(
            {"name": f"Ký từ xa {kind}", "code": running.code, "kind": kind, "url": running.url, "client": "so-noi-vu", "company_id": self.company.id}
        )
        self.leader_certificate.with_user(self.manager).write({"service_id": self.service.id, "credential": ACCOUNT})
        return running

    def begin(self, *documents):
        documents = self.env["vanban.document"].union(*documents)
        overview = documents.with_user(self.leader).signing_overview("sign")
        self.assertEqual([way["where"] for way in overview["ways"]], ["remote"])
        jobs = self.env["vanban.signing.job"].with_user(self.leader)
        job = jobs.browse(jobs.start(documents.ids, "sign", overview["ways"][0]["name"])["id"])
        job.prepare(20)
        return job

    def check_way(self, kind):
        running = self.use(kind)
        documents = [self.outgoing(), self.outgoing()]
        job = self.begin(*documents)
        asked = job.ask()
        self.assertEqual(asked["state"], "waiting")
        self.assertGreater(asked["seconds"], 200)
        self.assertEqual(job.poll()["state"], "waiting")
        self.assertEqual({document.state for document in documents}, {"leader"})
        self.assertEqual(running.confirm(), 1)
        done = job.poll()
        self.assertEqual((done["state"], done["done"]), ("done", 2))
        for document in documents:
            self.assertEqual(document.sudo().state, "signed")
            self.assertEqual(document.sudo().main_file_id._report().overall, "valid")
            used = self.env["vanban.log"].search([("document_id", "=", document.id), ("action", "=", "use_certificate")])
            self.assertIn(self.leader_certificate.serial, used.data)

    @proves("SIGN-25", "SIGN-31")
    def test_csc(self):
        self.check_way("csc")

    @proves("SIGN-25")
    def test_smartca(self):
        self.check_way("smartca")

    @proves("SIGN-25")
    def test_goes_on_when_the_window_is_closed(self):
        running = self.use("csc")
        document = self.outgoing()
        job = self.begin(document)
        job.ask()
        self.env.ref("vanban_signing.cron_signing_poll").method_direct_trigger()
        self.assertEqual(document.state, "leader")
        running.confirm()
        self.env.ref("vanban_signing.cron_signing_poll").method_direct_trigger()
        self.assertEqual((job.sudo().state, document.sudo().state), ("done", "signed"))
        signed = self.env["vanban.log"].search([("document_id", "=", document.id), ("action", "=", "sign"), ("outcome", "=", "done")])
        self.assertEqual(signed.user_id, self.leader.id)

    def test_refused_cancelled_and_too_late(self):
        for kind in ("csc", "smartca"):
            running = self.use(kind)
            document = self.outgoing()
            job = self.begin(document)
            job.ask()
            running.confirm("no")
            ended = job.poll()
            self.assertEqual((ended["failed"], ended["state"]), (1, "done"))
            self.assertIn("từ chối", ended["lines"][0]["message"])
            job = self.begin(document)
            job.ask()
            self.assertEqual(job.cancel()["state"], "cancelled")
            self.assertEqual(running.confirm(), 0)
            self.assertEqual(job.poll()["state"], "cancelled")
            job = self.begin(document)
            job.ask()
            job.sudo().expires = "2020-01-01"
            ended = job.poll()
            self.assertEqual((ended["state"], ended["failed"]), ("expired", 1))
            self.assertEqual((document.sudo().state, document.sudo().main_file_id.stage), ("leader", "draft"))
            self._forget_service()

    def _forget_service(self):
        self.leader_certificate.sudo().write({"service_id": False, "credential": False})

    def test_certificate_that_stopped_while_waiting_is_refused(self):
        running = self.use("csc")
        document = self.outgoing()
        job = self.begin(document)
        job.ask()
        self.leader_certificate.with_user(self.manager).action_suspend()
        running.confirm()
        ended = job.poll()
        self.assertEqual(ended["failed"], 1)
        self.assertIn(self.leader_certificate.serial, ended["lines"][0]["message"])
        self.assertEqual(document.sudo().state, "leader")

    def test_troubles_of_the_service(self):
        document = self.outgoing()
        for trouble, words in (("down", "lỗi"),):
            self.use("csc", "--trouble", trouble)
            job = self.begin(document)
            with self.assertRaisesRegex(UserError, words):
                job.ask()
            self.assertEqual(job.describe()["left"], 1)
            job.cancel()
            self._forget_service()
        for trouble, words in (("wrong-signature", "không khớp"), ("short", "thiếu chữ ký")):
            running = self.use("csc", "--trouble", trouble)
            job = self.begin(document)
            job.ask()
            running.confirm()
            ended = job.poll()
            self.assertEqual(ended["failed"], 1)
            self.assertIn(words, ended["lines"][0]["message"])
            self._forget_service()
        self.assertEqual((document.sudo().state, document.sudo().main_file_id.stage), ("leader", "draft"))

    @proves("SIGN-26")
    def test_secret_of_the_service_stays_outside(self):
        self.use("csc")
        self.assertTrue(self.service.has_secret)
        self.service.action_check()
        self.env.flush_all()
        self.env.cr.execute("SELECT count(*) FROM vanban_signing_service AS row WHERE row::text LIKE %s", [f"%{SECRET}%"])
        self.assertEqual(self.env.cr.fetchone()[0], 0)
        os.environ["VANBAN_SIGNING_SECRETS"] = "/nonexistent"
        self.service.invalidate_recordset()
        self.assertFalse(self.service.has_secret)
        job = self.begin(self.outgoing())
        with self.assertRaisesRegex(UserError, "csc.secret"):
            job.ask()

    def test_service_and_account_are_checked(self):
        self.use("csc")
        for values in ({"url": "http://example.vn/csc"}, {"url": "https://a@b.vn"}, {"url": "ftp://x"}, {"code": "../x"}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.service.write(values)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.seal_certificate.with_user(self.manager).write({"service_id": self.service.id, "credential": "x"})
        form = self.env["vanban.certificate"].with_user(self.manager).new({"role": "personal", "service_id": self.service.id, "credential": ACCOUNT})
        form._onchange_credential()
        self.assertEqual(form.content, b64(self.leader_certificate._der()).encode())
        wrong = self.env["vanban.certificate"].with_user(self.manager).new({"role": "personal", "service_id": self.service.id, "credential": "none"})
        with self.assertRaises(UserError):
            wrong._onchange_credential()
