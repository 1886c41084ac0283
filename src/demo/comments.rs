//! Comments of nobody. Each begins with "(Minh hoạ)", so that wherever one is shown, copied or exported it says that it was invented.

/// What simulated people write who were not satisfied.
pub const UNHAPPY: [&str; 16] = [
    "(Minh hoạ) Tôi chờ gần hai giờ mới đến lượt dù đã lấy số từ đầu buổi sáng.",
    "(Minh hoạ) Lần đầu không ai nói cần bản sao chứng thực, hôm sau tôi phải quay lại nộp thêm.",
    "(Minh hoạ) Giấy tờ này tôi đã nộp ở phường, đến đây lại bị yêu cầu nộp lần nữa.",
    "(Minh hoạ) Quá hẹn năm ngày vẫn chưa có kết quả và không ai gọi điện báo lý do.",
    "(Minh hoạ) Máy lấy số bị hỏng, mọi người chen nhau trước quầy.",
    "(Minh hoạ) Cán bộ hướng dẫn quá nhanh, hỏi lại thì tỏ vẻ khó chịu.",
    "(Minh hoạ) Hồ sơ đất đai phải đi lại bốn lần, mỗi lần lại thiếu một loại giấy.",
    "(Minh hoạ) Nộp trực tuyến bị lỗi khi tải tệp, cuối cùng tôi vẫn phải đến tận nơi.",
    "(Minh hoạ) Không có chỗ ngồi chờ cho người già, mẹ tôi phải đứng suốt.",
    "(Minh hoạ) Số điện thoại đường dây nóng gọi nhiều lần không có người nghe.",
    "(Minh hoạ) Kết quả ghi sai năm sinh, phải làm lại từ đầu.",
    "(Minh hoạ) Quầy nghỉ trước giờ ghi trên bảng mười lăm phút.",
    "(Minh hoạ) Tôi gửi phản ánh từ tháng trước đến nay chưa được trả lời.",
    "(Minh hoạ) Hai cán bộ hướng dẫn hai cách khác nhau cho cùng một thủ tục.",
    "(Minh hoạ) Bảng niêm yết phí đã cũ, mức thu thực tế khác.",
    "(Minh hoạ) Bãi gửi xe chật, mất nhiều thời gian trước khi vào được quầy.",
];

/// What simulated people write who were neither satisfied nor dissatisfied.
pub const NEUTRAL: [&str; 10] = [
    "(Minh hoạ) Nên nhắn tin báo khi có kết quả để người dân không phải đến hỏi.",
    "(Minh hoạ) Thời gian chờ tạm chấp nhận được, nếu đặt được lịch trước thì tốt hơn.",
    "(Minh hoạ) Mẫu đơn nên có một bản điền sẵn để tham khảo.",
    "(Minh hoạ) Đề nghị thêm một quầy vào thứ Hai vì ngày này rất đông.",
    "(Minh hoạ) Thủ tục đúng quy định nhưng còn nhiều giấy tờ.",
    "(Minh hoạ) Chữ trên bảng hướng dẫn hơi nhỏ, người lớn tuổi khó đọc.",
    "(Minh hoạ) Nên cho thanh toán phí bằng mã QR ở mọi quầy.",
    "(Minh hoạ) Tôi mong dữ liệu đã có thì không phải khai lại.",
    "(Minh hoạ) Nên làm việc thêm sáng thứ Bảy cho người đi làm giờ hành chính.",
    "(Minh hoạ) Cần biển chỉ dẫn rõ hơn từ cổng vào nơi tiếp nhận hồ sơ.",
];

/// What simulated people write who were satisfied.
pub const HAPPY: [&str; 14] = [
    "(Minh hoạ) Cán bộ rất lịch sự, giải thích cặn kẽ từng loại giấy tờ.",
    "(Minh hoạ) Làm giấy khai sinh cho cháu chỉ mất hai mươi phút, cảm ơn các anh chị.",
    "(Minh hoạ) Trả kết quả sớm hơn hẹn một ngày.",
    "(Minh hoạ) Nơi chờ sạch sẽ, có nước uống và quạt mát.",
    "(Minh hoạ) Tôi lớn tuổi, được nhân viên giúp điền tờ khai trên máy.",
    "(Minh hoạ) Nộp hồ sơ qua mạng thuận tiện, chỉ phải đến một lần để nhận kết quả.",
    "(Minh hoạ) Chứng thực giấy tờ nhanh, thu đúng phí niêm yết.",
    "(Minh hoạ) Thiếu một giấy tờ, cán bộ đã gọi điện hướng dẫn bổ sung, không phải đi lại nhiều.",
    "(Minh hoạ) Được chào hỏi từ cửa, lấy số và vào quầy ngay.",
    "(Minh hoạ) So với năm trước, việc tiếp nhận hồ sơ nhanh hơn hẳn.",
    "(Minh hoạ) Phản ánh của tôi được trả lời trong ba ngày, rất đáng khen.",
    "(Minh hoạ) Thái độ phục vụ ân cần, xin tiếp tục giữ như vậy.",
    "(Minh hoạ) Có cán bộ hướng dẫn riêng cho người khuyết tật, rất chu đáo.",
    "(Minh hoạ) Thủ tục rõ ràng, biết trước phải mang gì nên làm một lần là xong.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_comment_says_that_it_was_invented_and_stands_there_once() {
        let all: Vec<&str> = UNHAPPY.iter().chain(&NEUTRAL).chain(&HAPPY).copied().collect();
        let different: std::collections::BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!((all.len(), different.len()), (40, 40));
        for comment in all {
            let said = comment.strip_prefix("(Minh hoạ) ").unwrap_or_else(|| panic!("{comment}"));
            assert!(said.len() > 20 && said.ends_with('.'), "{comment}");
        }
    }
}
