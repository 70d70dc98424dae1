"""Words: what columns and codes of an export mean, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping

from survey_app.questionnaire.definition import Text

LANGUAGES = ("vi", "en")


def _both(vi: str, en: str) -> Text:
    return Text({"vi": vi, "en": en})


COLUMNS: Mapping[str, Text] = {
    "row": _both(
        "Số thứ tự mới, chỉ dùng trong tệp này; không theo thứ tự phiếu đến",
        "New number, of this file alone; it does not tell the order of arrival",
    ),
    "unit": _both(
        "Mã đơn vị nơi phục vụ, theo danh mục đơn vị vào ngày cuối kỳ; trống nếu đơn vị không có trong kỳ",
        "Code of the unit that served, by the units of the period's last day; empty if it is none of them",
    ),
    "deciding_unit": _both(
        "Mã đơn vị giải quyết hồ sơ, theo danh mục đơn vị vào ngày cuối kỳ; trống nếu không rõ",
        "Code of the unit that decides the file, by the units of the period's last day; empty if not known",
    ),
    "day": _both("Ngày phục vụ (giờ địa phương)", "Day of service (local)"),
    "half": _both(
        "Buổi, theo giờ địa phương; trống nếu chỉ biết ngày",
        "Half of the day by local time; empty where only the day is known",
    ),
    "channel": _both("Kênh lấy ý kiến", "Channel by which the response came"),
    "language": _both("Ngôn ngữ của phiếu", "Language of the page that was answered"),
    "questionnaire": _both("Mã phiếu hỏi", "Id of the questionnaire"),
    "version": _both("Phiên bản của phiếu hỏi", "Version of the questionnaire"),
    "officer": _both(
        "Bí danh của cán bộ, chỉ dùng trong tệp này; trống nếu phiếu không nêu cán bộ nào",
        "Pseudonym of the officer, valid in this file only; empty if the response names no officer",
    ),
    "flagged": _both(
        "1: được đánh dấu rà soát (phiếu vẫn được tính); 0: không",
        "1: flagged by a rule (it counts all the same); 0: not flagged",
    ),
    "rules": _both(
        "Số của các quy tắc đã đánh dấu, cách nhau bằng dấu chấm phẩy; trống nếu không có",
        "Numbers of the rules that flagged it, with semicolons between; empty if none did",
    ),
}
OFFICER_NAMED = _both(
    "Mã cán bộ; trống nếu phiếu không nêu cán bộ nào",
    "Code of the officer; empty if the response names no officer",
)
HALVES: Mapping[str, Text] = {
    "am": _both("Buổi sáng (trước 12 giờ)", "Before noon"),
    "pm": _both("Buổi chiều (từ 12 giờ)", "From noon on"),
}
CHANNELS: Mapping[str, Text] = {
    "poster": _both("Mã QR dán tại quầy", "QR code posted at the counter"),
    "slip": _both("Mã dùng một lần in trên giấy", "Single-use code on paper"),
    "rotating": _both("Mã QR thay đổi trên màn hình", "QR code that changes on a screen"),
    "kiosk": _both("Máy tại quầy", "Kiosk at the counter"),
    "link": _both("Đường dẫn trực tuyến", "Link"),
    "paper": _both("Phiếu giấy", "Paper form"),
    "import": _both("Nhập từ phần mềm khác", "Taken over from another program"),
}
FLAGGED: Mapping[str, Text] = {
    "0": _both("Không bị đánh dấu", "Not flagged"),
    "1": _both("Được đánh dấu rà soát", "Flagged"),
}
MISSING: Mapping[str, Text] = {
    "skipped": _both(
        "Bỏ qua: không trả lời, hoặc câu hỏi không được hỏi",
        "Skipped: not answered, or the question was not asked",
    ),
    "not_applicable": _both("Không đúng trường hợp của tôi", "Does not apply"),
    "refused": _both("Không muốn trả lời", "Prefer not to say"),
    "unmapped": _both(
        "Câu trả lời nhập từ nơi khác, không ứng với lựa chọn nào",
        "Taken over from elsewhere, where it fits none of the choices",
    ),
}
"""Codes of an answer that is none of the choices, in the order of the numbers -1, -2, -3, -4."""

NOTES: Mapping[str, Text] = {
    "people": _both(
        "Mỗi dòng là câu trả lời của một người. Đơn vị và buổi có ít dòng có thể cho biết đó là ai: không "
        "công bố từng dòng, không công bố nhóm nhỏ hơn mức tối thiểu của báo cáo.",
        "Each row is what one person answered. Few rows of a unit and half-day may tell whose they are: "
        "publish no single rows, and no group smaller than the minimum of the report.",
    ),
    "officers": _both(
        "Kết quả gắn với cán bộ là dữ liệu cá nhân của cán bộ đó.",
        "What is tied to an officer is personal data of that officer.",
    ),
    "several": _both(
        "Câu hỏi chọn nhiều ý: các mã cách nhau bằng dấu chấm phẩy, theo thứ tự của phiếu hỏi.",
        "Questions with several choices: codes with semicolons between, in the order of the questionnaire.",
    ),
}
