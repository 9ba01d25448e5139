"""Setting an agency up over RPC, as its administrator does on the first day."""

from __future__ import annotations

from .client import WebUser
from .people import Agency, Person
from .site import Site

FIRST_ADMIN = ("admin", "admin")  # what a fresh Odoo database starts with; changed at once below


def set_up(site: Site) -> None:
    """Company data, units, accounts and registers, over HTTP. `site.ids` is filled.

    The first administrator only makes the account of the real one, who does everything else in his own name.
    """
    root = site.login(*FIRST_ADMIN)
    agency = site.agency
    groups = _group_ids(root, agency)
    keeper = agency.person("quantri")
    site.ids[f"user.{keeper.login}"] = _account(root, keeper, groups)
    admin = site.user(keeper.login)
    _company(admin, site)
    _units(admin, site)
    for person in agency.people:
        if person is not keeper:
            site.ids[f"user.{person.login}"] = _account(admin, person, groups)
    _employees(admin, site)
    _registers(admin, site)


def _group_ids(root: WebUser, agency: Agency) -> dict[str, int]:
    names = {name for person in agency.people for name in person.groups} | {"base.group_user"}
    modules = sorted({name.split(".")[0] for name in names})
    rows = root.find(
        "ir.model.data", [("model", "=", "res.groups"), ("module", "in", modules)], ["module", "name", "res_id"]
    )
    found = {f"{row['module']}.{row['name']}": row["res_id"] for row in rows}
    missing = names - found.keys()
    if missing:
        raise LookupError(f"groups that do not exist: {sorted(missing)}")
    return found


def _company(root: WebUser, site: Site) -> None:
    agency = site.agency
    company = root.search("res.company", [])[0]
    root.write(
        "res.company",
        company,
        {
            "name": agency.name,
            "vanban_code": agency.code,
            "vanban_symbol": agency.symbol,
            "vanban_place": agency.place,
            "vanban_parent_name": agency.parent,
        },
    )
    site.ids["company"] = company


def _units(root: WebUser, site: Site) -> None:
    vals = [{"name": name, "vanban_symbol": symbol} for symbol, name in site.agency.units]
    ids = root.create("hr.department", vals)
    site.ids.update({f"unit.{symbol}": unit for (symbol, _name), unit in zip(site.agency.units, ids, strict=True)})


def _account(admin: WebUser, person: Person, groups: dict[str, int]) -> int:
    return admin.create(
        "res.users",
        {
            "name": person.name,
            "login": person.login,
            "password": person.password,
            "lang": "vi_VN",
            "tz": "Asia/Ho_Chi_Minh",
            "group_ids": [(6, 0, [groups["base.group_user"], *(groups[name] for name in person.groups)])],
        },
        context={"no_reset_password": True},
    )


def _employees(admin: WebUser, site: Site) -> None:
    """Everybody in his unit with his post; heads stand at the head of their units."""
    vals = [
        {
            "name": person.name,
            "user_id": site.ids[f"user.{person.login}"],
            "job_title": person.title,
            "department_id": site.ids[f"unit.{person.unit}"] if person.unit else False,
        }
        for person in site.agency.people
    ]
    for person, employee in zip(site.agency.people, admin.create("hr.employee", vals), strict=True):
        if person.heads_unit:
            admin.write("hr.department", site.ids[f"unit.{person.unit}"], {"manager_id": employee})


def _registers(admin: WebUser, site: Site) -> None:
    books = (
        ("in", "DEN", "Sổ đăng ký văn bản đến"),
        ("out", "DI", "Sổ đăng ký văn bản đi"),
    )
    for direction, code, name in books:
        site.ids[f"register.{direction}"] = admin.create(
            "vanban.register", {"name": name, "code": code, "direction": direction, "company_id": site.ids["company"]}
        )
