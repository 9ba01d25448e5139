"""Signing by clicking: a batch with the agent, VGCA Sign Service, a remote key on the phone, and what is said when something is missing."""

import base64
import io

import docx
import pytest
import requests

from chrome import Chrome
from demo import letters, pki
from person import Person
from proves import proves
from signing_tools import pin_of_public_key, remote_service, vgca_tool

ACCOUNT = "000000000042"
SIZES = {"desktop": (1366, 768, False), "phone": (390, 844, True)}


@pytest.fixture(scope="module")
def tls(keys, tmp_path_factory):
    """TLS certificate of the tool on the user's machine: (certificate, key)."""
    folder = tmp_path_factory.mktemp("tls")
    pki.demo_pki.issue_server_certificate(keys[0], ["127.0.0.1", "localhost"], folder)
    return folder / "tls.pem", folder / "tls.key"


@pytest.fixture(scope="module")
def browser(tls):
    browser = Chrome(flags=[f"--ignore-certificate-errors-spki-list={pin_of_public_key(tls[0])}"])
    yield browser
    browser.close()


@pytest.fixture
def person(browser, site, request):
    """``person(login, size)`` at a machine of his own."""
    from conftest import SHOTS

    pages = []

    def sign_in(login, size="desktop"):
        page = browser.page(*SIZES[size])
        pages.append(page)
        return Person(page, site.server.base, login, site.agency.person(login).password, SHOTS)

    yield sign_in
    for number, page in enumerate(pages):
        if getattr(request.node, "failed", False):
            page.screenshot(SHOTS / f"failed-{request.node.name}-{number}.png")
        page.close()


@pytest.fixture
def settings(site):
    """Set parameters of the system as the administrator; put back afterwards."""
    admin, before = site.user("quantri"), {}

    def set_value(key, value):
        before.setdefault(key, admin.call("ir.config_parameter", "get_param", key=key))
        admin.call("ir.config_parameter", "set_param", key=key, value=value)

    yield set_value
    for key, value in before.items():
        admin.call("ir.config_parameter", "set_param", key=key, value=value or "")


def to_sign(site, subject):
    return letters.to_leader(site, subject, [])


def state(site, document):
    return site.user("lanhdao").value("vanban.document", document, "state")


def open_document(person, subject):
    person.open("cho-ky", ".o_list_view, .o_kanban_view")
    person.page.click(".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell", subject, timeout=30)
    person.page.see(".o_vanban_form .o_statusbar_status", timeout=30)
    person.settle()


def choose_rows(person, subject):
    """Tick the rows of a list whose text has ``subject``; their number."""
    count = person.page.evaluate(
        "(text) => [...document.querySelectorAll('.o_data_row')].filter((row) => row.innerText.includes(text))"
        ".map((row, index) => row.setAttribute('data-pick', index)).length", subject,
    )  # fmt: skip
    for index in range(count):
        person.page.click(f".o_data_row[data-pick='{index}'] .o_list_record_selector input")
    return count


@proves("SIGN-01", "SIGN-34", "OUT-18")
def test_leader_signs_a_list_with_one_pin(person, site, agent):
    documents = [to_sign(site, f"về việc ký hàng loạt {number}") for number in range(3)]
    leader = person("lanhdao")
    leader.open("cho-ky", ".o_list_view")
    assert choose_rows(leader, "về việc ký hàng loạt") == 3
    leader.page.click(".o_cp_action_menus .dropdown-toggle, .o_control_panel .o_cp_action_menus button")
    leader.page.click(".o-dropdown--menu .o_menu_item, .o-dropdown--menu .dropdown-item", "Ký số")
    leader.page.see(".o_vanban_signing .o_vanban_pair", timeout=40)
    leader.page.fill("#vanban_pair_code", agent.code)
    leader.page.click(".o_vanban_pair")
    leader.page.see(".o_vanban_signing[data-step=ready]", timeout=40)
    leader.shot("sign-batch-ready")
    leader.page.click(".o_vanban_sign")
    leader.page.see(".o_vanban_signing[data-step=done] .alert-success", "3 / 3", timeout=120)
    leader.shot("sign-batch-done")
    assert {state(site, document) for document in documents} == {"signed"}
    leader.no_trouble()


@proves("SIGN-35")
def test_word_file_is_converted_shown_and_confirmed(person, site, agent):
    document = to_sign(site, "về việc chuyển tệp Word sang PDF")
    text = docx.Document()
    for line in ("SỞ NỘI VỤ TỈNH MẪU", "Số:                /SNV-VP", "Mẫu Sơn,", "Nội dung từ tệp Word.", "GIÁM ĐỐC", "", "", "", "Nguyễn Văn An"):
        text.add_paragraph(line)
    raw = io.BytesIO()
    text.save(raw)
    leader = site.user("lanhdao")
    leader.call(
        "vanban.document", "upload_file", document, name="ban-sua.docx", content_b64=base64.b64encode(raw.getvalue()).decode()
    )
    person = person("lanhdao")
    open_document(person, "về việc chuyển tệp Word")
    person.press("Ký số")
    person.page.see(".o_vanban_signing[data-step=convert]", "ban-sua.docx", timeout=40)
    person.page.click(".o_vanban_convert")
    person.page.see(".o_vanban_signing[data-step=converted] .o_vanban_signing_page img", timeout=90)
    person.shot("sign-converted")
    assert state(site, document) == "leader"
    person.page.click(".o_vanban_confirm")
    person.page.see(".o_vanban_signing .o_vanban_pair", timeout=40)
    files = leader.find("vanban.file", [("document_id", "=", document)], ["name", "mimetype", "source_id"])
    pdf = next(one for one in files if one["name"] == "ban-sua.pdf")
    assert pdf["mimetype"] == "application/pdf" and any(one["name"] == "ban-sua.docx" and one["id"] == pdf["source_id"][0] for one in files)
    person.no_trouble()


@pytest.fixture
def vgca(site, settings):
    """The agency signs with VGCA Sign Service; nobody answers on the agent's port."""
    admin = site.user("quantri")
    admin.write("res.company", site.ids["company"], {"vanban_vgca": True})
    settings("vanban_signing.agent_port", "9")
    running = []

    def start(keys, tls, trouble=""):
        tool = vgca_tool(keys[1].leader, tls, pki.demo_pki.MODULE, trouble)
        running.append(tool)
        settings("vanban_signing.vgca_address", f"wss://127.0.0.1:{tool.port}")
        return tool

    yield start
    for tool in running:
        tool.stop()
    admin.write("res.company", site.ids["company"], {"vanban_vgca": False})


@proves("SIGN-01", "SIGN-34")
def test_leader_signs_with_the_vgca_tool(person, site, keys, tls, vgca):
    document = to_sign(site, "về việc ký bằng VGCA")
    vgca(keys, tls)
    leader = person("lanhdao")
    open_document(leader, "về việc ký bằng VGCA")
    leader.press("Ký số")
    leader.page.see(".o_vanban_signing[data-step=ready]", "VGCA Sign Service", timeout=40)
    leader.page.see(".o_vanban_signing_box[data-kind=lanh_dao]")
    leader.shot("sign-vgca-ready")
    leader.page.click(".o_vanban_sign")
    leader.page.see(".o_vanban_signing[data-step=done] .alert-success", timeout=90)
    leader.shot("sign-vgca-done")
    assert state(site, document) == "signed"
    report = site.user("lanhdao").call("vanban.document", "get_verification", document)
    assert [one["overall"] for one in report["signatures"]] == ["valid"]
    leader.no_trouble()


def test_tool_that_misbehaves_signs_nothing(person, site, keys, tls, vgca):
    document = to_sign(site, "về việc công cụ ký trả tệp sai")
    leader = person("lanhdao")
    for trouble, words in (("cancel", "hủy"), ("silent", "không trả về"), ("large", "quá lớn")):
        tool = vgca(keys, tls, trouble)
        open_document(leader, "về việc công cụ ký trả tệp sai")
        leader.press("Ký số")
        leader.page.see(".o_vanban_signing[data-step=ready]", timeout=40)
        leader.page.click(".o_vanban_sign")
        leader.page.see(".o_vanban_signing[data-step=done] .o_vanban_signing_rows .text-danger", words, timeout=90)
        leader.page.click(".o_vanban_close")
        tool.stop()
        assert state(site, document) == "leader", trouble
    leader.page.errors.clear()


def test_addresses_of_the_tool_are_no_way_in(site, vgca):
    """What anybody on the network may try with the two addresses, over real HTTP."""
    document = to_sign(site, "về việc thử địa chỉ của công cụ ký")
    leader = site.user("lanhdao")
    job = leader.call("vanban.signing.job", "start", document_ids=[document], purpose="sign", way="vgca")["id"]
    leader.call("vanban.signing.job", "prepare", job)
    frame = leader.call("vanban.signing.job", "tool_calls", job)[0]["frame"]
    source, upload = frame["FileName"], frame["FileUploadHandler"]
    assert requests.head(source, timeout=30).status_code == 200
    first = requests.get(source, timeout=30)
    assert first.content.startswith(b"%PDF-") and first.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in first.headers
    assert requests.get(source, timeout=30).status_code == 404
    assert requests.get(upload, timeout=30).status_code in (404, 405)
    for secret in ("A" * 43, "..%2f..", "x", source.rsplit("/", 1)[1]):
        address = upload.rsplit("/", 1)[0] + "/" + secret
        assert requests.post(address, files={"uploadfile": b"%PDF-"}, timeout=30).status_code == 404
    empty = requests.post(upload, timeout=30).json()
    assert empty["Status"] is False and empty["Message"]
    answer = requests.post(upload, files={"uploadfile": ("../../etc/passwd", first.content, "text/html")}, timeout=30)
    assert answer.json()["Status"] is False and answer.headers["Content-Type"].startswith("application/json")
    # one wrong file, and the address is closed
    assert requests.post(upload, files={"uploadfile": first.content}, timeout=30).status_code == 404
    assert state(site, document) == "leader"


def test_what_is_missing_is_said(person, browser, site, settings):
    to_sign(site, "về việc thiếu chương trình ký")
    settings("vanban_signing.agent_port", "9")
    leader = person("lanhdao")
    open_document(leader, "về việc thiếu chương trình ký")
    leader.press("Ký số")
    leader.page.see(".o_vanban_signing[data-step=unreachable]", "chương trình ký", timeout=40)
    leader.shot("sign-unreachable")
    browser.command(
        "Browser.setPermission",
        {"permission": {"name": "local-network-access"}, "setting": "denied", "origin": site.server.base,
         "browserContextId": leader.page._context},
    )  # fmt: skip
    leader.page.click(".o_vanban_retry")
    leader.page.see(".o_vanban_signing[data-step=blocked]", "LocalNetworkAccessAllowedForUrls", timeout=40)
    leader.shot("sign-blocked")
    leader.no_trouble()


@pytest.fixture(scope="module")
def remote(site, keys):
    """The leader has a second certificate whose key a remote service holds; its phone page is at ``.port``."""
    from conftest import SECRETS

    boss = site.agency.leader
    holder = pki.demo_pki.Holder.person(boss.name, site.agency.name, label="snv-tu-xa", title=boss.title)
    store = pki.demo_pki.create_tokens(pki.FOLDER / "snv" / "tu-xa", keys[0], [holder])
    running = remote_service("csc", store, ACCOUNT, pki.demo_pki.MODULE, SECRETS)
    admin = site.user("quantri")
    service = admin.create(
        "vanban.signing.service",
        {"name": "Ký từ xa", "code": "csc", "kind": "csc", "url": f"http://127.0.0.1:{running.port}/csc/v2", "client": "so-noi-vu",
         "company_id": site.ids["company"]},
    )  # fmt: skip
    admin.create(
        "vanban.certificate",
        {"role": "personal", "user_id": site.ids["user.lanhdao"], "company_id": site.ids["company"], "service_id": service,
         "credential": ACCOUNT, "content": base64.b64encode(store.tokens[0].certificate.read_bytes()).decode(),
         "picture": base64.b64encode(pki.demo_pki.pictures.signature(boss.name)).decode()},
    )  # fmt: skip
    yield running
    running.stop()
    admin.write("vanban.signing.service", service, {"active": False})


def confirm(browser, remote, button):
    """The signer takes up his phone and answers what it shows."""
    phone = browser.page(*SIZES["phone"])
    phone.goto(f"http://127.0.0.1:{remote.port}/phone")
    phone.click(f"button.{button}")
    phone.gone(f"button.{button}")
    phone.close()


@proves("SIGN-25", "UI-02")
def test_leader_signs_on_the_phone(person, browser, site, remote):
    document = to_sign(site, "về việc ký trên điện thoại")
    leader = person("lanhdao", "phone")
    open_document(leader, "về việc ký trên điện thoại")
    leader.page.see(".o_vanban_reader_frame")
    leader.press("Ký số")
    leader.page.see(".o_vanban_signing[data-step=ready]", "Ký từ xa", timeout=40)
    leader.page.see(".o_vanban_signing_page img")
    leader.shot("sign-remote-ready")
    leader.page.click(".o_vanban_sign")
    leader.page.see(".o_vanban_signing[data-step=phone]", timeout=60)
    leader.shot("sign-remote-waiting")
    assert state(site, document) == "leader"
    confirm(browser, remote, "no")
    leader.page.see(".o_vanban_signing[data-step=done] .text-danger", "từ chối", timeout=40)
    leader.page.click(".o_vanban_again")
    leader.page.see(".o_vanban_signing[data-step=phone]", timeout=60)
    confirm(browser, remote, "yes")
    leader.page.see(".o_vanban_signing[data-step=done] .alert-success", timeout=60)
    leader.shot("sign-remote-done")
    assert state(site, document) == "signed"
    leader.no_trouble()


def test_window_closed_while_the_phone_waits(person, browser, site, remote):
    document = to_sign(site, "về việc đóng cửa sổ khi chờ")
    leader = person("lanhdao", "phone")
    open_document(leader, "về việc đóng cửa sổ khi chờ")
    leader.press("Ký số")
    leader.page.see(".o_vanban_signing[data-step=ready]", timeout=40)
    leader.page.click(".o_vanban_sign")
    leader.page.see(".o_vanban_signing[data-step=phone]", timeout=60)
    leader.page.goto("about:blank")
    confirm(browser, remote, "yes")
    # the window is taken up again from the list of runs
    leader.open("luot-ky", ".o_list_view, .o_kanban_view")
    leader.page.click(".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell")
    leader.press("Tiếp tục")
    leader.page.see(".o_vanban_signing[data-step=done] .alert-success", timeout=60)
    assert state(site, document) == "signed"
    leader.no_trouble()
