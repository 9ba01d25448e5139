"""Review chains, their preview and the powers to sign, as the administrator and the leader see them; at a desktop and at a phone."""

import pytest

from demo import letters
from proves import proves

ROW = ".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell"


@pytest.fixture
def chain(site, sign_in):
    """A chain of its own for decisions; taken away afterwards, because other stories use the chain of the profile."""
    admin = site.user("quantri")
    role = {row["state"]: row["group_id"][0] for row in admin.find("vanban.review.step", [], ["state", "group_id"])}
    name = f"Quyết định ({sign_in.size})"
    chain = admin.create("vanban.review.chain", {
        "name": name,
        "profile_id": admin.value("res.company", site.ids["company"], "vanban_profile_id"),
        "company_id": site.ids["company"],
        "kind_ids": [(6, 0, [admin.one("vanban.document.kind", [("code", "=", "quyet_dinh")])])],
        "step_ids": [
            (0, 0, {"sequence": 10, "state": "review_unit", "group_id": role["review_unit"], "title": "Trưởng phòng chủ trì"}),
            (0, 0, {"sequence": 20, "state": "leader", "group_id": role["leader"]}),
        ],
    })
    yield name
    admin.write("vanban.review.chain", chain, {"active": False})


@proves("ADM-05")
def test_the_administrator_sees_what_a_chain_will_do(sign_in, chain):
    admin = sign_in("quantri")
    page = admin.page
    admin.open("trinh-tu-duyet", ".o_list_view, .o_kanban_view")
    admin.shot("90-chains")
    page.click(ROW, chain, timeout=30)
    page.see(".o_form_view .o_field_widget[name=step_ids]", timeout=30)
    admin.shot("91-chain")
    admin.press("Xem trước")
    page.see(".modal .o_field_widget[name=line_ids]", "Trưởng phòng chủ trì", timeout=30)
    admin.shot("92-preview")
    page.click(".modal footer button", "Đóng")
    page.gone(".modal .modal-content")
    admin.no_trouble()


@proves("SIGN-30")
def test_a_power_to_sign_is_put_in_force_by_a_leader(sign_in, site):
    admin = site.user("quantri")
    power = admin.create("vanban.signing.power", {
        "company_id": site.ids["company"], "user_id": site.ids["user.truongphong"], "capacity": "tl", "authority_title": "Giám đốc",
        "document": f"15/QĐ-SNV ngày 05/01/2026 ({sign_in.size})",
    })
    leader = sign_in("lanhdao")
    leader.open(f"tham-quyen-ky/{power}", ".o_form_view .o_statusbar_status")
    leader.shot("93-power")
    leader.press("Cho hiệu lực")
    leader.state("Đã xác nhận")
    leader.no_trouble()
    leader.open("tham-quyen-ky", ".o_list_view, .o_kanban_view")
    leader.shot("94-powers")
    site.user("lanhdao").call("vanban.signing.power", "action_revoke", power, reason="Hết thử nghiệm")


@proves("OUT-17")
def test_everybody_on_the_way_sees_the_chain_of_the_draft(sign_in, site):
    subject = f"về việc rà soát quy chế làm việc ({sign_in.size})"
    document = letters.draft(site, subject, ("Kính đề nghị rà soát.",), [], medium="both")
    site.user("chuyenvien").call("vanban.document", "action_submit_review", document, comment="Kính trình")
    head = sign_in("truongphong")
    head.open("trinh-duyet", ".o_list_view, .o_kanban_view")
    head.page.click(ROW, subject, timeout=30)
    head.page.see(".o_vanban_form .o_statusbar_status", timeout=30)
    head.settle()
    head.shot("95-under-review")
    head.page.click(".o_notebook_headers .nav-link", "Ý kiến")
    head.page.see(".o_field_widget[name=current_stage_ids]", timeout=30)
    head.shot("96-course-of-review")
    head.no_trouble()
