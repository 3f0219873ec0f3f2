//! The plan editor without a mouse.

use std::time::Duration;

use e2e::{Outcome, Site, Trouble, Visitor};
use serde_json::json;

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";

/// More steps than this to anything are no way to work.
const STEPS: usize = 120;

#[test]
fn a_kindergarten_moves_to_another_cluster_by_keyboard_alone() -> Outcome {
    let site = Site::demo()?;
    let officer = site.visitor()?;
    officer.sign_in(&site.account("南山区学前科")?)?;
    officer.open("/plans?stage=draft")?;
    officer.click("学区优化方案")?;
    officer.sees("办理过程")?;
    let plan = officer.path()?;
    officer.open(&format!("{plan}/editor"))?;
    officer.waits_at_most(Duration::from_mins(1), "the editor", || {
        Ok(officer.run("return document.getElementById('editor')?.dataset.ready === 'yes'", &[])?
            == true)
    })?;

    // From the top of the page to the first cluster, and into it.
    tabs_to(&officer, ".cluster-head")?;
    let head = "return document.activeElement.querySelector('.cluster-name').innerText";
    let cluster = officer.run(head, &[])?;
    officer.press(ENTER)?;
    officer.text_of(".cluster.is-open .members")?;
    // The first in the list is the centre; the second is a member.
    tabs_to(&officer, ".member:nth-child(2) .member-name")?;
    let member = "return document.activeElement.querySelector('span').firstChild.data";
    let kindergarten = officer.run(member, &[])?;
    officer.press(ENTER)?;
    officer.waits("the focus beside its facts", || {
        Ok(officer.run("return document.activeElement.id === 'pane-site'", &[])? == true)
    })?;
    // The second nearest of the other clusters.
    tabs_to(&officer, "#site-target")?;
    officer.press(DOWN)?;
    let chosen = "return document.activeElement.selectedOptions[0].text.split(' · ')[0]";
    let target = officer.run(chosen, &[])?;
    assert_ne!(target, cluster, "it is in that cluster already");
    tabs_to(&officer, "[data-at=move]")?;
    officer.press(ENTER)?;

    let (name, target) =
        (kindergarten.as_str().unwrap_or_default(), target.as_str().unwrap_or_default());
    officer.sees(&format!("把{name}移到{target}"))?;
    officer.waits("its new cluster among its facts", || {
        let home = "return document.querySelector('[data-at=home]')?.innerText";
        Ok(officer.run(home, &[])? == json!(target))
    })?;
    officer.waits("the move for those who listen", || {
        let said =
            officer.run("return document.querySelector('[data-ed=live]').textContent", &[])?;
        Ok(said.as_str().is_some_and(|said| said.contains(&format!("把{name}移到{target}"))))
    })?;
    // The focus is where it was, so she can go on; and Ctrl+Z takes it back.
    assert_eq!(
        officer
            .run("return document.activeElement.dataset.at ?? document.activeElement.id", &[])?,
        json!("move")
    );
    officer.press_with_control('z')?;
    officer.waits("its old cluster among its facts", || {
        Ok(officer.run("return document.querySelector('[data-at=home]')?.innerText", &[])?
            == cluster)
    })?;
    officer.finds_it_accessible()?;
    officer.finds_no_errors_behind()
}

/// Presses Tab until the focus is on what the selector finds.
fn tabs_to(officer: &Visitor, selector: &str) -> Outcome {
    for _ in 0..STEPS {
        officer.press(TAB)?;
        if officer.run("return document.activeElement.matches(arguments[0])", &[json!(selector)])?
            == true
        {
            return Ok(());
        }
    }
    Err(Trouble::new(format!("{STEPS} times Tab do not lead to {selector}")))
}
