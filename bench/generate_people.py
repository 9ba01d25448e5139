"""The agency itself for made-up documents: units, accounts, registers, other agencies; by the ORM, as an administrator does it."""
import os
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("cong_van", "bao_cao", "to_trinh", "thong_bao", "ke_hoach", "quyet_dinh", "giay_moi", "cong_dien")
PASSWORD = "vanban"
ROLES = {
    "vanthu": ("Văn thư", ["group_clerk"]), "lanhdao": ("Giám đốc", ["group_leader"]), "chanhvp": ("Chánh Văn phòng", ["group_office_chief"]),
    "kiemtoan": ("Kiểm soát", ["group_auditor"]),
}  # fmt: skip


def _environment(database):
    """(cursor, environment) of the superuser in a process of its own."""
    import odoo
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    if not odoo.tools.config["addons_path"] or str(ROOT / "addons") not in str(odoo.tools.config["addons_path"]):
        odoo.tools.config.parse_config(["-c", os.environ["ODOO_RC"], "-d", database, "--no-http"])
    cursor = Registry(database).cursor()
    return cursor, api.Environment(cursor, SUPERUSER_ID, {
        "no_reset_password": True, "mail_create_nosubscribe": True, "mail_create_nolog": True, "tracking_disable": True, "lang": "vi_VN",
    })


def defaults(database, tables):
    """[(table, column, value)]: constant defaults of stored fields, for columns that have none in the database."""
    cursor, env = _environment(database)
    try:
        found = []
        for name in env:
            model = env[name]
            if model._table in tables and not model._abstract and not model._transient:
                for field in model._fields.values():
                    if not (field.store and field.column_type and field.default) or field.name in ("create_uid", "company_id", "user_id"):
                        continue
                    if field.type in ("boolean", "selection", "integer", "float", "char") and not field.compute:
                        found.append((model._table, field.name, field.default(model)))
        return [row for row in found if row[2] is not None and row[2] != ""]
    finally:
        cursor.close()


def prepare(database, documents, seed):
    """Make units, accounts and books; returns what the statements and pools need, by name."""
    cursor, env = _environment(database)
    try:
        facts = _prepare(env, documents, seed)
        cursor.commit()
        return facts
    finally:
        cursor.close()


def _prepare(env, documents, seed):
    from odoo.addons.vanban_core.tools import vietnam_time

    from vocabulary import Vocabulary

    vocabulary = Vocabulary(seed + 1)
    company = env.ref("base.main_company")
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    company = company.with_env(env)
    if not company.vanban_symbol:
        company.write({"name": "Sở Văn bản tỉnh Mẫu", "vanban_symbol": "SVB", "vanban_place": "Mẫu"})
    if not company.vanban_code:
        company.vanban_code = "H99.7"
    users = min(2000, max(48, documents // 500))
    units = max(8, users * 3 // 20)
    per_unit = users // units
    departments = env["hr.department"].create([
        {"name": f"Phòng Mẫu {number + 1}", "vanban_symbol": f"P{number + 1}", "company_id": company.id} for number in range(units)
    ])
    people = _accounts(env, company, vocabulary, departments, per_unit)
    principal = env["vanban.principal"]
    unit_principals = {row.department_id.id: row.id for row in principal._for("unit", departments)}
    staff = people["staff"]
    user_principals = {row.user_id.id: row.id for row in principal._for("user", env["res.users"].browse(people["ids"]))}
    kinds = [env["vanban.document.kind"].search([("code", "=", code)], limit=1) for code in KINDS]
    kinds = [kind for kind in kinds if kind] or list(env["vanban.document.kind"].search([("restricted", "=", False)], limit=6))
    bodies = vocabulary.bodies(400)
    partners = env["res.partner"].create([{"name": name, "is_company": True} for name, _symbol in bodies])
    leader, chief = people["lanhdao"], people["chanhvp"]
    return {
        "today": vietnam_time.today(), "users": len(people["ids"]), "per_unit": per_unit,
        "company": company.id, "organ": company.vanban_code,
        "own_partner": company.partner_id.id, "own_name": company.partner_id.name, "clerk": people["vanthu"].id, "leader": leader.id,
        "registry": principal._for("registry", company).id, "leader_principal": user_principals[leader.id],
        "chief_principal": user_principals[chief.id], "todo": env.ref("mail.mail_activity_data_todo").id,
        "urgent_minutes": company._vanban_profile().urgent_minutes,
        "document_model": env["ir.model"]._get_id("vanban.document"),
        "register_in": _register(env, company, "in", "Sổ văn bản đến").id, "register_out": _register(env, company, "out", "Sổ văn bản đi").id,
        "dept": [(number, unit.id, unit.name, unit_principals[unit.id]) for number, unit in enumerate(departments)],
        "staff": [(number, user.id, user.name, user_principals[user.id], number // per_unit, number % per_unit)
                  for number, user in enumerate(staff)],
        "kind": [(number, kind.id) for number, kind in enumerate(kinds)],
        "notation": [(k, d, kind._notation(company, unit)) for k, kind in enumerate(kinds) for d, unit in enumerate(departments)],
        "issuer": [(number, partner.id, name, f"{symbol}-{random.Random(number).choice(('VP', 'TH', 'TC', 'KH', 'NV'))}")
                   for number, (partner, (name, symbol)) in enumerate(zip(partners, bodies, strict=True))],
        "sample": _samples(env),
    }  # fmt: skip


def _accounts(env, company, vocabulary, departments, per_unit):
    """Users with the same password, in their units; the first of each unit heads it."""
    group = {name: env.ref(f"vanban_core.{name}").id for name in (
        "group_user", "group_clerk", "group_leader", "group_office_chief", "group_auditor", "group_unit_head", "group_specialist")}
    vals_list = []
    for login, (title, groups) in ROLES.items():
        vals_list.append({"name": title, "login": f"mau.{login}", "group_ids": [(6, 0, [group[name] for name in groups])]})
    for number in range(len(departments) * per_unit):
        role = "group_specialist" if number % per_unit else "group_unit_head"
        vals_list.append({"name": vocabulary.person(), "login": f"mau.nv{number + 1:05d}", "group_ids": [(6, 0, [group[role]])]})
    common = {"company_id": company.id, "company_ids": [(6, 0, company.ids)], "lang": "vi_VN", "tz": "Asia/Ho_Chi_Minh"}
    users = env["res.users"].create([{**vals, **common} for vals in vals_list])
    users[0].password = PASSWORD
    env.flush_all()
    # one derivation of the password for all: each takes a quarter of a second
    env.cr.execute("UPDATE res_users SET password = (SELECT password FROM res_users WHERE id = %s) WHERE id = ANY(%s)", [users[0].id, users.ids])
    roles, staff = users[:len(ROLES)], users[len(ROLES):]
    employees = env["hr.employee"].create([
        {"name": user.name, "user_id": user.id, "company_id": company.id, "job_title": "Chuyên viên" if number % per_unit else "Trưởng phòng",
         "department_id": departments[number // per_unit].id}
        for number, user in enumerate(staff)
    ])
    for number, department in enumerate(departments):
        department.manager_id = employees[number * per_unit]
    return {**dict(zip(ROLES, roles, strict=True)), "staff": staff, "ids": users.ids}


def _register(env, company, direction, name):
    """The common book of the agency for one direction."""
    book = env["vanban.register"].search([
        ("company_id", "=", company.id), ("direction", "=", direction), ("department_id", "=", False), ("kind_ids", "=", False)], limit=1)
    return book or env["vanban.register"].create({"name": name, "code": f"BENCH-{direction}", "direction": direction, "company_id": company.id})


def _samples(env):
    """A few files that all documents share on the disk."""
    sys.path.insert(0, str(ROOT))
    import hashlib

    from demo import papers

    rows = []
    for number in range(8):
        raw = papers.text_pdf("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", f"Văn bản mẫu số {number + 1}", size=4000 * (number + 1))
        stored = env["ir.attachment"].create({"name": f"mau-{number + 1}.pdf", "raw": raw, "mimetype": "application/pdf"})
        rows.append((number, stored.name, hashlib.sha256(raw).hexdigest(), stored.checksum, stored.store_fname, stored.file_size, 1))
    return rows
