"""Phrases: what workbooks and drafts say beyond the catalogue of sentences, keyed by the English text."""

from __future__ import annotations

from analysis.report.numerals import Language

VIETNAMESE = {
    "Summary": "Tổng hợp",
    "Units": "Đơn vị",
    "Counters": "Quầy",
    "Officers": "Cán bộ",
    "Questions": "Câu trả lời",
    "Weighted": "Gia quyền",
    "Trend": "Theo thời gian",
    "Flags": "Rà soát",
    "Method": "Phương pháp",
    "Data dictionary": "Từ điển dữ liệu",
    "Satisfaction of people and organisations served, {period}": (
        "Mức độ hài lòng của người dân, tổ chức được phục vụ, {period}"
    ),
    "Results of units": "Kết quả theo đơn vị",
    "Results of counters": "Kết quả theo quầy",
    "Results of officers": "Kết quả theo cán bộ",
    "How often each choice was taken": "Số lần mỗi lựa chọn được chọn",
    "Rates weighted by field of service": "Tỷ lệ gia quyền theo lĩnh vực",
    "Rate over time": "Tỷ lệ hài lòng theo thời gian",
    "Responses under review": "Phiếu được rà soát",
    "Method, and how to read the figures": "Phương pháp và cách đọc số liệu",
    "What every column means": "Ý nghĩa của từng cột",
    "Province": "Tỉnh",
    "Department": "Sở, ngành",
    "Centre": "Trung tâm",
    "Commune": "Xã",
    "Ward": "Phường",
    "Counter": "Quầy",
    "Officer": "Cán bộ",
    "where people were served": "nơi tiếp nhận",
    "who decides the file": "cơ quan giải quyết",
    "above": "cao hơn",
    "below": "thấp hơn",
    "not distinguishable": "chưa phân biệt được",
    "Very high": "Rất cao",
    "High": "Cao",
    "Medium": "Trung bình",
    "Low": "Thấp",
    "high certainty": "độ chắc chắn cao",
    "moderate certainty": "độ chắc chắn vừa phải",
    "borderline": "sát ngưỡng",
    "this period's transactions": "chỉ các lượt phục vụ của kỳ này",
    "skipped": "bỏ qua",
    "not applicable": "không đúng trường hợp",
    "prefer not to say": "không muốn trả lời",
    "not mapped": "chưa khớp mã",
    "Unit above": "Đơn vị cấp trên",
    "The sheet opens with one measure: {measure}. Clear the filter of the column {column} to see all.": (
        'Trang này mở ra với một thước đo: {measure}. Bỏ lọc ở cột "{column}" để xem tất cả.'
    ),
    "The sheet opens with one unit: {unit}. Clear the filter of the column {column} to see all.": (
        'Trang này mở ra với một đơn vị: {unit}. Bỏ lọc ở cột "{column}" để xem tất cả.'
    ),
    "Of every row: {things}.": "Chung cho mọi dòng: {things}.",
    "There are no such rows.": "Không có dòng nào.",
    "Counts of units; those of counters and officers stand in answers.csv.": (
        "Số của các đơn vị; của quầy và cán bộ ở tệp answers.csv."
    ),
    "inspectors": "cán bộ kiểm tra",
    "the head of the unit": "người đứng đầu đơn vị",
    "the officer": "cán bộ",
    "the public": "công khai",
    "not closed": "chưa chốt",
    "closed, revision {revision}": "đã chốt, bản sửa đổi số {revision}",
    "First day": "Ngày đầu",
    "Last day": "Ngày cuối",
    "State": "Tình trạng",
    "All responses": "Tổng số phiếu",
    "Questionnaires": "Phiếu hỏi",
    "Overall satisfaction": "Hài lòng chung",
    "Headline": "Kết quả chính",
    "Period and data": "Kỳ và dữ liệu",
    "Factors, questions and readings": "Yếu tố, câu hỏi và các cách đọc chung",
    "What to bear in mind": "Những điều cần lưu ý",
    "Design effects that units lent each other": "Hệ số thiết kế mượn giữa các đơn vị",
    "Level": "Cấp",
    "usable units": "số đơn vị dùng được",
    "days": "số ngày",
    "default": "mặc định",
    "yes": "có",
    "no": "không",
    "from": "từ",
    "The bounds of the bands are settings; no regulation fixes them.": (
        "Ngưỡng các mức là thiết lập của đơn vị, không do văn bản nào quy định."
    ),
    "Files and signature": "Tệp và chữ ký",
    "File": "Tệp",
    "Signed with the key": "Ký bằng khóa",
    "Last entry of the audit": "Mục cuối của nhật ký",
    "Units with responses under review": "Đơn vị có phiếu được rà soát",
    "What was found": "Điều được phát hiện",
    "A sign proves nothing: a person reviews it.": "Dấu hiệu chưa chứng minh điều gì: cần người rà soát.",
    "No list of findings was handed over.": "Không có danh sách phát hiện kèm theo.",
    "The published rate is the unweighted one.": "Tỷ lệ được công bố là tỷ lệ chưa gia quyền.",
    "Made for": "Dành cho",
    "n": "n",
    "phi": "phi",
    "rho": "rho",
    "Rule": "Quy tắc",
    "Marked": "Số phiếu đánh dấu",
    "Seen": "Quan sát",
    "Expected": "Mong đợi",
    "q-value": "Giá trị q",
    "Decision": "Xử lý",
    "Heading": "Tên cột",
    "Column of summary.csv": "Cột trong summary.csv",
    "Meaning": "Ý nghĩa",
    "Measured in": "Đơn vị tính",
    "Words for codes": "Từ dùng cho các mã",
    "Column": "Cột",
    "Code": "Mã",
    "Word": "Từ",
    "An empty cell is not available; a hidden one says so. Numbers are those of summary.json.": (
        "Ô trống là không có số; ô ẩn được ghi rõ. Số liệu trùng với tệp summary.json."
    ),
    "Page &P of &N": "Trang &P/&N",
}
"""The Vietnamese of every phrase."""

KINDS = {
    "province": "Province",
    "department": "Department",
    "centre": "Centre",
    "commune": "Commune",
    "ward": "Ward",
    "counter": "Counter",
    "officer": "Officer",
}
ROLES = {"serving": "where people were served", "deciding": "who decides the file"}
VERDICTS = {"above": "above", "below": "below", "not_distinguishable": "not distinguishable"}
GRADES = {"very_high": "Very high", "high": "High", "medium": "Medium", "low": "Low"}
CERTAINTIES = {"certain": "high certainty", "likely": "moderate certainty", "borderline": "borderline"}
AUDIENCES = {
    "internal": "inspectors",
    "head": "the head of the unit",
    "officer": "the officer",
    "public": "the public",
}
NO_ANSWERS = {
    "skipped": "skipped",
    "not_applicable": "not applicable",
    "refused": "prefer not to say",
    "unmapped": "not mapped",
}


def phrase(text: str, language: Language, **values: str) -> str:
    """Give a phrase in a language with its placeholders filled; a value is never read as a placeholder.

    Examples
    --------
    >>> phrase("Units", "vi"), phrase("Units", "en")
    ('Đơn vị', 'Units')
    """
    vietnamese = VIETNAMESE[text]
    return (vietnamese if language == "vi" else text).format(**values)


def word(code: str, codes: dict[str, str], language: Language) -> str:
    """Give the word for a code, or the code where there is none."""
    return phrase(codes[code], language) if code in codes else code
