
# Accounts: people, rights, sign-in, mail, audit log

# Ways in the head of pages
nav-ways = Các mục quản lý
nav-surveys = Khảo sát
nav-questionnaires = Phiếu hỏi
nav-people = Người dùng
nav-audit = Nhật ký
nav-account = Tài khoản của { $name }
actor-command-line = dòng lệnh trên máy chủ
done = Đã lưu.
error-heading-429 = Xin chờ một lát
error-help-429 = Có quá nhiều lần thử trong thời gian ngắn. Xin chờ một lát rồi thử lại.

# Sign in
signin-name-or-mail = Tên đăng nhập hoặc địa chỉ thư điện tử
signin-wait-seconds = Xin chờ { $n } giây rồi đăng nhập lại.
signin-wait-minutes = Xin chờ { $n } phút rồi đăng nhập lại.
signin-wait-help = Vừa có nhiều lần đăng nhập không thành công. Nếu đó không phải là Ông/Bà, có thể ai đó đang thử đoán mật khẩu; trên thiết bị mà Ông/Bà đã từng đăng nhập thì không phải chờ. Ông/Bà cũng có thể đặt mật khẩu mới qua thư điện tử.

# Forgotten password
forgot-link = Quên mật khẩu?
forgot-title = Đặt mật khẩu mới
forgot-lead = Xin nhập tên đăng nhập hoặc địa chỉ thư điện tử. Nếu có tài khoản, Ông/Bà sẽ nhận được thư có đường dẫn để đặt mật khẩu mới.
forgot-go = Gửi đường dẫn
forgot-asked = Nếu có tài khoản này, thư đã được gửi.
forgot-asked-help = Đường dẫn trong thư dùng được trong 1 giờ. Không thấy thư thì xin xem mục thư rác, hoặc nhờ người quản trị hệ thống: tài khoản của Ông/Bà có thể chưa có địa chỉ thư điện tử.
link-first-title = Đặt mật khẩu đầu tiên
link-reset-title = Đặt mật khẩu mới
link-for = Tên đăng nhập của Ông/Bà: { $name }
link-go = Lưu và đăng nhập
link-ended-title = Đường dẫn không còn dùng được
link-ended = Mỗi đường dẫn chỉ dùng được một lần và trong thời hạn ghi trong thư. Xin yêu cầu đường dẫn mới.
link-ended-go = Yêu cầu đường dẫn mới

# Own account
account-title = Tài khoản của tôi
account-no-mail = chưa có
sessions-title = Các phiên đăng nhập
sessions-lead = Nơi tài khoản này đang đăng nhập. Thấy phiên lạ, xin kết thúc phiên đó và đổi mật khẩu.
session-unknown = Trình duyệt không rõ
session-this = phiên này
session-since = Từ { $at }
session-end = Kết thúc
sessions-end-others = Kết thúc mọi phiên khác
keys-title = Khóa API
keys-lead = Dùng khóa API để chương trình làm việc thay Ông/Bà, với đúng những quyền Ông/Bà có.
key-new = Khóa mới của Ông/Bà
key-new-help = Xin chép lại ngay: khóa chỉ hiện một lần này. Chương trình gửi khóa trong tiêu đề “Authorization: Bearer …”.
key-make = Tạo khóa
key-made = Tạo { $made }, hết hạn { $expires }
key-expired = đã hết hạn
key-end = Thu hồi
key-name-label = Khóa dùng cho việc gì
key-days-label = Dùng được bao nhiêu ngày
key-name = Xin đặt tên cho khóa, không quá 80 ký tự.
key-days = Số ngày từ 1 đến { $n }.
key-many = Đã có quá nhiều khóa. Xin thu hồi khóa không dùng nữa trước khi tạo khóa mới.

# People
people-title = Người dùng
people-invited = Đã gửi lời mời.
person-name = Tên đăng nhập
person-name-help = Họ và tên, ví dụ “Nguyễn Thị Lan”.
person-mail = Địa chỉ thư điện tử
person-mail-save = Lưu địa chỉ
person-language = Ngôn ngữ của thư
person-role = Vai trò
person-role-choose = Chọn vai trò
person-roles = Vai trò
person-branch = Phạm vi
person-branch-help = Mã đơn vị; vai trò có hiệu lực với đơn vị này và mọi đơn vị cấp dưới. Để trống là toàn bộ.
person-last = Đăng nhập gần nhất
person-never = chưa lần nào
person-state = Trạng thái
person-state-active = Hoạt động
person-state-invited = Đã mời
person-state-one-time = Mật khẩu dùng một lần
person-state-disabled = Đã khóa
person-access = Đăng nhập
person-sessions = Số phiên đang mở
invite-title = Mời người dùng
invite-lead = Người được mời nhận thư có đường dẫn để tự đặt mật khẩu, dùng được trong 72 giờ.
invite-go = Gửi lời mời
grant-add = Giao vai trò
grant-revoke = Thu hồi
step-invite-again = Gửi lại lời mời
step-invite-again-meaning = Gửi thư mới; đường dẫn trong thư cũ không còn dùng được.
step-link = Gửi đường dẫn đặt mật khẩu
step-link-meaning = Người dùng nhận thư để tự đặt mật khẩu mới, dùng được trong 1 giờ.
step-end-sessions = Kết thúc mọi phiên
step-end-sessions-meaning = Người dùng phải đăng nhập lại trên mọi thiết bị.
step-disable = Khóa tài khoản
step-disable-meaning = Người dùng không đăng nhập được nữa, khóa API ngừng hoạt động. Có thể mở lại bất cứ lúc nào.
step-enable = Mở lại tài khoản
step-enable-meaning = Người dùng đăng nhập lại được với mật khẩu và vai trò cũ.
trouble-user-name = Tên đăng nhập có từ 2 đến 60 chữ cái, chữ số, dấu cách hoặc . - _ '
trouble-mail-address = Địa chỉ thư điện tử không đúng. Xin viết như lan@hanoi.gov.vn.
trouble-user-exists = Tên đăng nhập này đã có. Xin chọn tên khác.
trouble-mail-exists = Địa chỉ thư điện tử này là của người khác.
trouble-branch-unknown = Không có đơn vị nào mang mã này. Xin chọn trong danh sách.
trouble-branch-not-limited = Vai trò này chỉ giao cho toàn bộ, không theo đơn vị. Xin để trống phạm vi.
trouble-last-administrator = Đây là người quản trị cuối cùng còn đăng nhập được. Xin giao vai trò quản trị cho người khác trước.
trouble-no-mail = Người này chưa có địa chỉ thư điện tử. Xin nhập địa chỉ trước.
trouble-disabled = Tài khoản đang bị khóa. Xin mở lại trước.

# Roles
role-administrator = Quản trị hệ thống
role-designer = Người soạn phiếu
role-reviewer = Người duyệt phiếu
role-survey-manager = Người quản lý khảo sát
role-analyst = Người phân tích
role-leader = Lãnh đạo
role-unit-officer = Cán bộ đơn vị
role-everywhere = { $role }
role-in-branch = { $role } – { $branch }
role-none = chưa có vai trò
role-meanings = Mỗi vai trò được làm gì?
role-administrator-meaning = Quản lý người dùng, xem nhật ký, và làm được mọi việc của các vai trò khác.
role-designer-meaning = Soạn và sửa phiếu hỏi.
role-reviewer-meaning = Xem phiếu đang soạn và duyệt phiếu.
role-survey-manager-meaning = Mở, đóng, công bố khảo sát của các đơn vị trong phạm vi; chốt và công bố số liệu; xem kết quả trước khi công bố.
role-analyst-meaning = Xem kết quả trước khi công bố và số liệu đằng sau, thẩm định bản công bố, trong phạm vi.
role-leader-meaning = Xem kết quả trước khi công bố, ký duyệt bản công bố, trong phạm vi.
role-unit-officer-meaning = Đại diện cho một đơn vị; xem được những gì đã công bố.

# Mails that failed
mails-title = Thư chưa gửi được
mails-lead = Thư được gửi lại với khoảng cách dài dần; sau 3 ngày thì thôi. Xin kiểm tra địa chỉ người nhận và cấu hình máy chủ thư.
mail-to = Người nhận
mail-written = Viết lúc
mail-reason = Lý do
mail-again = Gửi lại lúc
mail-given-up = Đã thôi gửi

# Audit log
audit-title = Nhật ký
audit-lead = Ai đã thay đổi gì, khi nào. Nhật ký chỉ được ghi thêm, không sửa, không xóa. Giờ Việt Nam.
audit-who = Người thực hiện
audit-action = Việc
audit-object = Đối tượng
audit-from = Từ ngày
audit-to = Đến ngày
audit-show = Xem
audit-at = Thời điểm
audit-detail = Chi tiết
audit-none = Không có dòng nào.
audit-older = Các dòng cũ hơn
audit-csv = Tải về (CSV)
audit-check = Kiểm tra tính toàn vẹn
audit-whole = Nhật ký toàn vẹn: { $n } dòng.
audit-whole-help = Xin ghi lại số dòng và mã của dòng cuối ở nơi khác, để về sau nhận ra nếu nhật ký bị cắt:
audit-broken = Nhật ký không còn toàn vẹn từ dòng { $n }.
audit-broken-help = { $n } dòng trước đó khớp nhau. Ai đó đã thay đổi cơ sở dữ liệu mà không qua chương trình; xin đối chiếu với bản sao lưu.

# Actions in the audit log; one without words shows its code
action-survey-open = Mở khảo sát
action-survey-close = Đóng khảo sát
action-survey-publish = Công bố kết quả
action-user-create = Tạo tài khoản
action-user-one-time-password = Cấp mật khẩu dùng một lần
action-user-password = Đặt mật khẩu
action-user-invite = Mời người dùng
action-user-link = Gửi đường dẫn đặt mật khẩu
action-user-forgot = Yêu cầu mật khẩu mới
action-user-mail = Đổi địa chỉ thư điện tử
action-user-grant = Giao vai trò
action-user-revoke = Thu hồi vai trò
action-user-disable = Khóa tài khoản
action-user-enable = Mở lại tài khoản
action-user-session-end = Kết thúc một phiên
action-user-sessions-end = Kết thúc các phiên
action-key-create = Tạo khóa API
action-key-end = Thu hồi khóa API

# Mails
mail-greeting = Kính gửi Ông/Bà { $name },
mail-link-limits = Đường dẫn dùng được một lần, trong { $hours } giờ.
mail-signature = Hệ thống SIPAS – đo lường sự hài lòng về phục vụ hành chính. Thư này được gửi tự động, xin không trả lời.
mail-invitation-subject = Lời mời sử dụng hệ thống SIPAS
mail-invitation-by = { $by } mời Ông/Bà sử dụng hệ thống SIPAS.
mail-invitation-what = Ông/Bà được mời sử dụng hệ thống SIPAS.
mail-invitation-do = Xin mở đường dẫn sau để đặt mật khẩu và đăng nhập:
mail-invitation-unknown = Nếu Ông/Bà không rõ vì sao nhận được thư này, xin bỏ qua.
mail-reset-subject = Đặt mật khẩu mới cho hệ thống SIPAS
mail-reset-by = { $by } gửi Ông/Bà đường dẫn để đặt mật khẩu mới.
mail-reset-what = Có người yêu cầu đặt mật khẩu mới cho tài khoản của Ông/Bà.
mail-reset-do = Xin mở đường dẫn sau để đặt mật khẩu mới:
mail-reset-unknown = Nếu Ông/Bà không yêu cầu, xin bỏ qua thư này; mật khẩu cũ vẫn dùng được.
