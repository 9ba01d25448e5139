"""Packets as plain JSON data and back, for the command line and for logs."""
import typing
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from pathlib import Path

from .errors import PacketError, Remark
from .model import DocumentPacket, Element, StatusPacket
from .values import read_date, read_timestamp

# Signature/KeyInfo/Token of a provincial axis
_PASSWORD = "Token"
_READ_ONLY = frozenset({"remarks", "unknown", "signature", "dialect"})


def to_plain(value):
    """Nested dict/list/str/int/bool/None; dates in ISO form. Passwords that an axis puts into the signature are left out."""
    if isinstance(value, Element) and value.name == _PASSWORD and value.text:
        value = replace(value, text="…")
    if is_dataclass(value):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (tuple, list)):
        return [to_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return value


def from_plain(data, folder="."):
    """Packet from plain data; relative file paths are below ``folder``.

    Raises PacketError INPUT when a key is unknown or a value has the wrong shape.
    """
    if not isinstance(data, dict):
        raise PacketError("INPUT", "Dữ liệu vào phải là một đối tượng JSON.")
    kind = StatusPacket if "status_code" in data else DocumentPacket
    wanted = {key: value for key, value in data.items() if key not in _READ_ONLY}
    try:
        return _build(kind, wanted, Path(folder))
    except (TypeError, ValueError) as error:
        raise PacketError("INPUT", f"Dữ liệu vào không đúng cấu trúc gói tin: {error}") from None


def _build(kind, data, folder):
    hints = typing.get_type_hints(kind, localns={"Element": Element, "Remark": Remark})
    unknown = set(data) - set(hints)
    if unknown:
        raise TypeError(f"không có trường {', '.join(sorted(unknown))} trong {kind.__name__}")
    return kind(**{name: _value(hints[name], value, folder) for name, value in data.items()})


def _value(hint, value, folder):
    if value is None:
        return None
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        return tuple(_value(arguments[0], item, folder) for item in value)
    choices = [hint] if not arguments else [choice for choice in arguments if choice is not type(None)]
    target = choices[0]
    if is_dataclass(target):
        return _build(target, value, folder)
    if target is datetime:
        return _moment(read_timestamp, value)
    if target is date:
        return _moment(read_date, value)
    if target is Path:
        return folder / value
    if target is bool:
        return bool(value)
    if not isinstance(value, target):
        raise TypeError(f"{value!r} không phải {target.__name__}")
    return value


def _moment(reader, value):
    moment, _remarks = reader(str(value), "")
    if moment is None:
        raise ValueError(f"không đọc được ngày {value!r}")
    return moment
