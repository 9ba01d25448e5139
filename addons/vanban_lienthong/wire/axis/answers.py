"""Answers of an axis and what they mean for the packet."""
from ..session import DeliveryError, parsed_object, too_large

# Error codes of the axis. Only 20 and 21 speak of the axis itself; 15, 19 and 23 of a registration that an
# administrator has to put right: the packet waits. The others will not change by repeating.
_WORDS = {
    "10": "tệp gói tin không hợp lệ",
    "15": "sai mã hệ thống hoặc khóa bí mật",
    "18": "trục không biết cơ quan nhận",
    "19": "cơ quan gửi chưa đăng ký với trục",
    "20": "trục đang có lỗi",
    "21": "trục không xử lý được tệp lúc này",
    "22": "gói tin không đúng quy chuẩn",
    "23": "cơ quan nhận đang bị khóa trên trục",
}
_REPEATED = frozenset({"15", "19", "20", "21", "23"})
_WHOLE_AXIS = frozenset({"15", "19", "20"})
_LIST_LIMIT = 64 * 1024 * 1024


def checked(status, raw, limit=_LIST_LIMIT):
    """The JSON object of an answer that says OK. Raises DeliveryError with the code of the axis."""
    if status in (401, 403):
        # Wrong credentials come as bare text.
        raise refused("15")
    if status == 413:
        raise too_large()
    answer = parsed_object(status, raw, limit)
    code = str(answer.get("ErrorCode", answer.get("errorCode", answer.get("code", "0")))).strip()
    word = str(answer.get("status", "OK")).strip().upper()
    if status == 200 and code == "0" and word in ("OK", "0", "SUCCESS", "TRUE"):
        return answer
    if status >= 500:
        raise DeliveryError(f"http_{status}", f"Trục liên thông báo lỗi (HTTP {status}); sẽ gửi lại.", unreachable=True)
    raise refused(code, str(answer.get("ErrorDesc", answer.get("errorDesc", answer.get("message", "")))))


def refused(code, words=""):
    """DeliveryError for an error code of the axis."""
    known = _WORDS.get(code)
    text = f"Trục liên thông từ chối ({code}): {known or 'lỗi không có trong bảng mã của trục'}."
    if words.strip():
        text += f" Trục trả lời: {' '.join(words.split())[:300]}"
    return DeliveryError(f"axis_{code}"[:60], text, retryable=code in _REPEATED, unreachable=code in _WHOLE_AXIS)


def required(answer, *names):
    """The first of the named texts in an answer. Raises DeliveryError ``answer`` when none is there."""
    for name in names:
        if answer.get(name):
            return str(answer[name])[:100]
    raise DeliveryError("answer", "Trục liên thông trả lời nhưng không cho biết mã gói tin; sẽ gửi lại.")


def number(answer, *names):
    """The first of the named whole numbers in an answer, 0 when none is named. Raises DeliveryError ``answer`` for anything else there."""
    value = next((answer[name] for name in names if answer.get(name)), 0)
    if isinstance(value, dict):  # one level deeper
        value = next((value[name] for name in names if value.get(name)), 0)
    text = str(value).strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise DeliveryError("answer", "Trục liên thông trả lời nhưng số lượng gói tin không phải là số; sẽ hỏi lại.")
    return int(text)
