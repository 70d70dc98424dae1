"""Places: what the made-up province has of centres, departments, counters and procedures."""

from __future__ import annotations

PROVINCE = 40
"""Nghệ An."""

CENTRE = {
    "code": "TTPVHCC",
    "name": "Trung tâm Phục vụ hành chính công tỉnh Nghệ An",
    "kind": "centre",
    "name_en": "Nghe An Provincial Public Administration Service Centre",
}

DEPARTMENTS = (
    (
        "SNV",
        "Sở Nội vụ",
        "Department of Home Affairs",
        ("Lao động, việc làm", "Người có công"),
    ),
    (
        "STC",
        "Sở Tài chính",
        "Department of Finance",
        ("Đăng ký doanh nghiệp", "Đầu tư"),
    ),
    (
        "SXD",
        "Sở Xây dựng",
        "Department of Construction",
        ("Cấp phép xây dựng", "Đăng ký phương tiện", "Đổi giấy phép lái xe"),
    ),
    (
        "SNNMT",
        "Sở Nông nghiệp và Môi trường",
        "Department of Agriculture and Environment",
        ("Đất đai", "Môi trường", "Nông nghiệp"),
    ),
    (
        "SCT",
        "Sở Công Thương",
        "Department of Industry and Trade",
        ("Thương mại", "Điện, hóa chất"),
    ),
    (
        "SKHCN",
        "Sở Khoa học và Công nghệ",
        "Department of Science and Technology",
        ("Khoa học, viễn thông",),
    ),
    (
        "SVHTTDL",
        "Sở Văn hóa, Thể thao và Du lịch",
        "Department of Culture, Sports and Tourism",
        ("Văn hóa, du lịch",),
    ),
    (
        "SGDDT",
        "Sở Giáo dục và Đào tạo",
        "Department of Education and Training",
        ("Văn bằng, chứng chỉ",),
    ),
    (
        "SYT",
        "Sở Y tế",
        "Department of Health",
        ("Hành nghề y", "Dược, an toàn thực phẩm"),
    ),
    (
        "STP",
        "Sở Tư pháp",
        "Department of Justice",
        ("Lý lịch tư pháp", "Công chứng, luật sư"),
    ),
    (
        "SDTTG",
        "Sở Dân tộc và Tôn giáo",
        "Department of Ethnic and Religious Affairs",
        ("Dân tộc, tôn giáo",),
    ),
    (
        "SNGV",
        "Sở Ngoại vụ",
        "Department of Foreign Affairs",
        ("Lãnh sự",),
    ),
    (
        "TTT",
        "Thanh tra tỉnh",
        "Provincial Inspectorate",
        ("Tiếp công dân",),
    ),
    (
        "VPUBND",
        "Văn phòng Ủy ban nhân dân tỉnh",
        "Office of the Provincial People's Committee",
        ("Văn thư",),
    ),
)
"""Code, name, English name, and the field of each of its counters in the centre."""

COMMUNE_COUNTERS = ("Hộ tịch, chứng thực", "Đất đai, xây dựng", "Chính sách xã hội, người có công")

PROCEDURES = (
    ("M01", "Đăng ký khai sinh", "Hộ tịch"),
    ("M02", "Đăng ký kết hôn", "Hộ tịch"),
    ("M03", "Chứng thực bản sao từ bản chính", "Chứng thực"),
    ("M04", "Đăng ký biến động đất đai", "Đất đai"),
    ("M05", "Cấp giấy phép xây dựng nhà ở riêng lẻ", "Xây dựng"),
    ("M06", "Trợ cấp xã hội hằng tháng", "Bảo trợ xã hội"),
    ("M07", "Đăng ký thành lập hộ kinh doanh", "Doanh nghiệp"),
    ("M08", "Cấp phiếu lý lịch tư pháp", "Tư pháp"),
)
"""Code, name and field; the codes are made up."""
