"""Words of official Vietnamese for made-up documents: pools of phrases, drawn by seed. Agencies and persons are fictional."""

import random

OPENINGS = (
    "V/v báo cáo kết quả", "V/v triển khai", "V/v đề nghị", "V/v tăng cường", "V/v hướng dẫn", "V/v góp ý dự thảo", "V/v phối hợp",
    "V/v rà soát", "V/v đôn đốc", "V/v cung cấp số liệu", "V/v phê duyệt", "V/v điều chỉnh", "Báo cáo tình hình", "Báo cáo sơ kết",
    "Báo cáo tổng kết", "Kế hoạch", "Kế hoạch thực hiện", "Tờ trình về", "Thông báo kết luận về", "Quyết định ban hành quy chế",
    "Quyết định phê duyệt", "Giấy mời họp về", "Công bố", "Kiểm tra", "Thẩm định", "Thống kê", "Xin ý kiến về", "Trả lời kiến nghị về",
)  # fmt: skip
VERBS = (
    "thực hiện", "quản lý", "sử dụng", "xây dựng", "chi trả", "đánh giá", "cấp phát", "thu nộp", "giải quyết", "bố trí", "lập dự toán",
    "quyết toán", "đào tạo", "tuyển dụng", "luân chuyển", "khen thưởng", "số hóa", "bảo trì", "nâng cấp", "công khai", "giám sát",
)  # fmt: skip
TOPICS = (
    "bảo hiểm xã hội", "bảo hiểm y tế", "cải cách hành chính", "biên chế công chức", "tiền lương", "ngân sách nhà nước", "đầu tư công",
    "đất đai", "giải phóng mặt bằng", "đường giao thông nông thôn", "trường học", "trạm y tế", "phòng cháy, chữa cháy", "phòng, chống thiên tai",
    "hộ nghèo và cận nghèo", "người có công", "an toàn thực phẩm", "môi trường", "chuyển đổi số", "lưu trữ hồ sơ", "văn thư điện tử",
    "chữ ký số", "dịch vụ công trực tuyến", "tiếp công dân", "khiếu nại, tố cáo", "an ninh trật tự", "an toàn giao thông", "du lịch",
    "văn hóa cơ sở", "thể dục thể thao", "nông thôn mới", "thủy lợi", "chăn nuôi", "trồng rừng", "khoáng sản", "xuất nhập khẩu", "hợp tác xã",
    "doanh nghiệp nhỏ và vừa", "việc làm", "dạy nghề", "trẻ em", "bình đẳng giới", "thanh niên", "tôn giáo", "dân tộc thiểu số", "tư pháp",
    "hộ tịch", "chứng thực", "phổ biến pháp luật", "thanh tra", "tài sản công", "mua sắm tập trung", "đấu thầu", "thuế", "giá đất",
)  # fmt: skip
WHERE = ("trên địa bàn", "tại", "của", "đối với", "cho")
TIMES = (
    "năm {year}", "quý I năm {year}", "quý II năm {year}", "quý III năm {year}", "6 tháng đầu năm {year}",
         "giai đoạn {year} - {later}", "tháng {month} năm {year}",
)  # fmt: skip
CLAUSES = (
    "căn cứ chức năng, nhiệm vụ được giao", "thực hiện ý kiến chỉ đạo của cấp trên", "qua rà soát thực tế tại cơ sở",
    "để bảo đảm tiến độ và chất lượng công việc", "theo đúng quy định của pháp luật hiện hành", "trong phạm vi dự toán được giao",
    "các đơn vị nghiêm túc tổ chức thực hiện", "báo cáo kết quả bằng văn bản trước ngày quy định", "kịp thời phản ánh khó khăn, vướng mắc",
    "chịu trách nhiệm về tính chính xác của số liệu", "phân công một lãnh đạo trực tiếp phụ trách", "công khai kết quả trên trang thông tin điện tử",
    "tăng cường kiểm tra, đôn đốc", "xử lý nghiêm các trường hợp vi phạm", "phối hợp chặt chẽ với các cơ quan liên quan",
    "bố trí đủ nhân lực và kinh phí", "hoàn thành trước khi kết thúc năm tài chính", "lập danh sách kèm theo hồ sơ chứng minh",
)  # fmt: skip
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
MIDDLES = ("Văn", "Thị", "Hữu", "Minh", "Đức", "Ngọc", "Thanh", "Quang", "Thu", "Xuân", "Hồng", "Gia")
GIVEN = ("Mẫu An", "Mẫu Bình", "Mẫu Chi", "Mẫu Dũng", "Mẫu Giang", "Mẫu Hà", "Mẫu Khoa", "Mẫu Lâm", "Mẫu Mai", "Mẫu Nam", "Mẫu Oanh", "Mẫu Phúc",
         "Mẫu Quỳnh", "Mẫu Sơn", "Mẫu Tâm", "Mẫu Uyên", "Mẫu Vinh", "Mẫu Yến")  # fmt: skip
POSITIONS = ("Giám đốc", "Phó Giám đốc", "Chủ tịch", "Phó Chủ tịch", "Chánh Văn phòng", "Trưởng phòng", "Phó Trưởng phòng", "Cục trưởng")
DIRECTIONS = (
    "Nghiên cứu, tham mưu.", "Chủ trì, phối hợp các đơn vị liên quan thực hiện.", "Tham mưu văn bản trả lời đúng hạn.", "Lưu, theo dõi.",
    "Báo cáo kết quả trước ngày 25 hằng tháng.", "Kiểm tra, đề xuất hướng xử lý.", "Triển khai ngay.",
)  # fmt: skip
BODIES = (
    ("UBND xã", "UBND"), ("UBND huyện", "UBND"), ("Sở", "S"), ("Ban Quản lý dự án", "BQL"),
    ("Chi cục", "CC"), ("Trung tâm", "TT"), ("Công ty", "CT"),
)  # fmt: skip
PLACES = tuple(f"{first} {second}" for first in ("Mẫu", "Thử", "Ví Dụ") for second in (
    "An", "Bình", "Châu", "Đông", "Giang", "Hòa", "Khánh", "Lộc", "Minh", "Nam", "Phú", "Quý", "Sơn", "Tân", "Thạnh", "Trung", "Vĩnh", "Xuân", "Yên"))
_ONSETS = ("b", "c", "d", "đ", "g", "h", "kh", "l", "m", "n", "ng", "nh", "ph", "qu", "r", "s", "t", "th", "tr", "v", "x")
_RHYMES = ("ang", "ành", "ạch", "êm", "iết", "oàn", "uân", "ưỡng", "ơi", "âm", "ập", "ộc", "ượt", "ính", "ỏi", "ũng", "iều", "uyết")


class Vocabulary:
    """Phrases drawn by seed; common ones come first in every list, so that a skewed choice gives skewed text."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def topics(self, count):
        """What documents speak of: "thực hiện bảo hiểm xã hội"."""
        pick = self.random.choice
        return list(dict.fromkeys(f"{pick(VERBS)} {pick(TOPICS)}" for _each in range(count * 3)))[:count]

    def endings(self, count, years):
        """Where and when: "trên địa bàn xã Mẫu An quý I năm 2024"."""
        pick = self.random.choice
        result = {}
        while len(result) < count:
            year = pick(years)
            time = pick(TIMES).format(year=year, later=year + 4, month=self.random.randint(1, 12))
            result[f"{pick(WHERE)} {pick(('xã', 'huyện', 'tỉnh', 'khu'))} {pick(PLACES)} {time}"] = None
        return list(result)

    def paragraphs(self, count, words=60):
        """Paragraphs of a letter, each with one name of a place that hardly another has."""
        pick = self.random.choice
        result = []
        for _each in range(count):
            parts, length = [f"khu {self._rare()}"], 3
            while length < words:
                part = pick(CLAUSES) if self.random.random() < 0.6 else f"{pick(VERBS)} {pick(TOPICS)} {pick(WHERE)} {pick(PLACES)}"
                parts.append(part)
                length += part.count(" ") + 1
            self.random.shuffle(parts)
            text = ", ".join(parts) + "."
            result.append(text[0].upper() + text[1:])
        return result

    def _rare(self):
        return " ".join(self.random.choice(_ONSETS) + self.random.choice(_RHYMES) for _each in range(2)).title()

    def person(self):
        pick = self.random.choice
        return f"{pick(SURNAMES)} {pick(MIDDLES)} {pick(GIVEN)}"

    def bodies(self, count):
        """[(name of an agency, symbol)]"""
        result = {}
        while len(result) < count:
            body, symbol = self.random.choice(BODIES)
            name = f"{body} {self.random.choice(PLACES)}"
            result[f"{name} {len(result) + 1}"] = symbol
        return list(result.items())
