"""Columns: what each column of ``summary.csv`` is called, means and is measured in, in both languages."""

from __future__ import annotations

from typing import Literal, NamedTuple

from analysis.report.numerals import Language

Form = Literal["word", "text", "count", "share", "points", "score", "real"]
"""What stands in the cells: a code that has a word, a text as it is, or a number of a sort."""


class Column(NamedTuple):
    """One column: ``vi`` and ``en`` are its heading and its meaning; ``width`` is in characters."""

    name: str
    form: Form
    width: int
    vi: tuple[str, str]
    en: tuple[str, str]

    def heading(self, language: Language) -> str:
        """Give the heading."""
        return (self.vi if language == "vi" else self.en)[0]

    def meaning(self, language: Language) -> str:
        """Give the meaning."""
        return (self.vi if language == "vi" else self.en)[1]


UNITS: dict[Form, tuple[str, str]] = {
    "word": ("mã, in ra bằng lời", "code, printed in words"),
    "text": ("chữ", "text"),
    "count": ("số nguyên", "whole number"),
    "share": ("từ 0 đến 1, hiển thị theo %", "0 to 1, shown in %"),
    "points": (
        "hiệu hai tỷ lệ, hiển thị theo điểm phần trăm",
        "difference of rates, shown in percentage points",
    ),
    "score": ("điểm từ 1 đến 5", "score, 1 to 5"),
    "real": ("số thực", "number"),
}
"""Vietnamese and English names of what a column is measured in."""

_ALL = (
    Column("period", "text", 12, ("Kỳ", "Kỳ đánh giá"), ("Period", "Evaluation period")),
    Column(
        "revision",
        "count",
        9,
        ("Bản sửa đổi", "Số của bản đã chốt; 0 là bản đầu hoặc chưa chốt"),
        ("Revision", "Number of the closed state; 0 is the first one, or not closed"),
    ),
    Column(
        "kind",
        "word",
        13,
        ("Loại", "Tỉnh, trung tâm, sở ngành, xã phường, quầy hay cán bộ"),
        ("Kind", "Province, centre, department, commune, counter or officer"),
    ),
    Column(
        "role",
        "word",
        16,
        ("Vai trò", "Nơi tiếp nhận hay cơ quan giải quyết; hai vai trò không bao giờ cộng với nhau"),
        ("Role", "Where people were served, or who decides the file; the two are never added"),
    ),
    Column(
        "code",
        "text",
        12,
        ("Mã", "Mã cố định của đơn vị, quầy, cán bộ"),
        ("Code", "Fixed code of the domain"),
    ),
    Column(
        "valid_from",
        "text",
        12,
        ("Có từ ngày", "Ngày đơn vị mang mã này bắt đầu tồn tại"),
        ("Valid from", "First day of the unit that bears this code"),
    ),
    Column("name", "text", 38, ("Tên", "Tên trong kỳ"), ("Name", "Name in the period")),
    Column(
        "parent_code",
        "text",
        12,
        ("Mã cấp trên", "Mã của đơn vị cấp trên"),
        ("Parent code", "Code of the unit above"),
    ),
    Column(
        "questionnaire",
        "text",
        18,
        ("Phiếu hỏi", "Phiếu hỏi đã dùng"),
        ("Questionnaire", "Questionnaires that were asked"),
    ),
    Column(
        "versions",
        "text",
        22,
        ("Phiên bản", "Các phiên bản phiếu hỏi được gộp"),
        ("Versions", "Versions of questionnaires that are pooled"),
    ),
    Column(
        "measure",
        "text",
        28,
        (
            "Thước đo",
            "overall: câu hỏi chung; factor: yếu tố; question: câu hỏi; index: nhiều câu hỏi đọc chung",
        ),
        ("Measure", "overall: the headline question; factor, question; index: several questions read as one"),
    ),
    Column(
        "served",
        "count",
        11,
        ("Lượt phục vụ", "Số lượt phục vụ trong kỳ"),
        ("Served", "Visits served in the period"),
    ),
    Column(
        "offered",
        "count",
        11,
        ("Lượt được mời", "Số lượt được mời đánh giá"),
        ("Offered", "Visitors who were invited"),
    ),
    Column(
        "responses",
        "count",
        11,
        ("Số phiếu", "Số phiếu có trả lời ít nhất một câu của thước đo"),
        ("Responses", "Responses that answered at least one question of the measure"),
    ),
    Column(
        "answers",
        "count",
        11,
        ("Số câu trả lời", "Số câu trả lời của các phiếu ấy"),
        ("Answers", "Answers of those responses"),
    ),
    Column(
        "satisfied",
        "count",
        11,
        ("Hài lòng", "Số câu trả lời hài lòng hoặc rất hài lòng"),
        ("Satisfied", "Answers that are satisfied or very satisfied"),
    ),
    Column(
        "rate",
        "share",
        10,
        ("Tỷ lệ hài lòng", "Số câu hài lòng hoặc rất hài lòng chia cho số câu trả lời"),
        ("Rate", "Satisfied and very satisfied answers divided by answers"),
    ),
    Column(
        "low", "share", 10, ("Cận dưới", "Cận dưới của khoảng tin cậy"), ("Low", "Lower end of the interval")
    ),
    Column(
        "high",
        "share",
        10,
        ("Cận trên", "Cận trên của khoảng tin cậy"),
        ("High", "Upper end of the interval"),
    ),
    Column(
        "confidence_level",
        "share",
        10,
        ("Độ tin cậy", "Độ tin cậy của mọi khoảng"),
        ("Confidence level", "Of all intervals"),
    ),
    Column(
        "method",
        "word",
        26,
        ("Phương pháp", "Cách tính khoảng tin cậy"),
        ("Method", "How the interval was made"),
    ),
    Column("clusters", "count", 9, ("Số cụm", "Số ngày có phiếu"), ("Clusters", "Days with responses")),
    Column(
        "design_effect",
        "real",
        11,
        ("Hệ số thiết kế", "Phương sai so với mẫu ngẫu nhiên đơn giản cùng cỡ"),
        ("Design effect", "Variance against that of a simple random sample of the size"),
    ),
    Column(
        "effective_n",
        "real",
        12,
        ("Cỡ mẫu hiệu dụng", "Số câu trả lời chia cho hệ số thiết kế"),
        ("Effective n", "Answers divided by the design effect"),
    ),
    Column(
        "coverage",
        "share",
        10,
        ("Độ phủ", "Tỷ lệ lượt phục vụ có phiếu"),
        ("Coverage", "Share of the visits with a response"),
    ),
    Column(
        "bound_low",
        "share",
        12,
        ("Cận xấu nhất", "Tỷ lệ nếu mọi lượt không có phiếu đều không hài lòng"),
        ("Worst case", "Rate if all who did not answer were dissatisfied"),
    ),
    Column(
        "bound_high",
        "share",
        12,
        ("Cận tốt nhất", "Tỷ lệ nếu mọi lượt không có phiếu đều hài lòng"),
        ("Best case", "Rate if all who did not answer were satisfied"),
    ),
    Column(
        "mean_score",
        "score",
        10,
        ("Điểm trung bình", "Trung bình của mức chọn"),
        ("Mean score", "Mean of the chosen levels"),
    ),
    Column(
        "mean_low",
        "score",
        10,
        ("Điểm, cận dưới", "Cận dưới của điểm trung bình"),
        ("Mean, low", "Lower end of the mean score"),
    ),
    Column(
        "mean_high",
        "score",
        10,
        ("Điểm, cận trên", "Cận trên của điểm trung bình"),
        ("Mean, high", "Upper end of the mean score"),
    ),
    Column(
        "very_satisfied",
        "share",
        10,
        ("Rất hài lòng", "Tỷ lệ câu trả lời rất hài lòng"),
        ("Very satisfied", "Share of very satisfied answers"),
    ),
    Column(
        "dissatisfied",
        "share",
        10,
        ("Không hài lòng", "Tỷ lệ câu trả lời không hài lòng hoặc rất không hài lòng"),
        ("Dissatisfied", "Share of dissatisfied and very dissatisfied answers"),
    ),
    Column(
        "target",
        "share",
        10,
        ("Mục tiêu", "Tỷ lệ được lấy làm mục tiêu"),
        ("Target", "Rate that is aimed at"),
    ),
    Column(
        "against_target",
        "word",
        18,
        ("So với mục tiêu", "Cao hơn, thấp hơn hay chưa phân biệt được với mục tiêu"),
        ("Against target", "Above, below or not distinguishable from the target"),
    ),
    Column(
        "verdict",
        "word",
        20,
        ("So với nhóm", "Cao hơn, thấp hơn hay chưa phân biệt được với phần còn lại của nhóm so sánh"),
        ("Against peers", "Above, below or not distinguishable from the rest of the peer group"),
    ),
    Column(
        "peer_group",
        "word",
        15,
        ("Nhóm so sánh", "Những đơn vị được so với nhau"),
        ("Peer group", "Who is compared with whom"),
    ),
    Column(
        "rank_best",
        "count",
        9,
        ("Hạng từ", "Đầu trên của khoảng thứ hạng"),
        ("Rank from", "Best rank of the set of ranks"),
    ),
    Column(
        "rank_worst",
        "count",
        9,
        ("Hạng đến", "Đầu dưới của khoảng thứ hạng"),
        ("Rank to", "Worst rank of the set of ranks"),
    ),
    Column(
        "grade",
        "word",
        13,
        ("Mức hài lòng", "Mức của tỷ lệ hài lòng"),
        ("Band", "Band of the satisfaction rate"),
    ),
    Column(
        "certainty",
        "word",
        20,
        ("Độ chắc chắn", "Mức hài lòng chắc chắn đến đâu với số phiếu này"),
        ("Certainty", "How certain the answers make the band"),
    ),
    Column(
        "change",
        "points",
        12,
        ("Thay đổi", "Tỷ lệ kỳ này trừ tỷ lệ kỳ trước"),
        ("Change", "Rate of this period minus that of the one before"),
    ),
    Column(
        "change_low",
        "points",
        12,
        ("Thay đổi, cận dưới", "Cận dưới của thay đổi"),
        ("Change, low", "Lower end of the change"),
    ),
    Column(
        "change_high",
        "points",
        12,
        ("Thay đổi, cận trên", "Cận trên của thay đổi"),
        ("Change, high", "Upper end of the change"),
    ),
    Column(
        "flagged",
        "count",
        11,
        ("Phiếu rà soát", "Số phiếu được đánh dấu rà soát"),
        ("Flagged", "Responses under review"),
    ),
    Column(
        "rate_without_flagged",
        "share",
        12,
        ("Tỷ lệ trừ phiếu rà soát", "Tỷ lệ khi không tính phiếu được đánh dấu"),
        ("Rate without flagged", "Rate if the flagged responses are left out"),
    ),
    Column(
        "status",
        "word",
        30,
        ("Ghi chú", "Vì sao không có số, hoặc cần đọc số thế nào"),
        ("Remarks", "Why there is no figure, or how to read it"),
    ),
)

COLUMNS: dict[str, Column] = {column.name: column for column in _ALL}
"""Every column of ``summary.csv``, in their order."""

ANSWERS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("question", "text", 30, ("Câu hỏi", "Câu hỏi"), ("Question", "Question")),
        Column("choice", "text", 30, ("Lựa chọn", "Lựa chọn"), ("Choice", "Choice")),
        Column("count", "count", 11, ("Số lần chọn", "Số lần chọn"), ("Count", "How often it was taken")),
        Column(
            "share",
            "share",
            11,
            ("Tỷ lệ", "Tỷ lệ trong số người trả lời"),
            ("Share", "Of those who answered"),
        ),
        Column(
            "kish",
            "real",
            11,
            ("Hệ số gia quyền", "Phần do gia quyền"),
            ("Kish factor", "What the weights make"),
        ),
    )
}
"""Columns that only ``answers.csv`` and ``weighted.csv`` have."""
