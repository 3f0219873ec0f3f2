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

/// A district that begins with this system has its inspectors in a file, and something in it is always wrong.
#[test]
fn the_supervision_office_brings_its_inspectors_from_a_file() -> Outcome {
    let site = Site::demo()?;
    let officer = site.visitor()?;
    officer.sign_in(&site.account("福田区督导室")?)?;
    officer.click("人员配备")?;
    officer.sees("各学区配备")?;
    let cluster = officer.text_of("tbody th a")?;
    officer.click("导入责任督学任职名册")?;
    officer.sees("上传记录")?;
    officer.finds_it_accessible()?;
    let line = |kind: &str, name: &str| {
        format!("{cluster},{kind},{name},1,2025-09-01,2028-08-31,福教督〔2025〕81号")
    };
    let lines = [line("兼职", "乔一川"), line("兼职责任督学", "乔二川"), line("督学", "乔三川")];
    let text =
        format!("所在学区,职务,姓名,第几届,聘任日期,聘期截止,聘书编号\n{}\n", lines.join("\n"));
    let file = std::env::temp_dir().join(format!("福田区督学-{}.csv", std::process::id()));
    std::fs::write(&file, text)?;
    officer.attach("名册文件", &file)?;
    officer.click("上传并预览")?;
    officer.waits("the preview", || Ok(officer.shown()?.contains("逐行结果")))?;
    std::fs::remove_file(&file)?;
    officer.sees("岗位是“督学”")?;
    officer.click("新增 2")?;
    officer.sees("乔二川")?;
    officer.finds_it_accessible()?;
    officer.open("/appointments?text=乔")?;
    officer.does_not_see("乔一川")?;
    officer.run("history.back()", &[])?;
    officer.sees("逐行结果")?;
    officer.confirms("导入名册", "导入")?;
    officer.sees("被拒绝的 1 行没有导入")?;
    officer.click("查看任职名册")?;
    officer.sees("导出名册")?;
    officer.open("/appointments?text=乔")?;
    officer.sees("乔一川")?;
    officer.sees("2028-08-31")?;
    officer.does_not_see("乔三川")?;
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
