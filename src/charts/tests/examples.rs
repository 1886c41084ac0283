//! Realistic charts of every kind with 0 to 600 rows, for all tests, and for looking at: `SIPAS_DRAW_TO=folder cargo test --lib charts::tests::gallery`
//! writes each as PNG and one page with all as they stand in pages.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::charts::*;

/// Numbers as Vietnamese writes them.
pub(super) fn vi(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}").replace('.', ",").replace('-', "−")
}

fn date(date: NaiveDate, span: Span) -> String {
    match span {
        Span::Day => date.format("%d/%m/%Y").to_string(),
        Span::Month => date.format("%m/%Y").to_string(),
        Span::Year => date.format("%Y").to_string(),
    }
}

/// Names of Hà Nội's wards, communes, departments and branches, and longer ones made of them.
pub(super) fn names(wanted: usize) -> Vec<String> {
    let list: Vec<&str> =
        include_str!("../../../survey-defs/units/hanoi.csv").lines().skip(2).filter_map(|l| l.split(',').nth(1)).collect();
    (0..wanted)
        .map(|i| match (list[i % list.len()], i / list.len()) {
            (name, 0) if i % 17 == 9 => {
                format!("Chi nhánh Trung tâm Phục vụ hành chính công số {} thành phố Hà Nội tại {name}", i / 17 + 1)
            }
            (name, 0) => name.to_owned(),
            (name, round) => format!("Điểm tiếp nhận số {round} – {name}"),
        })
        .collect()
}

/// Numbers between 0 and 1, always the same.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 33).unwrap()) / f64::from(1_u32 << 31)
    }

    /// About normal.
    fn bell(&mut self) -> f64 {
        (0..6).map(|_| self.next()).sum::<f64>() - 3.0
    }
}

pub(super) fn head(title: &str) -> Head {
    Head {
        title: title.into(),
        subtitle:
            "Chỉ số hài lòng chung, 4.812 phiếu hợp lệ, mẫu hai giai đoạn, khoảng tin cậy 95%, phương pháp theo Quyết định 1001/QĐ-BNV"
                .into(),
        source: "Nguồn: Khảo sát hộ gia đình 2026, số liệu chốt ngày 21/11/2026, bản công bố 3 (9f2c1ab4)".into(),
        description: "Mỗi dòng là một đơn vị; chấm là ước lượng, vạch là khoảng tin cậy. Bảng số liệu đầy đủ ở ngay dưới biểu đồ.".into(),
    }
}

fn link(i: usize) -> Option<String> {
    Some(format!("/reports/ho-gia-dinh-2026/units/{i}"))
}

pub(super) fn intervals(rows: usize, narrow: bool) -> IntervalPlot<'static> {
    let mut chance = Chance::new(7);
    let mut values: Vec<(f64, f64)> = (0..rows).map(|_| (86.0 + 3.2 * chance.bell(), 1.2 + 3.5 * chance.next())).collect();
    values.sort_by(|a, b| b.0.total_cmp(&a.0));
    let row = |(i, ((v, half), name)): (usize, ((f64, f64), String))| {
        let (low, high) = ((v - half).max(0.0), (v + half).min(100.0));
        let v = v.min(99.5);
        let missing = i % 23 == 13;
        IntervalRow {
            rank: if missing { String::new() } else { format!("{}–{}", i.saturating_sub(i % 7) + 1, i + 3 + i % 5) },
            tip: Some(format!("{name}: {} (từ {} đến {})", vi(v, 2), vi(low, 2), vi(high, 2))),
            name,
            figure: if missing { Figure::missing("chưa đủ mẫu") } else { Figure::known(v, (low, high.max(v)), vi(v, 2)) },
            detail: if missing { "n = 12".into() } else { format!("{}–{}", vi(low, 1), vi(high, 1)) },
            band: u32::try_from(i / 6).ok().filter(|_| !missing),
            link: link(i),
        }
    };
    IntervalPlot {
        head: head("86,50% hài lòng; 9 xã, phường thấp hơn hẳn mức chung của Thành phố"),
        rows: values.into_iter().zip(names(rows)).enumerate().map(row).collect(),
        reference: Some(Reference { value: 86.5, label: "Toàn thành phố 86,50".into() }),
        possible: (0.0, 100.0),
        headings: Headings { rank: "Hạng".into(), name: "Đơn vị".into(), value: "Chỉ số".into(), detail: "Khoảng 95%".into() },
        number: &vi,
        narrow,
    }
}

const FACTORS: [&str; 8] = [
    "Tiếp cận dịch vụ hành chính công",
    "Thủ tục hành chính",
    "Công chức trực tiếp giải quyết công việc",
    "Kết quả cung ứng dịch vụ",
    "Tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị",
    "Trách nhiệm giải trình",
    "Cơ hội tham gia",
    "Chất lượng dịch vụ công trực tuyến",
];

pub(super) fn bars(rows: usize, narrow: bool) -> Bars<'static> {
    let mut chance = Chance::new(3);
    let all = names(rows);
    let row = |i: usize| {
        let v = 70.0 + 28.0 * chance.next();
        let name = if rows <= 20 {
            FACTORS.get(i % 9).map_or("Phần I. Cung ứng dịch vụ hành chính công", |n| n).to_owned()
        } else {
            all[i].clone()
        };
        Bar {
            tip: Some(format!("{name}: {}%", vi(v, 1))),
            name,
            level: u8::from(i % 9 != 8),
            figure: if i % 11 == 10 {
                Figure::missing("chưa đủ mẫu")
            } else {
                Figure::known(v, (v - 2.0, (v + 1.8).min(100.0)), format!("{}%", vi(v, 1)))
            },
            before: (i % 5 != 4).then(|| v - 4.0 + 6.0 * chance.next()),
            detail: String::new(),
            link: None,
        }
    };
    Bars {
        head: head("Thủ tục hành chính được đánh giá cao nhất, tiếp nhận góp ý thấp nhất"),
        rows: (0..rows).map(row).collect(),
        before: "Năm 2025".into(),
        headings: Headings { name: "Yếu tố".into(), value: "Hài lòng".into(), ..Headings::default() },
        number: &vi,
        narrow,
    }
}

pub(super) fn stacked(options: usize, rows: usize, narrow: bool) -> Stacked {
    let mut chance = Chance::new(5);
    let scale: &[&str] = match options {
        2 => &["Không", "Có"],
        3 => &["Chậm hơn hẹn", "Đúng hẹn", "Sớm hơn hẹn"],
        4 => &["Không tin tưởng", "Ít tin tưởng", "Khá tin tưởng", "Rất tin tưởng"],
        5 => &["Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"],
        _ => &[
            "Đến trực tiếp bộ phận một cửa",
            "Cổng dịch vụ công quốc gia",
            "Bưu chính công ích",
            "Qua người quen",
            "Đại lý dịch vụ công",
            "Tổ công nghệ số cộng đồng",
            "Khác",
        ],
    };
    let all = names(rows);
    let row = |i: usize| {
        let weights: Vec<f64> = (0..scale.len()).map(|k| (0.2 + chance.next()) * [0.12, 0.2, 0.6, 2.6, 1.4, 0.9, 0.3][k]).collect();
        let sum: f64 = weights.iter().sum();
        let shares: Vec<(f64, String)> = weights.iter().map(|w| (100.0 * w / sum, vi(100.0 * w / sum, 0))).collect();
        let satisfied = shares.iter().rev().take(2).map(|s| s.0).sum::<f64>();
        let name = if rows <= 20 { FACTORS[i % 8].to_owned() } else { all[i].clone() };
        StackedRow {
            name,
            shares: if i % 13 == 12 { Err("chưa đủ mẫu".into()) } else { Ok(shares) },
            value: if options == 5 && i % 13 != 12 { format!("{}%", vi(satisfied, 1)) } else { String::new() },
            n: format!("n = {}", 40 + i * 37 % 900),
            link: link(i),
            tip: None,
        }
    };
    Stacked {
        head: head("Bốn trong năm người dân hài lòng hoặc rất hài lòng"),
        options: scale.iter().map(|s| (*s).to_owned()).collect(),
        palette: if options > 5 { Palette::Nominal } else { Palette::Scale },
        rows: (0..rows).map(row).collect(),
        headings: Headings { name: "Tiêu chí".into(), value: "Hài lòng".into(), detail: "Số phiếu".into(), ..Headings::default() },
        narrow,
    }
}

pub(super) fn series(lines: usize, points: usize, narrow: bool) -> TimeSeries<'static> {
    let mut chance = Chance::new(11);
    let begin = NaiveDate::from_ymd_opt(2023, 3, 15).unwrap();
    let name = [
        "Toàn thành phố",
        "Phường Hoàn Kiếm",
        "Phường Văn Miếu - Quốc Tử Giám",
        "Xã Sóc Sơn",
        "Xã Ba Vì",
        "Sở Nông nghiệp và Môi trường",
        "Sở Y tế",
    ];
    let line = |k: usize| {
        let mut v = 80.0 + 2.0 * f64::from(u32::try_from(k).unwrap());
        let mut at = 0;
        let one = |i: usize| {
            v += 1.5 * chance.bell() + 0.4;
            at += 60 + u64::try_from(i % 3).unwrap() * 75;
            let day = begin + Days::new(at);
            Point {
                day,
                value: v,
                interval: (k < 2).then_some((v - 1.6, v + 1.6)),
                label: vi(v, 1),
                signal: (lines == 1 && i % 9 == 5).then(|| "trên giới hạn".into()),
                link: None,
                tip: Some(format!("{}: {}", day.format("%d/%m/%Y"), vi(v, 1))),
            }
        };
        Line { name: if lines > 1 { name[k % name.len()].into() } else { String::new() }, points: (0..points).map(one).collect() }
    };
    TimeSeries {
        head: head("Tăng 2,93 điểm so với năm 2023"),
        lines: (0..lines).map(line).collect(),
        possible: (0.0, 100.0),
        breaks: vec![Break {
            day: NaiveDate::from_ymd_opt(2024, 7, 1).unwrap(),
            label: "Từ 01/07/2024: phương pháp mới của Thành phố".into(),
        }],
        control: (lines == 1 && points > 10).then(|| Control {
            steps: vec![
                Limits { from: begin, lower: 77.0, centre: 80.0, upper: 83.0 },
                Limits { from: NaiveDate::from_ymd_opt(2024, 7, 1).unwrap(), lower: 82.0, centre: 85.0, upper: 88.0 },
            ],
            centre: "Trung bình 85,0".into(),
            lower: "Giới hạn dưới".into(),
            upper: "Giới hạn trên".into(),
        }),
        number: &vi,
        date: &date,
        narrow,
    }
}

pub(super) fn heat(columns: usize, rows: usize, narrow: bool) -> HeatMap<'static> {
    let mut chance = Chance::new(13);
    let row = |(i, name): (usize, String)| {
        let level = 2.5 * chance.bell();
        let cells = (0..columns)
            .map(|k| {
                if (i * 5 + k * 3) % 29 == 11 {
                    return Cell::Missing { reason: "ít phiếu".into() };
                }
                let v = (80.0 + 1.7 * f64::from(u32::try_from(k).unwrap()) + level + 2.0 * chance.bell()).min(100.0);
                Cell::Known { value: v, label: vi(v, 1), tip: Some(format!("{name} · {}: {}", FACTORS[k % 8], vi(v, 1))) }
            })
            .collect();
        HeatRow { link: link(i), cells, name }
    };
    HeatMap {
        head: head("Góp ý, phản ánh là điểm yếu chung; Sóc Sơn và Ba Vì thấp ở mọi yếu tố"),
        columns: (0..columns).map(|k| FACTORS[k % 8].to_owned()).collect(),
        rows: names(rows).into_iter().enumerate().map(row).collect(),
        key: "Chênh lệch so với trung vị của cột, điểm phần trăm".into(),
        number: &vi,
        narrow,
    }
}

pub(super) fn scatter(points: usize, narrow: bool) -> Scatter<'static> {
    let mut chance = Chance::new(17);
    let all = names(points);
    let point = |i: usize| ScatterPoint {
        name: if points <= 8 {
            FACTORS[i].into()
        } else if points <= 20 {
            format!("{} – tiêu chí {}", FACTORS[i % 8], i + 1)
        } else {
            all[i].clone()
        },
        x: 0.05 + 0.3 * chance.next(),
        y: 86.0 + 4.0 * chance.bell(),
        emphasis: i == 4,
        link: link(i),
        tip: None,
    };
    Scatter {
        head: head("Nên ưu tiên: tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị"),
        points: (0..points).map(point).collect(),
        x: Measure { label: "Mức độ quan trọng (tỷ trọng trong hài lòng chung)".into(), possible: (0.0, 1.0), cut: Some(0.2) },
        y: Measure { label: "Mức độ hài lòng, %".into(), possible: (0.0, 100.0), cut: Some(86.5) },
        quadrants: ["Duy trì".into(), "Phát huy".into(), "Theo dõi".into(), "Ưu tiên cải thiện".into()],
        number: &vi,
        narrow,
    }
}

pub(super) fn funnel(points: usize, narrow: bool) -> Funnel<'static> {
    let mut chance = Chance::new(19);
    let point = |(i, name): (usize, String)| {
        let n = (10.0 + 900.0 * chance.next().powi(3)).round();
        let sd = (86.5_f64 * 13.5 / n).sqrt();
        let z = chance.bell() * if i % 11 == 4 { 5.0 } else { 1.4 };
        let value = (86.5 + z * sd).clamp(0.0, 100.0);
        FunnelPoint {
            tip: Some(format!("{name}: {} ({n} phiếu)", vi(value, 1))),
            name,
            n,
            value,
            outlier: (value - 86.5).abs() > 3.09 * sd,
            link: link(i),
        }
    };
    Funnel {
        head: head("Phần lớn chênh lệch giữa các đơn vị chỉ là ngẫu nhiên"),
        points: names(points).into_iter().enumerate().map(point).collect(),
        centre: Reference { value: 86.5, label: "Toàn thành phố 86,50".into() },
        limits: [
            LimitPair { label: "95%".into(), at: &|n| (86.5 - 1.96 * (86.5 * 13.5 / n).sqrt(), 86.5 + 1.96 * (86.5 * 13.5 / n).sqrt()) },
            LimitPair { label: "99,8%".into(), at: &|n| (86.5 - 3.09 * (86.5 * 13.5 / n).sqrt(), 86.5 + 3.09 * (86.5 * 13.5 / n).sqrt()) },
        ],
        spread: if narrow { Spread::Log } else { Spread::Root },
        x_label: "Số phiếu hợp lệ".into(),
        y_label: "Chỉ số hài lòng, %".into(),
        possible: (0.0, 100.0),
        number: &vi,
        narrow,
    }
}

/// GeoJSON of areas with ragged common borders, small ones in the middle: a province as it could be.
pub(super) fn province(wanted: usize) -> String {
    let side = (1..).find(|s| s * s >= wanted.max(1)).unwrap();
    let corner = |i: usize, j: usize| {
        let mut chance = Chance::new(u64::try_from(i * 1000 + j + 1).unwrap());
        chance.next();
        let at = |k: usize, c: f64| {
            let share = f64::from(u32::try_from(k).unwrap()) / f64::from(u32::try_from(side).unwrap()) * 2.0 - 1.0;
            (share * share.abs().powf(0.7) + c * 0.5 / f64::from(u32::try_from(side).unwrap()) * (0.3 + share.abs())) * 0.35
        };
        (105.7 + at(i, chance.next() - 0.5), 21.0 + at(j, chance.next() - 0.5))
    };
    // The same ragged line for both sides: made from the smaller end to the larger.
    let border = |a: (f64, f64), b: (f64, f64)| {
        let turned = (a.0, a.1) > (b.0, b.1);
        let (from, to) = if turned { (b, a) } else { (a, b) };
        let mut line = vec![from, to];
        let mut chance = Chance::new((from.0.to_bits() ^ to.1.to_bits().rotate_left(17)) >> 3);
        for _ in 0..6 {
            let mut finer = vec![line[0]];
            for w in line.windows(2) {
                let bend = (chance.next() - 0.5) * 0.45;
                let (dx, dy) = (w[1].0 - w[0].0, w[1].1 - w[0].1);
                finer.extend([(f64::midpoint(w[0].0, w[1].0) - dy * bend, f64::midpoint(w[0].1, w[1].1) + dx * bend), w[1]]);
            }
            line = finer;
        }
        if turned {
            line.reverse();
        }
        line.pop();
        line
    };
    let features: Vec<Value> = (0..wanted)
        .map(|k| {
            let (i, j) = (k % side, k / side);
            let corners = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)];
            let mut ring: Vec<(f64, f64)> = (0..4).flat_map(|c| border(corners[c], corners[(c + 1) % 4])).collect();
            ring.push(ring[0]);
            let ring: Vec<[f64; 2]> = ring.into_iter().map(|(x, y)| [x, y]).collect();
            json!({"type": "Feature", "properties": {"ma": format!("u{k}")}, "geometry": {"type": "Polygon", "coordinates": [ring]}})
        })
        .collect();
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

pub(super) fn map(geography: &Geography, narrow: bool) -> Map<'_> {
    let mut chance = Chance::new(23);
    let all = names(geography.codes().count());
    let areas: Vec<Area> = geography
        .codes()
        .zip(all)
        .enumerate()
        .map(|(i, (code, name))| {
            let value = (i % 19 != 7).then(|| 86.0 + 4.0 * chance.bell());
            let tip = Some(format!("{name}: {}", value.map_or("chưa đủ mẫu".into(), |v| vi(v, 1))));
            Area { code: code.into(), name, value, link: link(i), tip }
        })
        .collect();
    Map {
        head: head("Vùng ven sông có chỉ số thấp hơn nội thành"),
        geography,
        limits: Map::limits(areas.iter().filter_map(|a| a.value)),
        areas,
        key: "Chỉ số hài lòng, %".into(),
        missing: "chưa đủ mẫu".into(),
        number: &vi,
        narrow,
    }
}

/// Every kind with every number of rows, by name.
pub(super) fn all() -> Vec<(String, Drawing)> {
    let mut out = Vec::new();
    for narrow in [false, true] {
        let mut add = |name: String, drawing: Drawing| out.push((format!("{name}{}", if narrow { "-narrow" } else { "" }), drawing));
        for rows in [0, 1, 20, 126, 600] {
            add(format!("interval-{rows}"), intervals(rows, narrow).draw());
            add(format!("bars-{rows}"), bars(rows, narrow).draw());
            add(format!("stacked-{rows}"), stacked(5, rows, narrow).draw());
            add(format!("heat-{rows}"), heat(5, rows, narrow).draw());
            add(format!("scatter-{rows}"), scatter(rows, narrow).draw());
            add(format!("funnel-{rows}"), funnel(rows, narrow).draw());
            let geography = Geography::read(&province(rows), "ma").unwrap();
            add(format!("map-{rows}"), map(&geography, narrow).draw());
        }
        for options in [2, 3, 4, 7] {
            add(format!("stacked-of-{options}"), stacked(options, 6, narrow).draw());
        }
        for (lines, points) in [(0, 0), (1, 1), (1, 5), (1, 20), (2, 6), (6, 8), (6, 126)] {
            add(format!("time-{lines}-{points}"), series(lines, points, narrow).draw());
        }
        add("heat-of-8".into(), heat(8, 20, narrow).draw());
        add("heat-of-12".into(), heat(12, 8, narrow).draw());
        add("scatter-8".into(), scatter(8, narrow).draw());
    }
    out
}
