"""Into an Odoo that an organisation already runs: install, work beside its apps, upgrade, go away cleanly."""

import re

import pytest

from demo import database, waiting
from demo.client import RpcError
from demo.places import OUR_ADDONS
from demo.server import OdooServer

DB = "vbtest_other"


@pytest.fixture(scope="module")
def running():
    """An organisation with sales, projects and a web site, all with data; ours comes afterwards."""
    source, data = database.template_of("sale_management", "project", "website")
    server = OdooServer(DB, DB)
    server.crons = 0  # Odoo installs and removes nothing while a scheduled action runs
    database.clone(source, DB, data, server.data)
    yield server
    server.stop()
    database.drop(DB, server.data)


def _admin(server):
    from demo.client import WebUser

    return WebUser(server.base, DB, "admin", "admin")


def _make_data(server):
    admin = _admin(server)
    customer = admin.create("res.partner", {"name": "Công ty TNHH Mẫu Xanh"})
    product = admin.create("product.product", {"name": "Giấy in A4", "list_price": 70000, "type": "consu"})
    order = admin.create(
        "sale.order", {"partner_id": customer, "order_line": [(0, 0, {"product_id": product, "product_uom_qty": 3})]}
    )
    project = admin.create("project.project", {"name": "Chỉnh lý tài liệu"})
    task = admin.create("project.task", {"name": "Lập mục lục", "project_id": project})
    page = admin.create(
        "website.page",
        {
            "name": "Giới thiệu",
            "url": "/gioi-thieu-mau",
            "type": "qweb",
            "is_published": True,
            "arch": "<t t-name='gioi-thieu-mau'><p>Trang giới thiệu mẫu</p></t>",
            "key": "website.gioi_thieu_mau",
        },
    )
    return {"order": order, "project": project, "task": task, "page": page, "customer": customer, "product": product}


def _works(server, made):
    """The apps that were there before still have their data and still do their work."""
    admin = _admin(server)
    assert admin.value("sale.order", made["order"], "amount_untaxed") == 210000
    assert admin.read("project.task", made["task"], ["name"])["name"] == "Lập mục lục"
    order = admin.create(
        "sale.order",
        {"partner_id": made["customer"], "order_line": [(0, 0, {"product_id": made["product"], "product_uom_qty": 1})]},
    )
    admin.call("sale.order", "action_confirm", order)
    assert admin.value("sale.order", order, "state") == "sale"
    assert admin.create("project.task", {"name": "Đóng hộp", "project_id": made["project"]})
    page = admin.get("/gioi-thieu-mau")
    assert page.status_code == 200 and "Trang giới thiệu mẫu" in page.text
    assert admin.get("/odoo").status_code == 200


def _left_behind():
    """What of ours is still in the database."""
    return database.query(
        DB,
        """SELECT 'table ' || table_name FROM information_schema.tables
            WHERE table_schema = 'public' AND table_name LIKE 'vanban%%'
           UNION ALL SELECT 'column ' || table_name || '.' || column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND column_name LIKE 'vanban%%' AND table_name NOT LIKE 'vanban%%'
           UNION ALL SELECT 'model ' || model FROM ir_model WHERE model LIKE 'vanban%%'
           UNION ALL SELECT 'record ' || module || '.' || name FROM ir_model_data WHERE module LIKE 'vanban%%'
           UNION ALL SELECT 'cron ' || cron_name FROM ir_cron WHERE cron_name ILIKE '%%vanban%%'
           UNION ALL SELECT 'parameter ' || key FROM ir_config_parameter WHERE key LIKE 'vanban%%'
           UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE proname LIKE 'vanban%%'""",
    )


def test_beside_other_apps(running):
    running.start()
    made = _make_data(running)
    running.stop()
    database.odoo(DB, "--init", ",".join(OUR_ADDONS), data=running.data, log="system-install")
    running.start()
    _works(running, made)
    running.stop()
    database.odoo(DB, "--update", "vanban_core", data=running.data, log="system-update")
    running.start()
    _works(running, made)

    admin = _admin(running)
    module = admin.one("ir.module.module", [("name", "=", "vanban_core")])
    admin.call("ir.module.module", "button_immediate_uninstall", module)
    states = {
        row["name"]: row["state"]
        for row in admin.find("ir.module.module", [("name", "in", list(OUR_ADDONS))], ["name", "state"])
    }
    assert set(states.values()) == {"uninstalled"}
    assert _left_behind() == []
    _works(running, made)
    running.stop()
    running.start()  # nothing half removed: the next start is an ordinary one
    _works(running, made)
    trouble = [line for line in running.trouble() if " odoo.http: " not in line]
    assert trouble == []


def test_uninstall_refused_while_documents_exist(snv):
    clerk = snv.user("vanthu")
    document = clerk.create("vanban.document", {"direction": "in", "subject": "Văn bản còn trong hệ thống"})
    admin = snv.login("admin", "admin")
    module = admin.one("ir.module.module", [("name", "=", "vanban_core")])

    def refusal():
        """The words of the refusal; None while Odoo is busy with a scheduled action."""
        with pytest.raises(RpcError) as refused:
            admin.call("ir.module.module", "button_immediate_uninstall", module)
        return None if "tác vụ đã lên lịch" in refused.value.message else refused.value.message

    message = waiting.until(refusal, "lời từ chối gỡ cài đặt")
    assert re.search(r"còn .*\d+ văn bản", message), message
    assert admin.value("ir.module.module", module, "state") == "installed"
    assert clerk.value("vanban.document", document, "subject") == "Văn bản còn trong hệ thống"
