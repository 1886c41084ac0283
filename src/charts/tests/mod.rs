//! What holds for every kind of chart.

mod examples;

use std::fmt::Write;

#[test]
fn gallery() {
    let all = examples::all();
    assert!(all.len() > 80);
    let Some(folder) = std::env::var_os("SIPAS_DRAW_TO").map(std::path::PathBuf::from) else { return };
    let mut page = String::from(
        "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width,initial-scale=1'><meta name=color-scheme content='light dark'><link rel=stylesheet href=sipas.css><link rel=stylesheet href=charts.css><main class=wide>",
    );
    for (name, drawing) in &all {
        std::fs::write(folder.join(format!("{name}.svg")), drawing.standalone()).unwrap();
        let _ = write!(page, "<h2>{name}</h2><figure class=chart-figure>{}</figure>", drawing.inline(name));
        std::fs::write(
            folder.join(format!("{name}.html")),
            format!("<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width,initial-scale=1'><meta name=color-scheme content='light dark'><link rel=stylesheet href=sipas.css><link rel=stylesheet href=charts.css><body><main class=wide><figure class=chart-figure>{}</figure></main><script type=module src=charts.js></script>", drawing.inline(name)),
        ).unwrap();
        if drawing.height() < 6000.0 {
            std::fs::write(folder.join(format!("{name}.png")), drawing.png(1140).unwrap()).unwrap();
        }
    }
    std::fs::write(folder.join("all.html"), page).unwrap();
}
