"""What is tried, one function a case. A case returns (verdict, what was seen) and sends real packets only."""
from collections.abc import Callable
from dataclasses import dataclass, replace

from edxml import Business, Organization, Replacement, names
from wire import DeliveryError

PASSED, FAILED, LOOK = "đạt", "không đạt", "cần người xem"
CASES = []


@dataclass(frozen=True)
class Outcome:
    """Result of one case; ``seen`` says in words what happened."""

    code: str
    title: str
    verdict: str
    seen: str


@dataclass(frozen=True)
class Case:
    code: str
    title: str
    function: Callable

    def play(self, examiner):
        try:
            verdict, seen = self.function(examiner)
        except DeliveryError as error:
            verdict, seen = FAILED, f"Không gửi hoặc không hỏi được: {error}"
        return Outcome(self.code, self.title, verdict, seen)


def case(code, title):
    def add(function):
        CASES.append(Case(code, title, function))
        return function

    return add


def _alive(examiner, what):
    """A sound letter after the bad one: the system must still answer."""
    after = examiner.letter()
    examiner.send(after)
    if not examiner.wait_for(after.document_id, names.ARRIVED):
        return FAILED, f"Sau {what}, hệ thống không còn báo “Đã đến” cho một văn bản đúng."
    return None


def _decided(examiner, letter, notice=None):
    """Whether the request about ``letter`` was answered by 15 or 16; a clerk may need longer than the suite waits."""
    examiner.settle(min(examiner.patience, 5 * examiner.pause))
    known = {*examiner.reported(letter.document_id), *(examiner.reported(notice.document_id) if notice else ())}
    answers = known & {names.AGREED, names.REFUSED}
    if answers:
        return PASSED, f"Đã trả lời {', '.join(sorted(answers))}."
    return LOOK, "Chưa có trả lời 15/16; hãy để văn thư quyết định rồi kiểm tra trạng thái trả về."


def _times(examiner, document_id, code):
    return examiner.reported(document_id).count(code)


@case("C01", "Loạt văn bản có mã duy nhất đều được báo “Đã đến” đúng một lần")
def series(examiner):
    letters = [examiner.letter() for _ in range(5)]
    for letter in letters:
        examiner.send(letter)
    missing = [letter.document_id for letter in letters if not examiner.wait_for(letter.document_id, names.ARRIVED)]
    if missing:
        return FAILED, f"Không có trạng thái 01 cho: {', '.join(missing)}."
    examiner.settle(2 * examiner.pause)
    twice = [letter.document_id for letter in letters if _times(examiner, letter.document_id, names.ARRIVED) > 1]
    if twice:
        return FAILED, f"Trạng thái 01 bị gửi nhiều lần cho: {', '.join(twice)}."
    return PASSED, "Cả 5 văn bản được báo 01, mỗi văn bản một lần, đúng mã định danh."


@case("C02", "Văn bản ghi nơi nhận là cơ quan khác không được tiếp nhận")
def wrong_addressee(examiner):
    letter = examiner.letter(recipients=(Organization("A99.99.99", "Cơ quan khác"),))
    examiner.send(letter)
    examiner.settle(min(examiner.patience, 10 * examiner.pause))
    codes = examiner.reported(letter.document_id)
    if names.ACCEPTED in codes or names.ARRIVED in codes:
        return FAILED, f"Văn bản gửi sai nơi nhận vẫn được báo {', '.join(codes)}."
    if names.REJECTED in codes:
        return PASSED, "Văn bản gửi sai nơi nhận được trả lời 02 (từ chối)."
    return LOOK, "Không có trạng thái nào; hãy kiểm tra văn bản nằm ở hàng chờ của văn thư, có nêu lý do sai nơi nhận."


@case("C03", "Gói tin hỏng không làm dừng hệ thống và được ghi nhận")
def broken(examiner):
    raw = examiner.bytes_of(examiner.letter())
    bad = (raw[: len(raw) // 2], raw.replace(b"http://www.mic.gov.vn/TBT/QCVN_102_2016", b"urn:khac"))
    answers = []
    for bytes_ in bad:
        try:
            examiner.send(bytes_)
        except DeliveryError as error:
            answers.append(f"{error.code}: {error}")  # the axis itself refuses it: just as good
    dead = _alive(examiner, "gói tin hỏng")
    if dead:
        return dead
    if len(answers) == len(bad):
        return PASSED, f"Mỗi gói tin hỏng được trả lời bằng mã lỗi ({'; '.join(answers)[:300]}); hãy đối chiếu nhật ký."
    return LOOK, "Hệ thống vẫn hoạt động; hãy kiểm tra gói tin hỏng được giữ lại kèm lý do trong nhật ký."


@case("C04", "Gói tin chứa DTD, thực thể hoặc đường dẫn trong tên tệp không gây hại")
def hostile(examiner):
    raw = examiner.bytes_of(examiner.letter())
    bomb = raw.replace(b"<edXML ", b'<!DOCTYPE edXML [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><edXML ', 1)
    letter = examiner.letter()
    path = examiner.bytes_of(replace(letter, attachments=(replace(letter.attachments[0], name="../../../tmp/thoat.pdf"),)))
    for bytes_ in (bomb, path):
        try:
            examiner.send(bytes_)
        except DeliveryError:
            continue
    return _alive(examiner, "gói tin tấn công") or (LOOK, "Hệ thống vẫn hoạt động; hãy kiểm tra không có tệp nào ngoài kho tệp.")


@case("C05", "Gửi lại đúng gói tin cũ không tạo văn bản thứ hai")
def duplicate(examiner):
    letter = examiner.letter()
    raw = examiner.bytes_of(letter)
    examiner.send(raw)
    if not examiner.wait_for(letter.document_id, names.ARRIVED):
        return FAILED, "Lần gửi đầu không được báo 01."
    examiner.send(raw)
    examiner.settle(min(examiner.patience, 5 * examiner.pause))
    if _times(examiner, letter.document_id, names.ARRIVED) > 1:
        return FAILED, "Gói tin trùng được báo 01 lần thứ hai."
    return PASSED, "Gói tin trùng không được báo lần thứ hai; hãy đối chiếu chỉ có một văn bản đến."


@case("C06", "Nội dung khác dưới mã đã dùng không được nhận thay")
def altered(examiner):
    letter = examiner.letter()
    examiner.send(letter)
    if not examiner.wait_for(letter.document_id, names.ARRIVED):
        return FAILED, "Lần gửi đầu không được báo 01."
    other = examiner.letter()
    examiner.send(replace(letter, subject="V/v nội dung đã bị thay đổi", attachments=other.attachments))
    examiner.settle(min(examiner.patience, 5 * examiner.pause))
    if _times(examiner, letter.document_id, names.ARRIVED) > 1:
        return FAILED, "Nội dung khác dưới cùng mã định danh được nhận như văn bản mới."
    return PASSED, "Không có trạng thái 01 thứ hai cho mã đã dùng."


@case("C07", "Cách viết khác nhau của gói tin đều đọc được")
def dialects(examiner):
    failed = []
    for label, change in (
            ("BOM đầu tệp", lambda raw: b"\xef\xbb\xbf" + raw),
            ("dòng trống trước khai báo XML", lambda raw: b"\n\n" + raw),
            ("ngày dạng 09/03/2026", lambda raw: raw)):
        letter = examiner.letter()
        raw = change(examiner.bytes_of(letter))
        if label.startswith("ngày"):
            day = letter.promulgation_date
            raw = raw.replace(f"PromulgationDate>{day:%Y/%m/%d}<".encode(), f"PromulgationDate>{day:%d/%m/%Y}<".encode())
        examiner.send(raw)
        if not examiner.wait_for(letter.document_id, names.ARRIVED, names.REJECTED):
            failed.append(label)
    if failed:
        return LOOK, f"Không có phản hồi cho: {', '.join(failed)}; hãy kiểm tra gói tin được giữ lại kèm lý do."
    return PASSED, "Mọi cách viết đều được phản hồi."


@case("C08", "Thu hồi văn bản chờ văn thư quyết định và được trả lời 15 hoặc 16")
def revoke(examiner):
    letter = examiner.letter()
    examiner.send(letter)
    if not examiner.wait_for(letter.document_id, names.ARRIVED):
        return FAILED, "Văn bản gốc không được báo 01."
    notice = examiner.letter(business=Business(names.REVOKE, "Kiểm tra thu hồi", letter.document_id))
    examiner.send(notice)
    return _decided(examiner, letter, notice)


@case("C09", "Thay thế văn bản: văn bản mới được nhận, gắn với văn bản cũ")
def substitution(examiner):
    letter = examiner.letter()
    examiner.send(letter)
    if not examiner.wait_for(letter.document_id, names.ARRIVED):
        return FAILED, "Văn bản gốc không được báo 01."
    new = examiner.letter(business=Business(names.REPLACE, "Thay thế", replacements=(
        Replacement(letter.document_id, (examiner.target.organ_id,)),)))
    examiner.send(new)
    if not examiner.wait_for(new.document_id, names.ARRIVED, names.REJECTED):
        return FAILED, "Văn bản thay thế không được phản hồi."
    return PASSED, "Văn bản thay thế được phản hồi; hãy đối chiếu liên kết với văn bản cũ."


@case("C10", "Bên gửi mất kết nối một thời gian: trạng thái vẫn đến đủ, mỗi loại một lần")
def sender_away(examiner):
    letter = examiner.letter()
    examiner.send(letter)
    # Nobody asks the queue for a while; then everything must be there.
    reports = list(examiner.reports)
    examiner.client.count()
    if not examiner.wait_for(letter.document_id, names.ARRIVED):
        return FAILED, "Sau khi kết nối lại không thấy trạng thái 01."
    examiner.settle(2 * examiner.pause)
    new = examiner.reports[len(reports):]
    twice = {report for report in new if new.count(report) > 1}
    if twice:
        return FAILED, f"Trạng thái lặp lại: {twice}."
    return PASSED, "Trạng thái đến đủ, không lặp."


@case("C11", "Cập nhật văn bản chờ văn thư quyết định và được trả lời 15 hoặc 16")
def update(examiner):
    letter = examiner.letter()
    examiner.send(letter)
    if not examiner.wait_for(letter.document_id, names.ARRIVED):
        return FAILED, "Văn bản gốc không được báo 01."
    notice = replace(letter, subject=f"{letter.subject} (cập nhật)", business=Business(
        names.UPDATE, "Kiểm tra cập nhật", letter.document_id, document_info=True))
    examiner.send(notice)
    verdict, seen = _decided(examiner, letter)
    if _times(examiner, letter.document_id, names.ARRIVED) > 1:
        return FAILED, "Bản cập nhật được nhận như một văn bản mới."
    return verdict, seen


@case("C12", "Lấy lại văn bản (13) chờ văn thư quyết định và được trả lời 15 hoặc 16")
def take_back(examiner):
    letter = examiner.letter()
    examiner.send(letter)
    if not examiner.wait_for(letter.document_id, names.ARRIVED):
        return FAILED, "Văn bản gốc không được báo 01."
    examiner.report(letter.document_id, letter.code, names.TAKE_BACK, "Kiểm tra lấy lại")
    return _decided(examiner, letter)


@case("C13", "Trạng thái đến sai thứ tự và lặp lại không làm sai diễn biến văn bản đã gửi")
def out_of_order(examiner):
    letter = examiner.received_letter()
    if letter is None:
        return LOOK, "Không có văn bản nào chờ ở cơ quan kiểm tra: hãy phát hành một văn bản tới cơ quan này rồi chạy lại trường hợp này."
    if examiner.own.organ_id not in [organization.organ_id for organization in letter.recipients]:
        return FAILED, f"Văn bản {letter.document_id} không ghi cơ quan kiểm tra là nơi nhận."
    for minute, code in ((3, names.PROCESSING), (2, names.ACCEPTED), (1, names.ARRIVED), (2, names.ACCEPTED)):
        examiner.report(letter.document_id, letter.code, code, "Kiểm tra trạng thái", minute)
    return _alive(examiner, "trạng thái sai thứ tự") or (
        LOOK, f"Hệ thống vẫn hoạt động; hãy đối chiếu văn bản {letter.document_id} hiện “Đang xử lý”, mỗi trạng thái 01, 03, 05 ghi một lần.")
