import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from odoo.tests import HttpCase, tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..demo_pki import MODULE
from .common import SigningCase, pki

CLICKS = """
const wait = (find, words) => new Promise((resolve, reject) => {
    const started = Date.now();
    const look = () => {
        const node = find();
        if (node) { resolve(node); }
        else if (Date.now() - started > 40000) { reject(new Error("not found: " + words)); }
        else { setTimeout(look, 100); }
    };
    look();
});
const one = (selector) => wait(() => document.querySelector(selector), selector);
(async () => {
    (await wait(() => [...document.querySelectorAll(".o_form_statusbar button, .o_statusbar_buttons button")].find(
        (button) => button.name === "action_sign"), "sign button")).click();
    (await one(".o_vanban_pair"));
    const code = await one("#vanban_pair_code");
    code.value = "%s";
    code.dispatchEvent(new Event("input", {bubbles: true}));
    (await one(".o_vanban_pair")).click();
    (await one(".o_vanban_sign")).click();
    await one(".o_vanban_signing[data-step=done] .alert-success");
    (await one(".o_vanban_close")).click();
    await wait(() => !document.querySelector(".o_vanban_signing"), "window closed");
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


@tagged("post_install", "-at_install")
class TestSigningWindow(SigningCase, HttpCase):
    """The leader signs by clicking, with a real agent process and a real token."""

    browser_size = "1366x768"

    @classmethod
    def registry_enter_test_mode_cls(cls):
        if not cls._registry_patched:  # HttpCase has done it
            super().registry_enter_test_mode_cls()

    def setUp(self):
        super().setUp()
        addon = Path(__file__).resolve().parents[1]
        self.agent = subprocess.Popen(
            [
                sys.executable, "-m", "agent", "--module", MODULE, "--port", "0", "--pair",
                "--state", f"{tempfile.mkdtemp()}/pairing.json", "--pin-program", f"cat {pki()[1].token('leader').pin_file}",
            ],
            env=dict(os.environ, PYTHONPATH=str(addon)), stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(self._stop_agent)
        port = re.search(r":(\d+)$", self.agent.stdout.readline().strip())[1]
        self.code = re.search(r"(\d{4} \d{4})", self.agent.stdout.readline())[1]
        self.env["ir.config_parameter"].set_param("vanban_signing.agent_port", port)

    def _stop_agent(self):
        self.agent.terminate()
        self.agent.wait(10)
        self.agent.stdout.close()

    @proves("SIGN-01")
    def test_leader_signs_by_clicking(self):
        document = self.outgoing()
        self.leader.password = self.leader.login  # the test browser signs in with the login as password
        action = self.env.ref("vanban_core.action_outgoing_to_sign")
        self.browser_js(f"/odoo/action-{action.id}/{document.id}", CLICKS % self.code, login=self.leader.login, timeout=90)
        self.env.invalidate_all()
        self.assertEqual(document.sudo().state, "signed")
        self.assertEqual(document.sudo().main_file_id._report().overall, "valid")
