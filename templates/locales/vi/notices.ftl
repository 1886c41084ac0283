# Words of subscriptions, digests and alerts.

# Page of one's subscriptions
notice-title = Thông báo qua thư điện tử
notice-lead = Hệ thống gửi thư về các đơn vị trong phạm vi của Ông/Bà. Quyền xem được kiểm tra lại mỗi lần gửi.
notice-to = Thư được gửi đến { $mail }, bằng { $language }.
notice-mail-vi = tiếng Việt
notice-mail-en = tiếng Anh
notice-no-mail = Tài khoản chưa có địa chỉ thư điện tử. Xin nhờ người quản trị hệ thống nhập địa chỉ.
notice-no-right = Ông/Bà chưa có đợt khảo sát nào để đăng ký: vai trò hiện nay không cho xem kết quả của đơn vị nào. Xin liên hệ người quản trị hệ thống.
notice-running = Đang nhận
notice-none = Ông/Bà chưa đăng ký nhận thông báo nào.
notice-kind-digest = Tổng hợp hằng tháng
notice-kind-digest-meaning = Sáng ngày 1 hằng tháng, từ 7 giờ: chỉ số của tháng trước, so với tháng trước nữa, tiêu chí thấp nhất, số góp ý.
notice-kind-release = Bản công bố mới
notice-kind-release-meaning = Khi có bản công bố kết quả.
notice-kind-alert = Cảnh báo
notice-kind-alert-meaning = Khi chỉ số của một đơn vị giảm có ý nghĩa thống kê, hoặc số phiếu nghi trả lời cho xong tăng bất thường.
notice-about-series = Chuỗi { $series } (mọi đợt)
notice-all-units = Mọi đơn vị trong phạm vi của tôi
notice-since = Từ { $at }
notice-end = Thôi nhận
notice-add = Đăng ký nhận
notice-what = Nhận thông báo gì?
notice-which = Về đợt khảo sát nào?
notice-which-series = Chuỗi khảo sát lặp lại, cả các đợt sau này
notice-which-surveys = Từng đợt khảo sát
notice-which-choose = Chọn đợt khảo sát
notice-where = Về đơn vị nào?
notice-go = Đăng ký
notice-choose-kind = Xin chọn ít nhất một loại thông báo.
notice-choose-survey = Xin chọn một đợt khảo sát hoặc một chuỗi trong danh sách.
notice-choose-unit = Đơn vị này không có trong đợt khảo sát đã chọn, hoặc ngoài phạm vi của Ông/Bà. Xin chọn đơn vị khác.

# Page behind the link of a mail
notice-link-title = Thôi nhận thông báo
notice-link-asks = Ông/Bà muốn thôi nhận “{ $kind }” về { $about }?
notice-link-go = Thôi nhận
notice-link-ended = Ông/Bà sẽ không nhận thông báo này nữa.
notice-link-ended-help = Muốn nhận lại, xin đăng nhập và đăng ký ở trang tài khoản.
notice-link-unknown = Đường dẫn này không đúng
notice-link-unknown-help = Xin mở lại đường dẫn trong thư, hoặc đăng nhập để xem các thông báo đang nhận.
notice-link-account = Các thông báo của tôi

# Figures in mails
notice-points = { $n } điểm
notice-interval = { $value } (từ { $low } đến { $high })
notice-ends = { $low } – { $high }
notice-units-all = Toàn bộ { $n } đơn vị
notice-units = { $n } đơn vị của Ông/Bà
notice-month = tháng { $month }
notice-n = Số phiếu hợp lệ
notice-change = Thay đổi so với tháng { $before }
notice-figure-before = Tháng { $before }
notice-weakest = Tiêu chí thấp nhất
notice-comments = Số phiếu có góp ý bằng lời
notice-unit = Đơn vị
notice-value = Chỉ số
notice-change-short = Thay đổi
notice-forms = Số phiếu
notice-mark-fell = giảm có ý nghĩa thống kê
notice-mark-rose = tăng có ý nghĩa thống kê
notice-demonstration = Dữ liệu minh hoạ: câu trả lời là mô phỏng.

# Monthly digest
notice-digest-subject = SIPAS tháng { $month } · { $whose }: { $value }
notice-digest-head = Tháng { $month }
notice-digest-fell = { $whose }: { $figure }, giảm { $points } điểm so với tháng { $before }.
notice-digest-rose = { $whose }: { $figure }, tăng { $points } điểm so với tháng { $before }.
notice-digest-same = { $whose }: { $figure }, không khác biệt có ý nghĩa thống kê so với tháng { $before }.
notice-digest-first = { $whose }: { $figure }. Tháng { $before } chưa đủ phiếu để so sánh.
notice-digest-few = { $whose }: chưa đủ mẫu trong tháng { $month } ({ $n } phiếu hợp lệ).
notice-digest-none = { $whose }: chưa có phiếu nào trong tháng { $month }.
notice-digest-units = Các đơn vị: giảm có ý nghĩa thống kê trước, rồi từ thấp đến cao
notice-digest-not-listed = Còn { $n } đơn vị có chỉ số cao hơn hoặc chưa đủ mẫu.
notice-method = Cách tính
notice-method-days = Tính các phiếu gửi từ 7 giờ ngày { $first } đến trước 7 giờ ngày { $end }.
notice-method-test = Thay đổi của từng đơn vị được kiểm định hai phía ở mức 5%, hiệu chỉnh Holm cho { $n } đơn vị của cả đợt khảo sát.
notice-report = Mở báo cáo
notice-attached = Báo cáo đầy đủ gửi kèm thư này (PDF).
notice-pdf-missing = Chưa gửi kèm được báo cáo PDF; xin xem báo cáo trên hệ thống.

# Alerts
notice-alert-subject = Cảnh báo SIPAS · { $headline }
notice-alert-several = { $n } điều cần chú ý ở các đơn vị của Ông/Bà
notice-in-month = tháng { $month }
notice-until = tháng { $month } (đến hết ngày { $day })
notice-in-wave = “{ $wave }”
notice-fell = { $unit }: { $now } giảm { $points } điểm so với { $then }.
notice-figure-of = Chỉ số { $when }: { $figure }, { $n } phiếu hợp lệ.
notice-weakest-of = Tiêu chí thấp nhất: { $item } ({ $value }).
notice-alert-test-month = Mức giảm có ý nghĩa thống kê sau khi hiệu chỉnh Holm cho { $n } đơn vị và cho việc xem lại mỗi ngày trong tháng: trong cả tháng, khả năng báo nhầm bất kỳ đơn vị nào không quá 5%.
notice-alert-test-wave = Mức giảm có ý nghĩa thống kê ở mức 5% sau khi hiệu chỉnh Holm cho { $n } đơn vị.
notice-flagged = { $unit }: { $share } số phiếu tuần { $first } – { $last } chọn cùng một phương án cho mọi tiêu chí, nhiều bất thường.
notice-flagged-detail = { $flagged } trong { $n } phiếu; { $weeks } tuần trước đó thường là { $usual }.
notice-flagged-limit = Giới hạn trên của biểu đồ kiểm soát p′ (Laney) cho tuần này là { $limit }.
notice-flagged-meaning = Có thể phiếu được điền cho xong hoặc điền hộ. Xin kiểm tra cách thu phiếu trước khi dùng số liệu của tuần này.
notice-alert-do = Xin xem các câu trả lời và góp ý của đơn vị trước khi kết luận.

# Releases
notice-release-subject = Bản công bố mới: { $title }
notice-release-what = Đã có bản công bố “{ $title }” (mã { $release }) của { $survey }.
notice-release-open = Mở bản công bố

# End of every notice
notice-lang = vi
notice-why = Ông/Bà nhận thư này vì đã đăng ký thông báo về { $about }.
notice-manage = Các thông báo của tôi
notice-unsubscribe = Thôi nhận thông báo này

# Audit log
action-notice-subscribe = Đăng ký nhận thông báo
action-notice-unsubscribe = Thôi nhận thông báo
