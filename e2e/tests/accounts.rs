//! What people do with accounts: a one-time link to a first password, and a post acted in while its holder is away.

use e2e::{Account, Outcome, Site, Visitor};

/// Says yes in the dialog that a form opens.
fn agrees(visitor: &Visitor) -> Outcome {
    let yes = "const button = document.querySelector('dialog[open] button[value=yes]'); button?.click(); return Boolean(button);";
    visitor.waits("the question", || Ok(visitor.run(yes, &[])? == true))
}

#[test]
fn a_person_is_invited_chooses_a_password_and_signs_in() -> Outcome {
    let site = Site::demo()?;
    let keeper = site.visitor()?;
    keeper.sign_in(&site.account("安全管理员")?)?;
    keeper.open("/accounts?state=none")?;
    keeper.click("baoan")?;
    keeper.sees("未启用")?;
    keeper.click("发出启用邀请")?;
    agrees(&keeper)?;
    keeper.sees("只显示这一次")?;
    keeper.finds_it_accessible()?;
    let link = keeper.text_of(".slip .secret")?;
    let path = link.split_once("/invitation").map(|(_, rest)| format!("/invitation{rest}"));
    let path = path.unwrap_or_default();

    let invited = site.visitor()?;
    invited.open(&path)?;
    invited.finds_it_accessible()?;
    let password = "Tide-rises-7".to_owned();
    invited.fill("密码", &password)?;
    invited.fill("再输一次密码", &password)?;
    invited.click("启用账号")?;
    invited.sees("账号已启用")?;
    let account = Account { login: "baoan".to_owned(), password: password.clone() };
    invited.sign_in(&account)?;
    invited.sees("宝安区学前科科员")?;
    invited.open("/account")?;
    invited.sees("本机")?;
    invited.finds_it_accessible()?;

    // The link served once.
    let other = site.visitor()?;
    other.open(&path)?;
    other.fill("密码", &password)?;
    other.fill("再输一次密码", &password)?;
    other.click("启用账号")?;
    other.sees("已用过")
}

#[test]
fn somebody_stands_in_for_the_deputy_until_she_is_told_to_stop() -> Outcome {
    let site = Site::demo()?;
    let deputy = site.visitor()?;
    deputy.sign_in(&site.account("南山区分管领导")?)?;
    deputy.open("/stand-ins")?;
    deputy.choose("代理人", "许静（南山区督导室科员）")?;
    let dates = "document.querySelector('[name=from]').value = '2026-02-03'; document.querySelector('[name=last]').value = '2026-02-20';";
    deputy.run(dates, &[])?;
    deputy.fill("事由", "外出学习")?;
    deputy.click("交由代理")?;
    deputy.sees("代理中")?;
    deputy.finds_it_accessible()?;

    let inspector = site.visitor()?;
    inspector.sign_in(&site.account("南山区督导室")?)?;
    inspector.open("/posts/switch")?;
    inspector.click("分管领导（代理陈国栋）")?;
    inspector.click("以此岗位继续")?;
    inspector.sees("南山区分管领导（代理陈国栋）")?;

    deputy.click("终止")?;
    agrees(&deputy)?;
    deputy.sees("已终止")?;
    inspector.open("/plans")?;
    inspector.sees("代理已终止")?;
    inspector.does_not_see("划分方案")
}
