//! A realistic report and its slides: plausible sentences, tables by part, factor, item and unit, a picture. The figures are made up here and
//! come from no survey. The bench prints a longer one.

use sipas::documents::fonts;
use sipas::documents::{Annex, Block, Column, Deck, Document, Figure, OfficialHead, Run, Signer, Slide, Table, TableRow};
use sipas::web::locale::Language;

/// The words printed on everything that is not real.
pub(crate) const MARK: &str = "DỮ LIỆU MINH HOẠ";

/// A report of about fifteen pages.
pub(crate) fn report() -> Document {
    Document {
        language: "vi".into(),
        head: OfficialHead {
            superior: Some("UBND THÀNH PHỐ HÀ NỘI".into()),
            agency: "SỞ NỘI VỤ".into(),
            number: "Số:          /BC-SNV".into(),
            place_and_date: "Hà Nội, ngày      tháng 12 năm 2026".into(),
            kind: "BÁO CÁO".into(),
            about: "Kết quả đo lường sự hài lòng của người dân, tổ chức đối với sự phục vụ\ncủa cơ quan hành chính nhà nước thành phố Hà Nội năm 2026".into(),
        },
        mark: Some(MARK.into()),
        body: body(),
        signer: Signer { lines: vec!["KT. GIÁM ĐỐC".into(), "PHÓ GIÁM ĐỐC".into()], name: "Nguyễn Thị Minh Nguyệt".into() },
        recipients: [
            "Bộ Nội vụ",
            "Thường trực Thành ủy, HĐND, UBND Thành phố",
            "Các sở, cơ quan tương đương sở",
            "UBND các phường, xã",
            "Giám đốc, các Phó Giám đốc Sở",
            "Lưu: VT, CCHC",
        ]
        .map(String::from)
        .into(),
        annexes: annexes(126),
        foot: "Phương pháp SIPAS 2023 (1001/QĐ-BNV), phiên bản 1.2.0 · dữ liệu chốt 30/11/2026 17:00 · mã kiểm chứng \
               3f9a1c0b77de42d08a5e6f1b90c2d4e8a1b7c3d5e9f00112233445566778899a"
            .into(),
    }
}

/// A paragraph in one style.
pub(crate) fn plain(text: &str) -> Block {
    Block::Paragraph(vec![Run { text: text.into(), ..Run::default() }])
}

fn heading(level: u8, text: &str) -> Block {
    Block::Heading { level, text: text.into() }
}

fn body() -> Vec<Block> {
    let bold = |text: &str| Run { text: text.into(), bold: true, italic: false };
    let run = |text: &str| Run { text: text.into(), ..Run::default() };
    vec![
        Block::Paragraph(vec![Run {
            text: "Thực hiện Quyết định số 5997/QĐ-UBND ngày 02/12/2025 của Ủy ban nhân dân thành phố Hà Nội về phương pháp đo lường sự hài lòng \
                   của người dân, đại diện tổ chức đối với sự phục vụ của các cơ quan hành chính nhà nước, Sở Nội vụ báo cáo kết quả năm 2026 như sau:"
                .into(),
            ..Run::default()
        }]),
        heading(1, "I. PHƯƠNG PHÁP VÀ MẪU KHẢO SÁT"),
        heading(2, "1. Đối tượng và thời gian"),
        plain(
            "Đối tượng khảo sát là người dân từ đủ 18 tuổi cư trú tại 126 phường, xã và đại diện tổ chức đã có giao dịch thủ tục hành chính. \
             Điều tra viên phát phiếu tại hộ từ ngày 01/10/2026 đến ngày 15/11/2026; người trả lời có thể giữ phiếu 1 - 2 ngày hoặc trả lời trực tuyến bằng mã một lần.",
        ),
        heading(2, "2. Cỡ mẫu và tỷ lệ trả lời"),
        Block::Paragraph(vec![
            run("Mẫu được chọn ngẫu nhiên phân tầng theo phường, xã, gồm "),
            bold("12.600 người"),
            run("; thu về 11.284 phiếu hợp lệ, đạt tỷ lệ "),
            bold("89,6%"),
            run(". Mọi tỷ lệ dưới đây đều kèm "),
            Run { text: "khoảng tin cậy 95%".into(), bold: true, italic: true },
            run(" và số câu trả lời hợp lệ."),
        ]),
        Block::List(vec![
            "Số phiếu phát ra: 12.600 phiếu tại 378 thôn, tổ dân phố; mỗi thôn, tổ dân phố chọn ngẫu nhiên hệ thống từ danh sách 250 hộ với bước nhảy cố định và điểm xuất phát được ghi lại.".into(),
            "Số phiếu hợp lệ: 11.284 phiếu; loại 97 phiếu do trả lời giống nhau ở mọi câu.".into(),
            "Phúc tra: 620 phiếu (5,5%), sai lệch dưới 1%.".into(),
        ]),
        heading(3, "a) Quyền số"),
        plain("Quyền số thiết kế được điều chỉnh theo không trả lời và hậu phân tầng theo giới tính, nhóm tuổi; hệ số thiết kế trung bình là 1,38."),
        heading(1, "II. KẾT QUẢ CHUNG"),
        Block::Paragraph(vec![
            run("Chỉ số hài lòng chung năm 2026 của Thành phố đạt "),
            bold("87,12%"),
            run(" (khoảng tin cậy 95%: 86,41% - 87,83%), tăng 0,62 điểm phần trăm so với năm 2024. Mức tăng này nằm ngoài sai số chọn mẫu."),
        ]),
        Block::Table(by_factor()),
        plain("Bảng trên cho thấy yếu tố tiếp nhận, xử lý phản ánh, kiến nghị tiếp tục thấp nhất trong các yếu tố cung ứng dịch vụ, trong khi yếu tố công chức đạt cao nhất."),
        Block::Figure(picture(640, 330)),
        Block::Note("Các khoảng chồng lên nhau không có nghĩa là hai chỉ số bằng nhau; việc so sánh dùng kiểm định hiệu số tại Phụ lục III.".into()),
        heading(1, "III. KẾT QUẢ THEO TIÊU CHÍ"),
        Block::Table(by_item()),
        heading(1, "IV. NHU CẦU, MONG ĐỢI"),
        plain("Người dân mong đợi nhiều nhất việc nâng cao năng lực, thái độ của công chức và mở rộng dịch vụ công trực tuyến toàn trình."),
        heading(1, "V. KIẾN NGHỊ"),
        plain("Sở Nội vụ kiến nghị Ủy ban nhân dân Thành phố giao các đơn vị có chỉ số thấp hơn mức chung của Thành phố một cách có ý nghĩa thống kê xây dựng kế hoạch khắc phục, hoàn thành trước ngày 31/3/2027."),
        plain("Trên đây là báo cáo kết quả đo lường sự hài lòng năm 2026, Sở Nội vụ kính báo cáo./."),
    ]
}

fn annexes(units: usize) -> Vec<Annex> {
    let about = "(Kèm theo Báo cáo số        /BC-SNV ngày     tháng 12 năm 2026 của Sở Nội vụ)";
    vec![
        Annex {
            title: "Chỉ số hài lòng của các phường, xã".into(),
            about: about.into(),
            landscape: false,
            blocks: vec![Block::Table(by_unit(units))],
        },
        Annex {
            title: "Chỉ số từng yếu tố của các phường, xã".into(),
            about: about.into(),
            landscape: true,
            blocks: vec![Block::Table(by_unit_and_factor(units))],
        },
        Annex {
            title: "Phương pháp tính".into(),
            about: about.into(),
            landscape: false,
            blocks: vec![
                heading(2, "1. Công thức"),
                plain(
                    "Chỉ số = Σ w·(số câu trả lời mức 4 và 5) / Σ w·(số câu trả lời hợp lệ) × 100, cộng gộp trên mọi tiêu chí; phương sai tính bằng khai triển Taylor với tầng và cụm.",
                ),
                Block::PageBreak,
                heading(2, "2. Kiểm định"),
                plain("Hai chỉ số được coi là khác nhau khi |Δ| > 1,96 × √(σ₁² + σ₂²)."),
            ],
        },
    ]
}

fn column(head: &str, numeric: bool, share: f32) -> Column {
    Column { head: head.into(), numeric, share }
}

fn row(indent: u8, strong: bool, cells: &[&str]) -> TableRow {
    TableRow { cells: cells.iter().map(|cell| (*cell).to_owned()).collect(), indent, strong }
}

/// The index by part and factor.
fn by_factor() -> Table {
    Table {
        caption: "Chỉ số hài lòng chung, theo phần và theo yếu tố năm 2026".into(),
        columns: vec![
            column("Nội dung", false, 5.2),
            column("Chỉ số\n(%)", true, 1.3),
            column("Khoảng tin cậy\n95% (%)", true, 2.2),
            column("Câu trả lời\nhợp lệ", true, 1.7),
            column("So với 2024\n(điểm %)", true, 1.7),
        ],
        rows: vec![
            row(0, true, &["Chỉ số hài lòng chung", "87,12", "86,41 - 87,83", "436.122", "+0,62"]),
            row(1, true, &["Phần I. Xây dựng, tổ chức thực hiện chính sách công", "86,95", "86,20 - 87,70", "257.204", "+0,71"]),
            row(2, false, &["Trách nhiệm giải trình của cơ quan nhà nước", "86,10", "85,02 - 87,18", "22.410", "+0,44"]),
            row(2, false, &["Sự tham gia của người dân", "85,77", "84,66 - 86,88", "22.297", "+1,02"]),
            row(2, false, &["Chất lượng tổ chức thực hiện chính sách", "87,31", "86,52 - 88,10", "100.658", "+0,66"]),
            row(2, false, &["Kết quả, tác động của chính sách", "87,04", "86,21 - 87,87", "111.839", "+0,75"]),
            row(1, true, &["Phần II. Cung ứng dịch vụ hành chính công", "87,36", "86,58 - 88,14", "178.918", "+0,49"]),
            row(2, false, &["Tiếp cận dịch vụ", "88,04", "87,10 - 88,98", "33.612", "+0,30"]),
            row(2, false, &["Thủ tục hành chính", "87,90", "86,99 - 88,81", "44.780", "+0,52"]),
            row(2, false, &["Công chức giải quyết công việc", "88,42", "87,51 - 89,33", "33.560", "+0,61"]),
            row(2, false, &["Kết quả dịch vụ", "87,66", "86,70 - 88,62", "33.540", "+0,38"]),
            row(2, false, &["Tiếp nhận, xử lý phản ánh, kiến nghị", "84,35", "83,01 - 85,69", "33.426", "−0,12"]),
        ],
        note: Some("Ghi chú: “−” là giảm. Năm 2024 và năm 2026 dùng cùng phương pháp 1001/QĐ-BNV.".into()),
    }
}

/// The 39 items, with words of different lengths so that rows are of different heights.
fn by_item() -> Table {
    let names = [
        "Thông tin về chính sách được cung cấp, giải thích qua nhiều hình thức dễ tìm, dễ tiếp cận",
        "Thông tin đầy đủ, dễ hiểu",
        "Có nhiều hình thức để người dân dễ dàng góp ý đối với dự thảo chính sách trước khi ban hành",
        "Có nhiều hình thức để người dân dễ dàng phản ánh kết quả thực hiện chính sách",
        "Chính sách phát triển kinh tế",
        "Chính sách khám, chữa bệnh",
        "Chính sách giáo dục phổ thông",
        "Chính sách trật tự, an toàn xã hội",
        "Chính sách giao thông đường bộ",
        "Chính sách điện sinh hoạt",
        "Chính sách nước sinh hoạt",
        "Chính sách an sinh xã hội",
        "Chính sách cải cách hành chính",
    ];
    let rows = (0..39).map(|at| {
        let value = 84.0 + f64::from(at * 37 % 61) / 10.0;
        let low = value - 1.1 - f64::from(at % 4) / 10.0;
        let cells = [
            (at + 1).to_string(),
            names[at as usize % names.len()].to_owned(),
            Language::Vi.number(value, 2),
            format!("{} - {}", Language::Vi.number(low, 2), Language::Vi.number(2.0 * value - low, 2)),
            Language::Vi.count(11_000 + u64::from(at as u32) * 7),
        ];
        TableRow { cells: cells.into(), indent: 0, strong: false }
    });
    Table {
        caption: "Tỷ lệ hài lòng theo từng tiêu chí năm 2026".into(),
        columns: vec![
            column("TT", false, 0.7),
            column("Tiêu chí", false, 5.6),
            column("Tỷ lệ (%)", true, 1.3),
            column("Khoảng tin cậy 95% (%)", true, 2.2),
            column("Số câu trả lời", true, 1.5),
        ],
        rows: rows.collect(),
        note: None,
    }
}

/// Names of wards and communes, made long enough by their kind.
pub(crate) fn unit(at: usize) -> String {
    const NAMES: [&str; 14] = [
        "Hoàn Kiếm",
        "Cửa Nam",
        "Ba Đình",
        "Ngọc Hà",
        "Giảng Võ",
        "Văn Miếu - Quốc Tử Giám",
        "Tùng Thiện",
        "Sơn Tây",
        "Đông Anh",
        "Phúc Thịnh",
        "Thư Lâm",
        "Ba Vì",
        "Quốc Oai",
        "Thượng Phúc",
    ];
    let kind = if at.is_multiple_of(3) { "Xã" } else { "Phường" };
    let turn = if at < NAMES.len() { String::new() } else { format!(" {}", at / NAMES.len() + 1) };
    format!("{kind} {}{turn}", NAMES[at % NAMES.len()])
}

/// Every unit with its index, interval and group of rank.
pub(crate) fn by_unit(units: usize) -> Table {
    let rows = (0..units).map(|at| {
        let value = 94.9 - at as f64 * 0.11;
        let cells = [
            (at + 1).to_string(),
            unit(at),
            Language::Vi.number(value, 2),
            format!("{} - {}", Language::Vi.number(value - 2.3, 2), Language::Vi.number(value + 2.3, 2)),
            Language::Vi.count(60 + (at as u64 * 13) % 41),
            format!("{} - {}", at.saturating_sub(8) + 1, (at + 9).min(units)),
        ];
        TableRow { cells: cells.into(), indent: 0, strong: at == 0 }
    });
    Table {
        caption: "Chỉ số hài lòng chung của 126 phường, xã, xếp theo thứ tự giảm dần".into(),
        columns: vec![
            column("TT", true, 0.7),
            column("Đơn vị", false, 4.0),
            column("Chỉ số (%)", true, 1.4),
            column("Khoảng tin cậy 95% (%)", true, 2.3),
            column("Số phiếu", true, 1.2),
            column("Khoảng thứ hạng", true, 1.8),
        ],
        rows: rows.collect(),
        note: Some("Ghi chú: đơn vị có khoảng thứ hạng chồng lên nhau chưa đủ căn cứ để nói đơn vị nào cao hơn.".into()),
    }
}

/// Every unit with all nine factors: a wide table.
pub(crate) fn by_unit_and_factor(units: usize) -> Table {
    let heads = [
        "Giải trình",
        "Tham gia",
        "Tổ chức thực hiện",
        "Kết quả, tác động",
        "Tiếp cận",
        "Thủ tục",
        "Công chức",
        "Kết quả dịch vụ",
        "Phản ánh, kiến nghị",
    ];
    let mut columns = vec![column("TT", true, 0.6), column("Đơn vị", false, 3.4), column("Chung", true, 1.0)];
    columns.extend(heads.map(|head| column(head, true, 1.15)));
    let rows = (0..units).map(|at| {
        let mut cells = vec![(at + 1).to_string(), unit(at)];
        cells.extend((0..10).map(|factor| Language::Vi.number(94.9 - at as f64 * 0.11 - f64::from(factor * 7 % 5), 2)));
        TableRow { cells, indent: 0, strong: false }
    });
    Table { caption: "Chỉ số từng yếu tố của các phường, xã (%)".into(), columns, rows: rows.collect(), note: None }
}

/// A dot plot with intervals, drawn by hand.
pub(crate) fn picture(width: u32, height: u32) -> Figure {
    let lines = [
        ("Công chức giải quyết công việc", 88.42),
        ("Tiếp cận dịch vụ", 88.04),
        ("Thủ tục hành chính", 87.90),
        ("Kết quả dịch vụ", 87.66),
        ("Chất lượng thực hiện chính sách", 87.31),
        ("Kết quả, tác động của chính sách", 87.04),
        ("Trách nhiệm giải trình", 86.10),
        ("Sự tham gia của người dân", 85.77),
        ("Phản ánh, kiến nghị", 84.35),
    ];
    let x = |value: f64| 235.0 + (value - 82.0) * 45.0;
    let mut marks = String::new();
    for (at, (name, value)) in lines.iter().enumerate() {
        let y = 28 + at * 30;
        marks += &format!(
            "<text x=\"225\" y=\"{}\" text-anchor=\"end\" font-size=\"14\">{name}</text><path d=\"M{} {y}H{}\" stroke=\"#4d748a\" stroke-width=\"2.5\"/>\
             <circle cx=\"{}\" cy=\"{y}\" r=\"5\" fill=\"#12546b\"/><text x=\"{}\" y=\"{}\" font-size=\"13\">{}</text>",
            y + 5,
            x(value - 0.9),
            x(value + 0.9),
            x(*value),
            x(value + 0.9) + 8.0,
            y + 5,
            Language::Vi.number(*value, 2)
        );
    }
    for tick in 0..9 {
        let (at, value) = (x(82.0 + f64::from(tick)), 82 + tick);
        marks += &format!(
            "<path d=\"M{at} 12V288\" stroke=\"#dde2e6\"/><text x=\"{at}\" y=\"308\" text-anchor=\"middle\" font-size=\"13\">{value}%</text>"
        );
    }
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 640 330\" font-family=\"{}\"><rect width=\"640\" height=\"330\" fill=\"#fff\"/>{marks}</svg>",
        fonts::FAMILY
    );
    Figure {
        caption: "Chỉ số hài lòng theo yếu tố và khoảng tin cậy 95%".into(),
        alt: "Biểu đồ điểm: công chức 88,42%, tiếp cận 88,04%, thủ tục 87,90%, kết quả dịch vụ 87,66%, thấp nhất là phản ánh, kiến nghị 84,35%.".into(),
        png: png(&svg, 2.0),
        svg,
        width_px: width,
        height_px: height,
        source: Some("Sở Nội vụ, đợt khảo sát SIPAS năm 2026".into()),
    }
}

/// The SVG as PNG, so many times as large.
fn png(svg: &str, scale: f32) -> Vec<u8> {
    use resvg::{tiny_skia, usvg};
    let mut options = usvg::Options::default();
    for font in fonts::all() {
        options.fontdb_mut().load_font_data(font.to_vec());
    }
    let tree = usvg::Tree::from_str(svg, &options).expect("the picture is SVG");
    let size = tree.size().to_int_size().scale_by(scale).expect("the picture has a size");
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).expect("the picture has pixels");
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().expect("the picture can be written")
}

/// Slides of the same survey.
pub(crate) fn deck() -> Deck {
    Deck {
        language: "vi".into(),
        title: "Sự hài lòng của người dân, tổ chức với cơ quan hành chính thành phố Hà Nội năm 2026".into(),
        subtitle: "Sở Nội vụ – Báo cáo Ban Chỉ đạo cải cách hành chính, tháng 12 năm 2026".into(),
        mark: Some(MARK.into()),
        foot: "SIPAS 2023 (1001/QĐ-BNV) · n = 11.284 · chốt 30/11/2026".into(),
        slides: vec![
            Slide {
                title: "Chỉ số chung đạt 87,12%, tăng 0,62 điểm so với năm 2024".into(),
                points: vec![
                    "Khoảng tin cậy 95%: 86,41% - 87,83%; mức tăng nằm ngoài sai số chọn mẫu.".into(),
                    "Cả hai phần đều tăng: chính sách công +0,71 điểm, dịch vụ hành chính công +0,49 điểm.".into(),
                    "Tỷ lệ trả lời 89,6%: 11.284 trên 12.600 người được chọn.".into(),
                ],
                ..Slide::default()
            },
            Slide {
                title: "Phản ánh, kiến nghị là yếu tố thấp nhất và không tăng".into(),
                points: vec![
                    "84,35%, thấp hơn yếu tố kế tiếp 1,42 điểm.".into(),
                    "Giảm 0,12 điểm, trong phạm vi sai số.".into(),
                    "Cần trả lời đúng hạn trước tiên.".into(),
                ],
                figure: Some(picture(640, 330)),
                ..Slide::default()
            },
            Slide {
                title: "Công chức đạt cao nhất trong chín yếu tố".into(),
                figure: Some(picture(640, 330)),
                note: Some("Khoảng tin cậy 95%.".into()),
                ..Slide::default()
            },
            Slide {
                title: "Mười phường, xã đứng đầu chưa khác nhau rõ rệt".into(),
                table: Some(Table { note: None, ..by_unit(10) }),
                note: Some("Khoảng thứ hạng tính đồng thời cho 126 đơn vị với độ tin cậy 95%.".into()),
                ..Slide::default()
            },
        ],
    }
}
