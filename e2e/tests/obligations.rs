//! What is filled shows where the policy asks for it, on the next look.

use e2e::{Outcome, Site, Trouble, Visitor};

/// 2.1.3-6: one full-time and eight part-time inspectors for each cluster.
const INSPECTORS: &str = "/obligations/2.1.3-6";

/// The first cluster that lacks a single part-time inspector: its name and the page of its staffing.
const ALMOST: &str = "const row = [...document.querySelectorAll('tbody tr')].find(row => row.innerText.includes('有 1 名专职、7 名兼职')); \
    return row ? [row.querySelector('th a').innerText, row.querySelector('td:last-child a').pathname] : ['', ''];";

#[test]
fn a_gap_that_the_supervision_office_fills_is_gone_from_the_obligation() -> Outcome {
    let site = Site::demo()?;
    let office = site.visitor()?;
    office.sign_in(&site.account("福田区督导室科员")?)?;
    // The card on the workbench comes after the page, and leads to where it fails.
    office.click("每学区配齐1名专职、8名兼职责任督学")?;
    office.sees("福田区教育督导部门")?;
    let before = failing(&office)?;
    let found = office.run(ALMOST, &[])?;
    let word = |place: usize| found[place].as_str().unwrap_or_default().to_owned();
    let (cluster, staffing) = (word(0), word(1));
    if cluster.is_empty() {
        return Err(Trouble::new("no cluster of 福田 lacks a single inspector"));
    }

    office.open(&staffing)?;
    office.click("补齐")?;
    office.fill("姓名", "季青禾")?;
    office.fill("任职日期", "2026-02-03")?;
    office.fill("文号", "福教督〔2026〕8号")?;
    office.click("办理")?;
    office.sees("季青禾")?;

    office.open(&format!("{INSPECTORS}?state=failed"))?;
    assert_eq!(failing(&office)?, before - 1);
    office.does_not_see(&cluster)?;
    office.open(&format!("{INSPECTORS}?state=met"))?;
    office.sees(&cluster)?;
    // The day before is judged by what was then.
    office.open(&format!("{INSPECTORS}?state=failed&day=2026-02-02"))?;
    assert_eq!(failing(&office)?, before);
    office.sees(&cluster)?;
    office.finds_it_accessible()?;
    office.finds_no_errors_behind()
}

/// How many places the open page counts as failing.
fn failing(visitor: &Visitor) -> Outcome<i64> {
    let count = "const way = [...document.querySelectorAll('.statehead a')].find(a => a.innerText.startsWith('未落实')); \
        return way ? Number(way.innerText.replace(/\\D/g, '')) : 0;";
    visitor.text_of(".statehead")?;
    Ok(visitor.run(count, &[])?.as_i64().unwrap_or_default())
}
