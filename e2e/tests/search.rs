//! Search from anywhere, by keyboard, on a phone and without the dialog.

use e2e::{Outcome, Site, Visitor, WIDTHS};
use serde_json::json;

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const UP: &str = "\u{e013}";
const DOWN: &str = "\u{e015}";

const FIELD: &str = "搜索名称、拼音、首字母或编号";
const IS_OPEN: &str = "return Boolean(document.querySelector('dialog.finder[open]'))";
/// What is chosen is what the field says to those who listen, and it is in sight.
const CHOSEN: &str = "const option = document.getElementById(document.activeElement.getAttribute('aria-activedescendant') ?? ''); \
    return option?.getAttribute('aria-selected') === 'true' && option.checkVisibility() ? option.pathname + option.search : ''";
/// The dialog lies inside the screen.
const FITS: &str = "const box = document.querySelector('dialog.finder').getBoundingClientRect(); \
    return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight \
        && document.documentElement.scrollWidth <= innerWidth";

fn opens(visitor: &Visitor) -> Outcome {
    visitor.waits("the dialog", || Ok(visitor.run(IS_OPEN, &[])? == true))
}

fn closes(visitor: &Visitor) -> Outcome {
    visitor.waits("the dialog to close", || Ok(visitor.run(IS_OPEN, &[])? == false))
}

fn chosen(visitor: &Visitor) -> Outcome<String> {
    let mut path = String::new();
    visitor.waits("a chosen line", || {
        visitor.run(CHOSEN, &[])?.as_str().unwrap_or_default().clone_into(&mut path);
        Ok(!path.is_empty())
    })?;
    Ok(path)
}

/// Name and address of the first kindergarten in her list.
fn first_kindergarten(visitor: &Visitor) -> Outcome<(String, String)> {
    visitor.open("/kindergartens")?;
    let name = visitor.text_of("tbody th a")?;
    let path = visitor.run("return document.querySelector('tbody th a').pathname", &[])?;
    Ok((name, path.as_str().unwrap_or_default().to_owned()))
}

#[test]
fn an_officer_finds_a_kindergarten_from_anywhere_by_keyboard() -> Outcome {
    let site = Site::demo()?;
    let officer = site.visitor()?;
    officer.sign_in(&site.account("南山区学前科")?)?;
    let (name, path) = first_kindergarten(&officer)?;
    officer.open("/clusters")?;
    officer.sees("共")?;
    officer.press_with_control('k')?;
    opens(&officer)?;
    officer.sees("输入名称、拼音、首字母或编号")?;
    officer.finds_it_accessible()?;

    let part: String = name.chars().take(3).collect();
    officer.fill(FIELD, &part)?;
    officer.sees("幼儿园\n")?;
    assert_eq!(chosen(&officer)?, path, "{name} fits best");
    assert_eq!(officer.text_of("dialog [aria-selected=true] mark")?, part);
    officer.finds_it_accessible()?;
    // Initials of 幼儿园: many. Down leads to the next, up past the first to the last.
    officer.fill(FIELD, "yey")?;
    officer.waits("many", || {
        Ok(officer
            .run("return document.querySelectorAll('dialog [role=option]').length > 4", &[])?
            == true)
    })?;
    let first = chosen(&officer)?;
    officer.press(DOWN)?;
    assert_ne!(chosen(&officer)?, first);
    officer.press(UP)?;
    assert_eq!(chosen(&officer)?, first);
    officer.press(UP)?;
    assert_ne!(chosen(&officer)?, first);
    officer.finds_it_accessible()?;

    officer.fill(FIELD, "zzzzqqqq")?;
    officer.sees("没有找到")?;
    officer.finds_it_accessible()?;
    officer.fill(FIELD, &part)?;
    officer.waits("it again", || Ok(officer.run(CHOSEN, &[])? == json!(path)))?;
    officer.press(ENTER)?;
    officer.waits("its page", || Ok(officer.path()? == path))?;
    officer.sees(&name)?;

    // What was opened is offered again, by the other key, and Escape goes back to where she was.
    officer.press("/")?;
    opens(&officer)?;
    officer.sees("最近打开")?;
    assert_eq!(chosen(&officer)?, path);
    officer.press(ESCAPE)?;
    closes(&officer)?;
    officer.finds_no_errors_behind()?;

    // When the server can't be reached it says so.
    officer.press_with_control('k')?;
    opens(&officer)?;
    officer.run("window.fetch = () => Promise.reject(new TypeError('away'))", &[])?;
    officer.fill(FIELD, &part)?;
    officer.sees("暂时无法搜索")?;
    officer.finds_it_accessible()?;
    officer.press(ESCAPE)?;
    closes(&officer)?;

    // Whoever signs in next in this tab sees nothing of it, and does not find what is not hers.
    officer.run("document.querySelector('form[action=\"/sign-out\"]').requestSubmit()", &[])?;
    officer.waits("the way out", || {
        Ok(officer.path()?.starts_with("/sign-in") || officer.path()? == "/")
    })?;
    officer.sign_in(&site.account("福田区学前科")?)?;
    officer.press_with_control('k')?;
    opens(&officer)?;
    officer.sees("输入名称、拼音、首字母或编号")?;
    officer.does_not_see("最近打开")?;
    officer.fill(FIELD, &name)?;
    officer.sees("没有找到")?;
    officer.finds_no_errors_behind()
}

#[test]
fn on_a_phone_the_dialog_opens_from_the_top_bar() -> Outcome {
    let site = Site::demo()?;
    let officer = site.visitor()?;
    officer.sign_in(&site.account("南山区学前科")?)?;
    let (name, _) = first_kindergarten(&officer)?;
    officer.is_at_width(WIDTHS[1])?;
    officer.open("/workbench")?;
    officer.click("搜索")?;
    opens(&officer)?;
    officer.fill(FIELD, "yey")?;
    chosen(&officer)?;
    assert_eq!(officer.run(FITS, &[])?, json!(true));
    officer.finds_it_accessible()?;
    officer.fill(FIELD, &name)?;
    officer.waits("the one", || {
        Ok(officer.run("return document.querySelector('dialog .find-title')?.innerText", &[])?
            == json!(name))
    })?;
    officer.click(&name)?;
    officer.waits("its page", || Ok(officer.path()?.starts_with("/kindergartens/kg_")))?;
    officer.sees(&name)?;
    officer.finds_no_errors_behind()
}

#[test]
fn the_page_answers_the_same_question_without_the_dialog_and_on_any_day() -> Outcome {
    let site = Site::demo()?;
    let officer = site.visitor()?;
    officer.sign_in(&site.account("南山区学前科")?)?;
    let (name, path) = first_kindergarten(&officer)?;
    officer.open("/search")?;
    officer.fill("关键词", &name)?;
    officer.press(ENTER)?;
    officer.waits("the answer", || Ok(officer.path()?.contains("q=")))?;
    officer.sees(&name)?;
    for width in WIDTHS {
        officer.is_at_width(width)?;
        officer.finds_it_accessible()?;
    }
    officer.is_at_width(WIDTHS[0])?;
    officer.choose("类别", "学区")?;
    officer.waits("only clusters", || Ok(officer.path()?.contains("kind=cluster")))?;
    officer.sees("没有找到")?;
    officer.open("/search?q=2.1.2-2")?;
    officer.sees("政策条款")?;
    // A past day goes with the question and with what is found.
    officer.open("/kindergartens?day=2026-02-02")?;
    officer.press_with_control('k')?;
    opens(&officer)?;
    officer.fill(FIELD, &name)?;
    assert_eq!(chosen(&officer)?, format!("{path}?day=2026-02-02"));
    officer.sees("按 2026-02-02 的记录查找")?;
    officer.press(ENTER)?;
    officer.sees("不是今天")?;
    officer.finds_no_errors_behind()
}
