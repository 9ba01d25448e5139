"""PKCS#11, restricted to what signing needs: find certificates and keys, sign. Nothing on a token is ever changed.

One ``Module`` per library and process; a session stays open while documents are signed, so a batch unlocks the token once.
"""

import ctypes
import hashlib
import os
import threading
from dataclasses import dataclass, field

import pkcs11
from asn1crypto import x509 as asn1x509
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import (
    DeviceRemoved,
    PinIncorrect,
    PinLocked,
    PKCS11Error,
    SessionHandleInvalid,
    TokenNotPresent,
    UserAlreadyLoggedIn,
    UserNotLoggedIn,
)

#: What this program may call; a test counts the calls on a real token.
ALLOWED_CALLS = (
    "C_GetSlotList",
    "C_GetTokenInfo",
    "C_OpenSession",
    "C_Login",
    "C_FindObjects",
    "C_GetAttributeValue",
    "C_Sign",
    "C_CloseSession",
)


_LOCKED = "Thiết bị đã bị khóa do nhập sai mã PIN nhiều lần. Hãy liên hệ đơn vị quản lý chứng thư số."


class TokenError(RuntimeError):
    """Token trouble in Vietnamese words; ``code`` is stable: no_token, pin, locked, no_certificate, removed, failed, module, expired."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Pin:
    """A PIN with one copy in memory, which ``wipe`` overwrites; goes where python-pkcs11 expects text."""

    def __init__(self, raw):
        """``raw`` is a bytearray; it is taken over."""
        self._raw, self._sent = raw, None

    @classmethod
    def read(cls, path):
        """The first line of a file, not going through any buffer of Python. OSError or ValueError when there is none."""
        buffer = bytearray(256)
        handle = os.open(path, os.O_RDONLY)
        try:
            size = os.readv(handle, [buffer])
        finally:
            os.close(handle)
        end = min((at for at in (buffer.find(b"\n", 0, size), buffer.find(b"\r", 0, size)) if at >= 0), default=size)
        if not end:
            raise ValueError("empty")
        buffer[end:] = b"\0" * (len(buffer) - end)
        raw = buffer[:end]
        buffer[:] = b"\0" * len(buffer)
        return cls(raw)

    def encode(self, _encoding="utf-8"):
        self._sent = bytes(self._raw)
        return self._sent

    def wipe(self):
        self._raw[:] = b"\0" * len(self._raw)
        if self._sent is not None:
            # the library has taken its copy; this one is nobody else's
            ctypes.memset(id(self._sent) + bytes.__basicsize__ - 1, 0, len(self._sent))
            self._sent = None


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key on a token. ``der`` bytes; ``id`` is the SHA-256 of it in hex."""

    der: bytes = field(repr=False)
    token: str
    token_serial: str
    key_id: bytes = field(repr=False)
    subject: str = ""
    issuer: str = ""
    serial: str = ""
    valid_to: str = ""

    @property
    def id(self):
        return hashlib.sha256(self.der).hexdigest()


class Module:
    """A PKCS#11 library. Thread-safe: one lock around every call."""

    def __init__(self, path):
        self._lock = threading.RLock()
        self._sessions = {}
        try:
            self._library = pkcs11.lib(path)
        except (PKCS11Error, RuntimeError, OSError) as error:
            raise TokenError(
                "module",
                f"Không nạp được trình điều khiển thiết bị lưu khóa ({path}). Hãy cài trình điều khiển của thiết bị.",
            ) from error

    def certificates(self):
        """Every certificate on every present token whose subject is not a CA (public objects: no PIN asked)."""
        found = []
        with self._lock:
            for token in self._tokens():
                try:
                    with token.open() as session:
                        for item in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
                            found.append(_certificate(item[Attribute.VALUE], token, item[Attribute.ID]))
                except (PKCS11Error, ValueError, KeyError):
                    continue  # a token that cannot be read must not hide the others
        return [one for one in found if one]

    def open(self, certificate, pin):
        """Unlock the token of a certificate; returns a ``Key``. TokenError when the PIN is wrong or the token is gone.

        ``pin`` may be None when the session is still open from before.
        """
        with self._lock:
            session = self._sessions.get(certificate.token_serial)
            if session is not None:
                key = _find_key(session, certificate)
                if key is not None:
                    return Key(self, certificate, session, key)
                self.close(certificate.token_serial)
            if pin is None:
                raise TokenError("pin", "Cần nhập mã PIN của thiết bị lưu khóa bí mật.")
            token = next((one for one in self._tokens() if _serial(one) == certificate.token_serial), None)
            if token is None:
                raise TokenError("no_token", "Không thấy thiết bị lưu khóa bí mật. Hãy cắm thiết bị rồi ký lại.")
            try:
                session = token.open(user_pin=pin)
            except PinIncorrect as error:
                raise TokenError("pin", f"Mã PIN sai. {self._tries_left(certificate.token_serial)}") from error
            except PinLocked as error:
                raise TokenError("locked", _LOCKED) from error
            except UserAlreadyLoggedIn:
                session = token.open()
            except PKCS11Error as error:
                raise TokenError("failed", f"Thiết bị lưu khóa không mở được ({type(error).__name__}).") from error
            finally:
                if isinstance(pin, Pin):
                    pin.wipe()
            key = _find_key(session, certificate)
            if key is None:
                session.close()
                raise TokenError("no_certificate", "Thiết bị không có khóa bí mật của chứng thư số này.")
            self._sessions[certificate.token_serial] = session
            return Key(self, certificate, session, key)

    def pin_warning(self, token_serial):
        """What to tell before the PIN is asked for, or an empty string; TokenError when the token is gone or locked."""
        flags = self._flags(token_serial)
        if pkcs11.TokenFlag.USER_PIN_LOCKED in flags:
            raise TokenError("locked", _LOCKED)
        if pkcs11.TokenFlag.USER_PIN_FINAL_TRY in flags:
            return "CẢNH BÁO: chỉ còn 1 lần nhập mã PIN; nhập sai thiết bị sẽ bị khóa."
        return "Lần nhập mã PIN trước bị sai." if pkcs11.TokenFlag.USER_PIN_COUNT_LOW in flags else ""

    def _tries_left(self, token_serial):
        """PKCS#11 tells the tries left by flags only: locked, last try, some were wrong."""
        try:
            flags = self._flags(token_serial)
        except TokenError:
            flags = pkcs11.TokenFlag(0)
        if pkcs11.TokenFlag.USER_PIN_LOCKED in flags:
            return "Thiết bị nay đã bị khóa. Hãy liên hệ đơn vị quản lý chứng thư số."
        if pkcs11.TokenFlag.USER_PIN_FINAL_TRY in flags:
            return "Chỉ còn 1 lần nhập: nhập sai nữa thiết bị sẽ bị khóa. Hãy kiểm tra kỹ mã PIN."
        return "Hãy nhập lại; nhập sai nhiều lần liên tiếp thiết bị sẽ bị khóa."

    def _flags(self, token_serial):
        token = next((one for one in self._tokens() if _serial(one) == token_serial), None)
        if token is None:
            raise TokenError("no_token", "Không thấy thiết bị lưu khóa bí mật. Hãy cắm thiết bị rồi ký lại.")
        return token.flags

    def is_open(self, certificate):
        return certificate.token_serial in self._sessions

    def close(self, token_serial=None):
        """Log out and close one session, or all."""
        with self._lock:
            for serial in [token_serial] if token_serial else list(self._sessions):
                session = self._sessions.pop(serial, None)
                if session is not None:
                    try:
                        session.close()
                    except PKCS11Error:
                        continue  # the token was pulled out: nothing left to close

    def _tokens(self):
        try:
            return [slot.get_token() for slot in self._library.get_slots(token_present=True) if _initialised(slot)]
        except TokenNotPresent as error:
            raise TokenError(
                "no_token", "Không thấy thiết bị lưu khóa bí mật. Hãy cắm thiết bị rồi thử lại."
            ) from error
        except PKCS11Error as error:
            raise TokenError("failed", f"Không đọc được thiết bị lưu khóa ({type(error).__name__}).") from error


class Key:
    """A private key on an open session: ``certificate`` (DER) and ``sign``; fits ``pades.sign.sign``."""

    def __init__(self, module, certificate, session, private):
        self._module, self._session, self._private = module, session, private
        self.holder = certificate
        self.certificate = certificate.der

    def sign(self, data):
        """Signature over SHA-256 of ``data``: RSA PKCS#1 v1.5, or ECDSA as r‖s."""
        with self._module._lock:
            try:
                if self._private.key_type == KeyType.RSA:
                    return bytes(self._private.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
                return bytes(self._private.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA))
            except (DeviceRemoved, SessionHandleInvalid, TokenNotPresent, UserNotLoggedIn) as error:
                self._module.close(self.holder.token_serial)
                raise TokenError("removed", "Thiết bị lưu khóa bí mật đã bị rút ra. Hãy cắm lại và ký lại.") from error
            except PKCS11Error as error:
                raise TokenError("failed", f"Thiết bị lưu khóa không ký được ({type(error).__name__}).") from error


def _initialised(slot):
    try:
        token = slot.get_token()
        return pkcs11.TokenFlag.TOKEN_INITIALIZED in token.flags
    except PKCS11Error:
        return False


def _serial(token):
    return (token.serial or b"").decode("ascii", "replace").strip()


def _certificate(der, token, key_id):
    loaded = asn1x509.Certificate.load(der)
    if loaded.ca:
        return None
    return Certificate(
        der,
        token.label,
        _serial(token),
        bytes(key_id or b""),
        loaded.subject.native.get("common_name", ""),
        loaded.issuer.native.get("common_name", ""),
        f"{loaded.serial_number:X}",
        loaded.not_valid_after.isoformat(),
    )


def _find_key(session, certificate):
    try:
        for key in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: certificate.key_id}):
            return key
    except PKCS11Error:
        return None
    return None
