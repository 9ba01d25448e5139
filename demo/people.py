"""The two agencies of the demonstration and the people in them. All names are invented."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """An account. `groups` are XML ids; the password is the login with a suffix (`password`)."""

    login: str
    name: str
    title: str
    unit: str | None
    groups: tuple[str, ...]
    heads_unit: bool = False
    signs: bool = False

    @property
    def password(self) -> str:
        return f"{self.login}@Demo1"


@dataclass(frozen=True)
class Agency:
    """One organisation: company data, its units (first one keeps the registry) and its people."""

    key: str
    name: str
    parent: str
    code: str
    symbol: str
    place: str
    units: tuple[tuple[str, str], ...]
    people: tuple[Person, ...] = field(repr=False)
    title_plan: tuple[tuple[str, str], ...] = ()

    def person(self, login: str) -> Person:
        return next(person for person in self.people if person.login == login)

    @property
    def leader(self) -> Person:
        return self.person("lanhdao")


def _core(*names: str) -> tuple[str, ...]:
    return tuple(f"vanban_core.group_{name}" for name in names)


ADMIN = Person(
    "quantri",
    "Đinh Quốc Trị",
    "Quản trị hệ thống",
    "VP",
    ("base.group_system", "hr.group_hr_manager", *_core("admin"), "vanban_signing.group_certificate_manager"),
)

SO_NOI_VU = Agency(
    key="snv",
    name="Sở Nội vụ tỉnh Mẫu",
    parent="UBND tỉnh Mẫu",
    code="H99.11",
    symbol="SNV",
    place="Mẫu Sơn",
    units=(("VP", "Văn phòng"), ("TCBC", "Phòng Tổ chức, Biên chế"), ("CCVC", "Phòng Công chức, Viên chức")),
    people=(
        ADMIN,
        Person("vanthu", "Trần Thị Hạnh", "Văn thư", "VP", _core("clerk")),
        Person("chanhvanphong", "Lê Minh Đức", "Chánh Văn phòng", "VP", _core("office_chief"), heads_unit=True),
        Person("kiemtra", "Hoàng Thị Thu", "Chuyên viên", "VP", _core("format_checker", "specialist")),
        Person("lanhdao", "Nguyễn Văn An", "Giám đốc", None, _core("leader"), signs=True),
        Person(
            "truongphong",
            "Phạm Quang Huy",
            "Trưởng phòng",
            "TCBC",
            _core("unit_head", "department_head"),
            heads_unit=True,
        ),
        Person("chuyenvien", "Vũ Thị Mai", "Chuyên viên", "TCBC", _core("specialist")),
        Person(
            "truongphong2",
            "Đỗ Đức Long",
            "Trưởng phòng",
            "CCVC",
            _core("unit_head", "department_head"),
            heads_unit=True,
        ),
        Person("chuyenvien2", "Bùi Thị Ngọc", "Chuyên viên", "CCVC", _core("specialist")),
        Person("luutru", "Ngô Thanh Bình", "Lưu trữ viên", "VP", (*_core("user"), "vanban_archive.group_archivist")),
        Person("thanhtra", "Dương Hải Yến", "Thanh tra viên", "VP", _core("auditor")),
    ),
    title_plan=(("TC", "Tổ chức bộ máy, biên chế"), ("CC", "Công chức, viên chức")),
)

SO_TAI_CHINH = Agency(
    key="stc",
    name="Sở Tài chính tỉnh Mẫu",
    parent="UBND tỉnh Mẫu",
    code="H99.12",
    symbol="STC",
    place="Mẫu Sơn",
    units=(("VP", "Văn phòng"), ("NS", "Phòng Quản lý ngân sách")),
    people=(
        ADMIN,
        Person("vanthu", "Lý Thị Lan", "Văn thư", "VP", _core("clerk")),
        Person("chanhvanphong", "Tạ Văn Phúc", "Chánh Văn phòng", "VP", _core("office_chief"), heads_unit=True),
        Person("kiemtra", "Cao Thị Hòa", "Chuyên viên", "VP", _core("format_checker", "specialist")),
        Person("lanhdao", "Trịnh Công Thành", "Giám đốc", None, _core("leader"), signs=True),
        Person(
            "truongphong", "Hồ Sỹ Nam", "Trưởng phòng", "NS", _core("unit_head", "department_head"), heads_unit=True
        ),
        Person("chuyenvien", "Mạc Thị Quỳnh", "Chuyên viên", "NS", _core("specialist")),
    ),
)
