"""The chains of two agencies from the blank draft to the recipients: Bình Định at a desktop, BHXH at a phone."""

import pytest

from chain import Chain
from proves import proves

#: size → (regulation, kind); the people at the phone go to a desk only for the token
CHAINS = {"desktop": ("binhdinh", "Công văn"), "phone": ("bhxh", "Công văn")}


@pytest.fixture
def regulation(site, sign_in):
    """The agency works by that regulation; put back afterwards."""
    admin = site.user("quantri")
    before = admin.value("res.company", site.ids["company"], "vanban_profile_id")
    code, kind = CHAINS[sign_in.size]
    profile = admin.one("vanban.profile", [("code", "=", code)])
    admin.write("res.company", site.ids["company"], {"vanban_profile_id": profile})
    yield code, kind
    admin.write("res.company", site.ids["company"], {"vanban_profile_id": before})


@proves("UI-02", "UI-08", "OUT-08", "OUT-28", "OUT-46")
def test_from_the_blank_draft_to_the_recipients(sign_in, site, regulation, agent):
    Chain(sign_in, site, *regulation, agent).play()
