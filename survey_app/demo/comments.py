"""Comments: what made-up people write. Nobody is named, and nothing happened."""

from __future__ import annotations

CONTENT = (
    "Cán bộ hướng dẫn nhiệt tình, dễ hiểu.",
    "Làm nhanh, trả kết quả sớm hơn giấy hẹn.",
    "Tôi lớn tuổi, được hướng dẫn từng bước nên rất yên tâm.",
    "Thái độ vui vẻ, lịch sự.",
    "Có ghế ngồi chờ, có nước uống, sạch sẽ.",
    "Nộp hồ sơ trên mạng được cán bộ chỉ giúp, lần sau tôi tự làm được.",
    "Thủ tục gọn hơn trước nhiều.",
    "Mọi việc thuận lợi.",
    "Đến sớm nên không phải chờ.",
    "Mong giữ được cách làm việc như thế này.",
)

CRITICAL = (
    "Chờ hơi lâu, buổi sáng thứ hai rất đông.",
    "Nên có thêm người ở quầy vào đầu giờ sáng.",
    "Giấy tờ phải bổ sung hai lần, nên nói rõ ngay từ đầu.",
    "Máy lấy số bị hỏng, không biết đến lượt ai.",
    "Biểu mẫu khó hiểu, chữ nhỏ.",
    "Trả kết quả chậm hai ngày so với giấy hẹn mà không báo trước.",
    "Mạng chậm, phải ngồi đợi hệ thống.",
    "Nhà ở xa trung tâm, đi lại nhiều lần rất vất vả.",
    "Chỗ để xe chật.",
    "Đề nghị niêm yết lệ phí rõ hơn.",
    "Hỏi thì được trả lời, nhưng nói nhanh quá, tôi không theo kịp.",
    "Mong có thêm quạt ở chỗ ngồi chờ.",
)
