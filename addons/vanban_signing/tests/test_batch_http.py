"""A batch over HTTP: the browser's calls to the server, a real signing agent, a real token (SoftHSM).

``VANBAN_BATCH`` sets the number of documents: 40, and 200 before a release.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from odoo.tests import HttpCase, tagged

from odoo.addons.vanban_core.tests.common import PASSWORD
from odoo.addons.vanban_core.tests.proves import proves

from ..demo_pki import MODULE
from .common import SigningCase, b64, draft_pdf, pki

DOCUMENTS, PREPARED, COMPLETED = int(os.environ.get("VANBAN_BATCH", "40")), 8, 5
# so many are signed when the browser is closed
CLOSED_AT = DOCUMENTS * 3 // 10 // COMPLETED * COMPLETED
ADDON = Path(__file__).resolve().parents[1]
ORIGIN = "http://127.0.0.1:8069"


class Agent:
    """``python -m agent`` in a process of its own; each time it asks for the PIN a line is added to ``asked``."""

    def __init__(self):
        _authority, store = pki()
        folder = Path(tempfile.mkdtemp(prefix="vanban-agent-"))
        self.asked = folder / "asked"
        program = folder / "pin"
        program.write_text(f"#!/bin/sh\necho asked >> {self.asked}\ncat {store.folder / 'leader.pin'}\n")
        program.chmod(0o700)
        command = [sys.executable, "-m", "agent", "--module", MODULE, "--port", "0", "--pair", "--state", str(folder / "pairing.json"),
                   "--pin-program", str(program)]  # fmt: skip
        self.process = subprocess.Popen(
            command, env={**os.environ, **store.environment, "PYTHONPATH": str(ADDON)}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        port = code = None
        for line in self.process.stdout:
            port = port or (found := re.search(r"http://127\.0\.0\.1:(\d+)", line)) and int(found[1])
            if found := re.search(r"Mã ghép nối: (\d{4}) (\d{4})", line):
                code = "".join(found.groups())
                break
        self.port, self.token = port, None
        answer = self.post("/pair", {"code": code})
        self.token = json.loads(answer.read())["token"]

    def post(self, path, body):
        made = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Origin": ORIGIN, "Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        made.request("POST", path, json.dumps(body), headers)
        return made.getresponse()

    def sign(self, certificate, batch):
        """Signatures one by one, while the device works."""
        answer = self.post("/sign", {"certificate": certificate, "batch": batch, "stream": True})
        if answer.status != 200:
            raise AssertionError(answer.read())
        answer.readline()
        try:
            for line in answer:
                yield json.loads(line)
        finally:
            answer.close()

    @property
    def pins(self):
        return len(self.asked.read_text().splitlines()) if self.asked.exists() else 0

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@tagged("post_install", "-at_install")
class TestBatchOverHttp(SigningCase, HttpCase):
    @classmethod
    def registry_enter_test_mode_cls(cls):
        if not cls._registry_patched:  # HttpCase has done it
            super().registry_enter_test_mode_cls()

    def call(self, model, method, *args):
        answer = self.url_open(
            "/web/dataset/call_kw", headers={"Content-Type": "application/json"}, timeout=180,
            data=json.dumps({"jsonrpc": "2.0", "id": 1, "method": "call",
                             "params": {"model": model, "method": method, "args": list(args), "kwargs": {}}}),
        ).json()  # fmt: skip
        self.assertNotIn("error", answer, answer.get("error", {}).get("data", {}).get("debug"))
        return answer["result"]

    def job(self, method, *args):
        state = self.call("vanban.signing.job", method, [self.run_id], *args)
        self.progress.append(state["done"])
        return state

    def prepare(self):
        batch = []
        while True:
            step = self.job("prepare", PREPARED)
            batch += step["batch"]
            if not any(line["state"] == "waiting" for line in step["lines"]):
                return step, batch

    def leaders_desk(self):
        """Drafts that have come up to the leader; one of them is not laid out as a document of his."""
        good, odd = draft_pdf(), draft_pdf(signer="Một người khác")
        vals = {
            "direction": "out", "company_id": self.company.id, "kind_id": self.kind.id, "department_id": self.department.id,
            "signer_id": self.leader.id, "signer_position": "Giám đốc", "code_notation": "SNV-VP",
            "recipient_ids": [(0, 0, {"partner_id": self.issuer.id})],
        }  # fmt: skip
        documents = self.env["vanban.document"].with_user(self.specialist).create(
            [{**vals, "subject": f"về việc ký hàng loạt số {number}"} for number in range(DOCUMENTS)]
        )
        for number, document in enumerate(documents):
            document.upload_file("cong-van.pdf", b64(odd if number == 7 else good))
        documents.action_submit_review("Kính trình")
        while waiting := documents.sudo().filtered(lambda one: one.state != "leader"):
            # all of them are alike: one reviewer approves what stands before him
            reviewer = waiting[0]._reviewers(waiting[0]._current_step())[:1]
            waiting.with_user(reviewer).action_review_approve("Đồng ý")
        return documents

    @proves("OUT-18", "SIGN-34", "SIGN-31")
    def test_one_pin_each_on_its_own_and_nothing_lost_with_the_browser(self):
        documents, agent, self.progress = self.leaders_desk(), Agent(), []
        self.addCleanup(agent.stop)
        self.authenticate(self.leader.login, PASSWORD)
        overview = self.call("vanban.document", "signing_overview", documents.ids, "sign")
        started = self.call("vanban.signing.job", "start", documents.ids, "sign", "agent", overview["ways"][0]["certificates"][0])
        self.run_id = started["id"]
        self.assertEqual((started["total"], started["left"]), (DOCUMENTS, DOCUMENTS))
        state, batch = self.prepare()
        self.assertEqual((len(batch), state["failed"]), (DOCUMENTS - 1, 1))
        # the browser is closed in the middle
        signing, ready = agent.sign(state["certificate"], batch), []
        for row in signing:
            ready.append(row)
            if len(ready) == COMPLETED:
                state, ready = self.job("complete", ready), []
                if state["done"] >= CLOSED_AT:
                    break
        signing.close()
        left = DOCUMENTS - 1 - CLOSED_AT
        self.assertEqual((state["done"], state["left"], agent.pins), (CLOSED_AT, left, 1))
        # and opened again: the window offers to go on with what is left
        self.logout()
        self.authenticate(self.leader.login, PASSWORD)
        unfinished = self.call("vanban.document", "signing_overview", documents[:1].ids, "sign")["unfinished"]
        self.assertEqual((unfinished["id"], unfinished["total"], unfinished["done"], unfinished["left"]), (self.run_id, DOCUMENTS, CLOSED_AT, left))
        self.job("resume")
        state, batch = self.prepare()
        self.assertEqual(len(batch), left)
        ready = list(agent.sign(state["certificate"], batch))
        for at in range(0, len(ready), COMPLETED):
            state = self.job("complete", ready[at : at + COMPLETED])
        self.assertEqual((state["state"], state["done"], state["failed"], state["left"]), ("done", DOCUMENTS - 1, 1, 0))
        self.assertEqual(agent.pins, 2, "one unlock for each time the window was open")
        self.assertEqual(self.progress, sorted(self.progress), "the bar never goes back")
        self.env.invalidate_all()
        states = documents.sudo().mapped("state")
        self.assertEqual((states.count("signed"), states[7]), (DOCUMENTS - 1, "leader"))
        self.assertIn("Người dùng leader", state["lines"][7]["message"])
        # every file carries its own valid signature, every use of the certificate is in the log
        runs = self.env["vanban.verification"].search([("document_id", "in", documents.ids), ("signature_ids", "!=", False)])
        self.assertEqual((len(runs.document_id), set(runs.mapped("overall"))), (DOCUMENTS - 1, {"valid"}))
        used = self.env["vanban.log"].search_count([("document_id", "in", documents.ids), ("action", "=", "use_certificate")])
        self.assertEqual(used, DOCUMENTS - 1)
