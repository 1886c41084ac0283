# Words of the pages, Vietnamese. The same keys stand in ../en/sipas.ftl.

# Every page
brand = SIPAS
brand-long = Chỉ số hài lòng về phục vụ hành chính
skip = Đến nội dung chính
language = Ngôn ngữ
language-vi = Tiếng Việt
language-en = English
demonstration = Dữ liệu minh hoạ
demonstration-meaning = Câu trả lời do máy tạo ra, không phải ý kiến của người dân.
sign-out = Đăng xuất
surveys = Các đợt khảo sát
password-change = Đổi mật khẩu
home = Trang chủ
required = cần trả lời
error-title = Cần xem lại

# Front page
home-title = Người dân hài lòng đến mức nào?
home-lead = Nơi Ông/Bà trả lời phiếu khảo sát và xem kết quả đo lường sự hài lòng đối với sự phục vụ của cơ quan hành chính nhà nước.
home-open = Đang lấy ý kiến
home-open-none = Lúc này không có đợt khảo sát nào đang lấy ý kiến.
home-results = Kết quả
home-results-none = Chưa có kết quả nào được công bố.
home-answer = Trả lời phiếu
home-own = Kết quả của { $unit }
home-report = Xem kết quả
home-administer = Quản lý khảo sát
period = Từ { $from } đến { $to }
responses = { $n } phiếu
tag-demonstration = minh hoạ

# Sign in
signin-title = Đăng nhập
signin-lead = Dành cho người quản lý khảo sát. Người dân trả lời phiếu không cần đăng nhập.
signin-name = Tên đăng nhập
signin-password = Mật khẩu
signin-go = Đăng nhập
signin-failed = Tên đăng nhập hoặc mật khẩu không đúng.
signin-failed-help = Xin kiểm tra bộ gõ tiếng Việt và phím Caps Lock, rồi nhập lại mật khẩu.

# Password
password-title = Đổi mật khẩu
password-first-title = Đặt mật khẩu của Ông/Bà
password-first = Ông/Bà vừa đăng nhập bằng mật khẩu dùng một lần. Xin đặt mật khẩu riêng để tiếp tục.
password-current = Mật khẩu hiện tại
password-current-once = Mật khẩu dùng một lần
password-new = Mật khẩu mới
password-new-help = Ít nhất { $n } ký tự. Một câu ngắn dễ nhớ tốt hơn một từ khó.
password-again = Nhập lại mật khẩu mới
password-save = Lưu mật khẩu
password-wrong = Mật khẩu hiện tại không đúng.
password-short = Mật khẩu mới quá ngắn. Xin dùng ít nhất { $n } ký tự.
password-differs = Hai lần nhập mật khẩu mới không giống nhau.
password-same = Mật khẩu mới trùng với mật khẩu hiện tại. Xin chọn mật khẩu khác.

# Administrator
admin-title = Các đợt khảo sát
admin-none = Chưa có đợt khảo sát nào.
admin-none-help = Tạo đợt khảo sát bằng lệnh “sipas survey”; dùng “sipas survey --help” để xem ví dụ.
column-survey = Đợt khảo sát
column-status = Trạng thái
column-period = Thời gian
column-responses = Số phiếu
column-results = Kết quả
survey-done = Đã thực hiện. Trạng thái hiện nay: { $status }.
survey-facts = Thông tin chung
survey-code = Mã
survey-questionnaire = Phiếu hỏi
survey-streams = Luồng mẫu
survey-weighting = Trọng số
survey-threshold = Số phiếu hợp lệ ít nhất để công bố
survey-units = Số đơn vị
survey-steps = Bước tiếp theo
survey-steps-none = Lúc này không có bước nào cần thực hiện.
survey-sure = Tôi hiểu và đồng ý thực hiện
survey-addresses = Địa chỉ trả lời
survey-addresses-lead = Đưa địa chỉ này vào mã QR, tin nhắn hoặc thư mời. Ai có địa chỉ đều trả lời được khi đợt khảo sát đang mở.
survey-general = Địa chỉ chung
survey-general-help = Người trả lời tự chọn đơn vị.
survey-addresses-each = Địa chỉ riêng của từng đơn vị, điểm phục vụ ({ $n })
survey-addresses-none = Chưa có địa chỉ nào.
column-unit = Đơn vị
column-kind = Loại
column-address = Địa chỉ
step-open = Mở đợt khảo sát
step-open-meaning = Người dân bắt đầu trả lời được, trong thời gian đã định. Có thể đóng lại bất cứ lúc nào.
step-close = Đóng đợt khảo sát
step-close-meaning = Không nhận thêm phiếu nào. Kết quả chỉ người quản lý xem được, trừ khi đợt khảo sát đã định cho mọi người xem ngay. Có thể mở lại.
step-publish = Công bố kết quả
step-publish-meaning = Mọi người xem được kết quả. Có thể rút lại bằng cách đóng đợt khảo sát, nhưng những gì đã được xem hoặc tải về thì không thu lại được.
status-draft = Đang chuẩn bị
status-open = Đang mở
status-closed = Đã đóng
status-published = Đã công bố

# Kinds of units
kind-all = Tất cả các loại đơn vị
kind-ministry = Bộ, cơ quan ngang bộ
kind-province = Tỉnh, thành phố
kind-department = Sở, ngành
kind-commune = Xã
kind-ward = Phường
kind-special-zone = Đặc khu
kind-service-centre = Trung tâm phục vụ hành chính công
kind-service-branch = Chi nhánh, điểm phục vụ
kind-other = Đơn vị khác

# Answering
start-unit = Ông/Bà đánh giá đơn vị nào?
start-unit-choose = Chọn đơn vị
start-unit-needed = Xin chọn đơn vị mà Ông/Bà muốn đánh giá.
start-go = Bắt đầu
start-minutes = Khoảng { $n } phút
start-seconds = Khoảng { $n } giây
part-of = Phần { $at }/{ $of }
errors-heading = Có câu trả lời cần xem lại
errors-lead = Những gì Ông/Bà đã trả lời vẫn được giữ nguyên.
more-questions = Theo câu trả lời của Ông/Bà, phần này có thêm câu hỏi hoặc mục để chọn. Xin trả lời tiếp rồi bấm “Tiếp tục”.
next = Tiếp tục
back = Quay lại
specify = Xin ghi rõ
text-limit = Tối đa { $n } ký tự
answer-yes = Đồng ý
review-title = Xem lại và gửi phiếu
review-lead = Phiếu chưa được gửi. Ông/Bà xem lại câu trả lời, sửa nếu cần, rồi bấm “Gửi phiếu”.
review-change = Sửa
review-change-section = phần { $title }
review-none = Chưa trả lời
send = Gửi phiếu
trouble-heading = Chưa gửi được phiếu
trouble-sent-before = Phiếu này đã được gửi trước đó với câu trả lời khác; lần gửi đầu được giữ nguyên. Nếu Ông/Bà muốn trả lời một phiếu mới, xin mở lại địa chỉ của phiếu.
trouble-busy = Lúc này có nhiều người cùng gửi phiếu. Câu trả lời của Ông/Bà vẫn còn trên trang này; xin đợi vài giây rồi bấm “Gửi phiếu” lần nữa. Phiếu không bị tính hai lần.
trouble-unavailable = Hệ thống chưa lưu được phiếu. Câu trả lời của Ông/Bà vẫn còn trên trang này; xin giữ trang này mở và bấm “Gửi phiếu” lại sau ít phút. Phiếu không bị tính hai lần.
thanks-title = Cảm ơn Ông/Bà đã dành thời gian trả lời.
thanks-kept = Phiếu đã được ghi nhận.
thanks-code = Mã phiếu
thanks-code-help = Mã này chỉ để biết phiếu đã đến nơi; không ai tìm được Ông/Bà từ mã này. Ông/Bà có thể đóng trang.
thanks-again = Trả lời một phiếu khác
closed-title = Đợt khảo sát này hiện không nhận phiếu
closed-lead = Đợt khảo sát chưa mở hoặc đã kết thúc, nên chưa có phiếu nào được gửi từ trang này. Cảm ơn Ông/Bà đã quan tâm.
closed-next = Xem các đợt khảo sát khác

# Kinds of questions
required-each = cần trả lời từng dòng
limit-choose-exactly = Chọn đúng { $n } mục.
limit-choose-between = Chọn từ { $least } đến { $most } mục.
limit-choose-least = Chọn ít nhất { $n } mục.
limit-choose-most = Chọn nhiều nhất { $n } mục.
limit-number-exactly = Chỉ nhận số { $n }.
limit-number-between = Từ { $least } đến { $most }.
limit-number-least = Từ { $n } trở lên.
limit-number-most = Không quá { $n }.
limit-date-exactly = Chỉ nhận ngày { $n }.
limit-date-between = Từ ngày { $least } đến ngày { $most }.
limit-date-least = Từ ngày { $n } trở đi.
limit-date-most = Không sau ngày { $n }.
limit-rank-all = Xếp thứ tự { $n } mục: vị trí 1 là quan trọng nhất đối với Ông/Bà.
limit-rank-exactly = Chọn { $n } mục và xếp thứ tự: vị trí 1 là quan trọng nhất đối với Ông/Bà.
limit-rank-most = Chọn nhiều nhất { $n } mục và xếp thứ tự: vị trí 1 là quan trọng nhất đối với Ông/Bà.
list-choose = Chọn một câu trả lời
rank-place = Vị trí { $n }
rank-none = Chưa xếp
rank-up = Lên
rank-down = Xuống
rank-said = đã xếp vào vị trí
rank-out = không còn được xếp
date-day = Ngày
date-month = Tháng
date-year = Năm
date-example = Ví dụ: 31 / 1 / 2026
live-added = Có thêm câu hỏi ở dưới.
live-removed = Có câu hỏi không cần trả lời nữa.
live-options = Các mục để chọn ở dưới đã thay đổi.

# Trying out
trial-band = Bản thử – câu trả lời không được lưu
tried-title = Phiếu thử đã xong
tried-lead = Không có gì được lưu. Dưới đây là những gì sẽ được lưu nếu đây là phiếu thật.
tried-again = Thử lại từ đầu
tried-answers = Câu trả lời sẽ được lưu
tried-question = Câu hỏi
tried-said = Trả lời
tried-stored = Mã được lưu
tried-nothing = Phiếu không có câu trả lời nào.
tried-unanswered = Không hỏi hoặc bỏ trống
tried-index = Phiếu này góp gì vào chỉ số
tried-item = Tiêu chí
tried-counts = Được tính là
tried-satisfied = hài lòng
tried-dissatisfied = hợp lệ, không hài lòng
tried-not-valid = không tính
tried-points = { $n } điểm
tried-bytes = Dạng lưu trong cơ sở dữ liệu

# Problems of an answer
problem-required = Xin cho biết câu trả lời.
problem-unknown-question = Câu hỏi này không có trong phiếu.
problem-unknown-option = Xin chọn một trong các câu trả lời có sẵn.
problem-wrong-type = Câu trả lời không đúng dạng. Xin nhập lại.
problem-not-a-number = Xin nhập một số, ví dụ 12.
problem-not-a-day = Xin nhập đủ ngày, tháng, năm có thật, ví dụ 31/01/2026.
problem-not-whole = Xin nhập số nguyên, không có phần thập phân.
problem-too-small = Xin nhập số từ { $min } trở lên.
problem-too-large = Xin nhập số không quá { $max }.
problem-same-place = Có hai mục cùng ở vị trí { $n }. Xin cho mỗi mục một vị trí riêng.
problem-place-empty = Chưa có mục nào ở vị trí { $n }. Xin xếp liền nhau từ vị trí 1.
problem-out-of-range = Xin nhập số từ { $min } đến { $max }.
problem-too-many-decimals = Xin nhập số có nhiều nhất { $n } chữ số thập phân.
problem-too-long = Câu trả lời quá dài. Xin viết không quá { $n } ký tự.
problem-control-characters = Câu trả lời có ký tự không đọc được. Xin xoá ký tự đó hoặc viết lại.
problem-too-few = Xin chọn ít nhất { $n } mục.
problem-too-many = Xin chọn nhiều nhất { $n } mục.
problem-exclusive = Có một mục không thể chọn cùng mục khác. Xin chỉ chọn mục đó, hoặc bỏ mục đó.
problem-not-asked = Theo các câu trả lời khác, câu này không cần trả lời.
problem-not-offered = Theo các câu trả lời khác, mục này không còn để chọn. Xin chọn lại.
problem-twice = Mỗi mục chỉ được xếp vào một vị trí.
problem-too-early = Xin nhập ngày từ { $day } trở đi.
problem-too-late = Xin nhập ngày không sau { $day }.

# Errors
error-heading-400 = Không hiểu được yêu cầu
error-heading-403 = Ông/Bà không có quyền xem hoặc làm việc này
error-heading-404 = Không tìm thấy trang này
error-heading-409 = Việc này trái với dữ liệu đang có
error-heading-413 = Dữ liệu gửi lên quá lớn
error-heading-503 = Hệ thống đang bận
error-heading-500 = Hệ thống gặp lỗi
error-help-400 = Xin mở lại trang từ đầu và làm lại. Chưa có gì được lưu.
error-help-403 = Nếu cần quyền này, xin liên hệ người quản lý hệ thống. Nếu biểu mẫu đã mở từ lâu, xin mở lại trang và làm lại.
error-help-404 = Địa chỉ có thể bị gõ sai hoặc không còn dùng. Xin kiểm tra lại địa chỉ, hoặc quét lại mã QR.
error-help-409 = Có thể ai đó vừa thay đổi trước Ông/Bà. Xin mở lại trang để xem tình trạng hiện nay.
error-help-413 = Xin viết ngắn hơn rồi gửi lại.
error-help-503 = Xin đợi vài giây rồi thử lại. Chưa có gì bị mất.
error-help-500 = Lỗi đã được ghi lại. Xin thử lại sau ít phút; nếu vẫn lỗi, xin báo người quản lý hệ thống.
error-detail = Chi tiết kỹ thuật
