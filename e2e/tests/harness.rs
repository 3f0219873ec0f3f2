//! The harness itself, on a page that the test serves: a journey can only be trusted if what it fails on really fails it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use e2e::{Outcome, Site};

const PAGE: &str = r#"<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>登记</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main><h1>幼儿园登记</h1>
<form><label for="name">园名</label> <input id="name"><label>所有制 <select id="kind"><option value="a">公办</option><option value="b">民办</option></select></label>
<label>开办日期 <input type="date" id="day"></label><label>登记册 <input type="file" id="file"></label>
<button type="button" id="save">保存</button><button type="button" hidden>删除</button></form><p id="said"></p><a href="/next">下一页</a></main>
<script>
document.getElementById('save').onclick = () => setTimeout(() => {
  const value = id => document.getElementById(id).value;
  document.getElementById('said').textContent = [value('name'), value('kind'), value('day'), value('file').split('\\').pop()].join(' / ');
}, 300);
document.onkeydown = event => { if (event.key === 'm') document.getElementById('said').textContent = '按键'; };
let down = null;
document.onpointerdown = event => { down = event.clientX; };
document.onpointerup = event => { if (event.clientX - down > 100) document.getElementById('said').textContent = '拖动'; };
</script></body></html>"#;

const POOR: &str = r#"<!doctype html><html lang="zh-CN"><head><title>差</title></head><body><main><h1>标题</h1>
<p style="color:#bbb;background:#fff">看不清的字</p><input><img src="/missing.png"></main></body></html>"#;

/// Serves the pages above until the test's process ends.
fn site() -> Outcome<Site> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = String::new();
            let mut line = String::new();
            let mut reader = BufReader::new(&stream);
            while reader.read_line(&mut line).is_ok_and(|length| length > 2) {
                request.push_str(&std::mem::take(&mut line));
            }
            let path = request.split(' ').nth(1).unwrap_or("/");
            let (status, page) = match path {
                "/" => ("200 OK", PAGE),
                "/poor" => ("200 OK", POOR),
                "/next" => (
                    "200 OK",
                    "<!doctype html><html lang=\"zh-CN\"><head><title>n</title></head><body>到了</body></html>",
                ),
                _ => ("404 Not Found", "没有这一页"),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                page.len()
            );
            drop(
                stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(page.as_bytes())),
            );
        }
    });
    Ok(Site::at(format!("http://{address}")))
}

#[test]
fn a_visitor_fills_a_form_and_follows_a_link() -> Outcome {
    let visitor = site()?.visitor()?;
    visitor.open("/")?;
    visitor.fill("园名", "青禾幼儿园")?;
    visitor.choose("所有制", "民办")?;
    visitor.fill("开办日期", "2026-02-03")?;
    visitor
        .attach("登记册", &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))?;
    visitor.does_not_see("青禾幼儿园 / b")?;
    visitor.click("保存")?;
    visitor.sees("青禾幼儿园 / b / 2026-02-03 / Cargo.toml")?;
    visitor.click("幼儿园登记").expect_err("a heading is nothing to click");
    visitor.run("document.activeElement.blur()", &[])?;
    visitor.press("m")?;
    visitor.sees("按键")?;
    visitor.drag((300, 600), (500, 640))?;
    visitor.sees("拖动")?;
    assert_eq!(visitor.status_of("/nowhere")?, 404);
    visitor.click("下一页")?;
    visitor.sees("到了")?;
    assert_eq!(visitor.path()?, "/next");
    Ok(())
}

#[test]
fn what_is_not_there_is_looked_for_in_vain() -> Outcome {
    let visitor = site()?.visitor()?;
    visitor.open("/")?;
    let trouble = visitor.sees("学区中心园").expect_err("the page does not say so").to_string();
    assert!(trouble.contains("looked in vain for “学区中心园” on /"), "{trouble}");
    assert!(
        trouble.contains("幼儿园登记"),
        "what is shown instead belongs to the message: {trouble}"
    );
    assert!(visitor.click("删除").is_err(), "a hidden button cannot be clicked");
    assert!(visitor.does_not_see("幼儿园登记").is_err());
    Ok(())
}

#[test]
fn poor_contrast_missing_labels_and_missing_files_are_found() -> Outcome {
    let visitor = site()?.visitor()?;
    visitor.open("/")?;
    visitor.finds_it_accessible()?;
    visitor.finds_no_errors_behind().or_else(|trouble| {
        if trouble.to_string().contains("favicon") { Ok(()) } else { Err(trouble) }
    })?;
    visitor.open("/poor")?;
    let trouble = visitor.finds_it_accessible().expect_err("it is not").to_string();
    for rule in ["color-contrast", "label", "image-alt"] {
        assert!(trouble.contains(rule), "{rule} should be among {trouble}");
    }
    let behind = visitor.finds_no_errors_behind().expect_err("a picture is missing").to_string();
    assert!(behind.contains("missing.png"), "{behind}");
    Ok(())
}

#[test]
fn a_picture_has_the_width_of_the_screen() -> Outcome {
    let visitor = site()?.visitor()?;
    let file = std::env::temp_dir().join(format!("gongzhi-harness-{}.png", std::process::id()));
    for width in e2e::WIDTHS {
        visitor.is_at_width(width)?;
        visitor.open("/")?;
        visitor.picture(&file)?;
        let png = std::fs::read(&file)?;
        assert_eq!(&png[1..4], b"PNG");
        assert_eq!(png[16..20], width.to_be_bytes(), "the width stands in the header");
    }
    std::fs::remove_file(&file)?;
    Ok(())
}
