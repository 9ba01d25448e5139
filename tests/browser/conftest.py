"""One real server with the agency of the demonstration, one Chromium, for all browser tests."""

import sys
from datetime import date
from pathlib import Path

import pytest

from chrome import Chrome
from local_agent import LocalAgent
from person import Person

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from demo import agencies, custody, letters, pki  # noqa: E402
from demo.people import SO_NOI_VU  # noqa: E402
from demo.places import free_port  # noqa: E402
from demo.site import Site  # noqa: E402

SHOTS = ROOT / "var" / "screenshots"
#: Where the server finds the secrets of remote signing services.
SECRETS = ROOT / "var" / "demo" / "signing-secrets"
SIZES = {"desktop": (1366, 768, False), "phone": (390, 844, True)}


@pytest.fixture(scope="session")
def keys():
    """The demonstration CA and the tokens of the agency: the leader's own, and the HSM with the seal."""
    ca = pki.authority()
    return ca, pki.keys(ca, SO_NOI_VU)


@pytest.fixture(scope="session")
def site(keys):
    ca, own = keys
    environment = {**own.server_environment, "VANBAN_SIGNING_SECRETS": str(SECRETS)}
    # two clones may test side by side: a port that is free now may be taken while the database is made
    site = Site(SO_NOI_VU, "vb_browser_snv", ca, free_port(), free_port(), environment)
    site.create()
    try:
        site.start()
        agencies.set_up(site)
        custody.enrol(site, ca, own)
        site.user("quantri").create("res.partner", {"name": "Sở Tài chính tỉnh Mẫu", "is_company": True})
        letters.file_plan(site, date.today().year)
        yield site
    finally:
        site.close()


@pytest.fixture
def agent(site, keys, tmp_path):
    """The leader's signing agent, waiting to be paired; the agency is told its port."""
    agent = LocalAgent(keys[1], pki.demo_pki.MODULE, tmp_path).start()
    site.user("quantri").call("ir.config_parameter", "set_param", key="vanban_signing.agent_port", value=str(agent.port))
    yield agent
    agent.stop()


@pytest.fixture(scope="session")
def chrome():
    chrome = Chrome()
    yield chrome
    chrome.close()


@pytest.fixture(params=list(SIZES))
def sign_in(request, site, chrome):
    """``sign_in(login)`` at a desktop and, in a second run of the test, at a phone; ``size`` is for who changes the machine."""
    pages = []

    def _sign_in(login, size=None):
        page = chrome.page(*SIZES[size or request.param])
        pages.append(page)
        return Person(page, site.server.base, login, site.agency.person(login).password, SHOTS)

    _sign_in.size = request.param
    yield _sign_in
    for number, page in enumerate(pages):
        if getattr(request.node, "failed", False):
            page.screenshot(SHOTS / f"failed-{request.node.name}-{number}.png")
        page.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.failed = outcome.get_result().failed
