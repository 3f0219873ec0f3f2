//! Posts: a gap is a task until it is filled; a principal who is replaced loses seat, chair and rights at once.

use e2e::{Outcome, Site, Visitor};
use serde_json::json;

/// The address of the first link that a CSS selector finds.
fn address_of(visitor: &Visitor, selector: &str) -> Outcome<String> {
    visitor.text_of(selector)?;
    let script = "const link = document.querySelector(arguments[0]); return link.pathname";
    let address = visitor.run(script, &[json!(selector)])?;
    Ok(address.as_str().unwrap_or_default().to_owned())
}

#[test]
fn the_supervision_office_fills_the_gaps_of_a_cluster_from_its_tasks() -> Outcome {
    let site = Site::demo()?;
    let officer = site.visitor()?;
    officer.sign_in(&site.account("福田区督导室")?)?;
    officer.click("缺兼职责任督学")?;
    officer.sees("各学区配备")?;
    let cluster = officer.text_of("tbody th a")?;
    let place = address_of(&officer, "tbody th a")?;
    officer.click(&cluster)?;
    officer.sees("学区任职人员")?;
    let names = ["许静", "唐悦", "文竹", "江帆", "苏芮", "梁秋", "田禾", "严松", "顾青"];
    for (number, name) in names.iter().enumerate() {
        if !officer.shown()?.contains("补齐") {
            break;
        }
        officer.click("补齐")?;
        officer.fill("姓名", &format!("{name}{number}"))?;
        officer.fill("文号", &format!("福教督〔2026〕{}号", number + 1))?;
        officer.finds_it_accessible()?;
        officer.click("办理")?;
        officer.sees("学区任职人员")?;
        officer.sees(&format!("{name}{number}"))?;
    }
    officer.does_not_see("补齐")?;
    officer.open("/staffing?gap=part_time")?;
    officer.sees("各学区配备")?;
    officer.does_not_see(&cluster)?;
    // As it was the day before.
    officer.open(&format!("{place}?day=2026-02-02"))?;
    officer.sees("缺 ")?;
    officer.finds_no_errors_behind()
}

#[test]
fn a_principal_who_is_replaced_loses_the_seat_the_chair_and_her_rights() -> Outcome {
    let site = Site::demo()?;
    let principal = site.visitor()?;
    principal.sign_in(&site.account("中心园的园长")?)?;
    let own = address_of(&principal, "a.task[href^='/kindergartens/']")?;
    let cluster = address_of(&principal, "a.task[href^='/clusters/']")?;

    let officer = site.visitor()?;
    officer.sign_in(&site.account("南山区学前科")?)?;
    officer.open(&format!("{cluster}/committee"))?;
    officer.sees("林岚（园长）")?;
    officer.open(&format!("{own}/staffing"))?;
    officer.click("任命")?;
    officer.fill("姓名", "方芳")?;
    officer.fill("文号", "南教人〔2026〕7号")?;
    officer.click("园长林岚")?;
    officer.click("办理")?;
    officer.sees("已离任")?;
    officer.open(&format!("{cluster}/committee"))?;
    officer.sees("方芳（园长）")?;
    officer.finds_it_accessible()?;

    // Her page is still open; her next click is refused.
    principal.click("幼儿园")?;
    principal.waits("that her post has ended", || {
        Ok(!principal.path()?.starts_with("/kindergartens"))
    })?;
    principal.does_not_see("林岚（园长）")?;
    officer.finds_no_errors_behind()
}
