"""Profiles are data: element lists, code lists, identifiers (see ``profiles/*.json``)."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from .findings import PackageError
from .xmlio import one_line

FOLDER = Path(__file__).parent / "profiles"

@dataclass(frozen=True)
class Profile:
    """One regulation's view of a package."""

    data: dict

    @property
    def id(self):
        return self.data["id"]

    def lists(self):
        return self.data["lists"]

    def timezone(self):
        return timezone(timedelta(hours=self.data["timezone_hours"]))

    def objid(self, fonds, uuid):
        value = self.data["objid"].format(fonds=fonds, uuid=uuid.upper())
        if not re.match(self.data["objid_pattern"], value):
            raise PackageError(f"Mã phông “{fonds}” không dùng được trong mã gói tin; chỉ dùng chữ không dấu, số, dấu chấm.")
        return value

    def codes(self, element):
        """{code: label} of a coded element."""
        return {code: label for code, label in self.data["codes"][element["codes"]].values()}

    def text(self, element, value):
        """Neutral value → text of the element, ``""`` when empty. Raises :class:`PackageError`."""
        if value is None or value is False or value == "":
            return ""
        kind = element.get("type", "string")
        if kind in ("code", "label"):
            table = self.data["codes"][element["codes"]]
            entry = table.get(str(value)) or table.get("*")
            if entry is None:
                raise PackageError(f"{element['label']}: giá trị “{value}” không có trong bảng mã.")
            return entry[0] if kind == "code" else entry[1]
        if kind == "date":
            if isinstance(value, datetime) or not isinstance(value, date):
                raise PackageError(f"{element['label']}: cần một ngày, nhận được “{value}”.")
            return value.strftime(self.data["date_format"])
        if kind == "number":
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise PackageError(f"{element['label']}: cần một số không âm, nhận được “{value}”.")
            return str(value)
        return one_line(value)

    def record(self, list_name, metadata):
        """[(element, text)] in the order of the list; every defect of the record in one :class:`PackageError`."""
        values, defects = [], []
        for element in self.lists()[list_name]["elements"]:
            try:
                text = self.text(element, metadata.get(element["source"]))
            except PackageError as error:
                defects.append(str(error))
                continue
            defect = self.defect(element, text)
            if defect:
                defects.append(defect)
            values.append((element, text))
        if defects:
            title = self.lists()[list_name]["title"]
            raise PackageError(f"{title} “{metadata.get('code') or metadata.get('subject') or ''}”: " + " ".join(defects))
        return values

    def defect(self, element, text):
        """Vietnamese reason why ``text`` is not acceptable for the element, or ``""``."""
        label = element["label"]
        if not text:
            return f"{label}: bắt buộc, còn thiếu." if element.get("required") else ""
        if len(text) > element.get("max", 10**6):
            return f"{label}: dài {len(text)} ký tự, tối đa {element['max']}."
        kind = element.get("type", "string")
        if kind == "number" and not re.fullmatch("[0-9]{1,10}", text):
            return f"{label}: “{text}” không phải là số."
        if kind == "date" and not _is_date(text, self.data["date_format"]):
            return f"{label}: “{text}” không phải là ngày dạng ngày/tháng/năm."
        if kind == "code" and text not in self.codes(element):
            return f"{label}: mã “{text}” không có trong bảng mã."
        return ""


def _is_date(text, pattern):
    try:
        return datetime.strptime(text, pattern).strftime(pattern) == text
    except ValueError:
        return False


@cache
def _profiles():
    found = (Profile(json.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.json")))
    return {profile.id: profile for profile in found}


def profile_ids():
    return list(_profiles())


def load_profile(profile_id):
    """The profile of that id. Raises :class:`PackageError` for an unknown one."""
    try:
        return _profiles()[profile_id]
    except KeyError:
        raise PackageError(f"Không có mẫu gói tin “{profile_id}”; có: {', '.join(_profiles())}.") from None
