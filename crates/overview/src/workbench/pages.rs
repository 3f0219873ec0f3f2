use askama::Template;
use kernel::{Failure, Permission, PostKind};
use storage::Source;
use web::{Desk, NavLine, Page, Porch, Routes, Shell, answer};

use super::store;
use super::types::{Change, Task};
use crate::districts::{self, Figures};

/// The first pages.
pub fn routes() -> Routes {
    Routes::default().open_page("/", front).page("/workbench", Permission::Workbench, show).entry(
        NavLine {
            href: "/workbench",
            label: "工作台",
            icon: "layout-dashboard",
            permission: Permission::Workbench,
            order: 10,
        },
    )
}

async fn front(porch: Porch) -> Page {
    answer::see(if porch.visit.caller.is_some() { "/workbench" } else { "/sign-in" })
}

#[derive(Template)]
#[template(path = "workbench/pages/show.html")]
struct View {
    shell: Shell,
    greeting: String,
    tasks: Vec<Task>,
    places: Vec<Figures>,
    changes: Vec<Change>,
    own: Option<String>,
    cluster: Option<String>,
}

async fn show(desk: Desk) -> Page {
    let reading = desk.reading();
    let caller = &desk.caller;
    let reads_places = caller.may(Permission::ReadPlaces);
    let places =
        if reads_places { districts::figures(&reading, caller.today()).await? } else { Vec::new() };
    let view = View {
        shell: desk.shell("工作台"),
        greeting: format!("{}，{}", caller.name, caller.post_label),
        tasks: tasks(&desk, &reading).await?,
        places,
        changes: if reads_places { store::changes(&reading).await? } else { Vec::new() },
        own: caller.reach.kindergartens.first().map(ToString::to_string),
        cluster: caller.reach.clusters.first().map(ToString::to_string),
    };
    desk.page(&view)
}

/// What waits for the post, most pressing first; nothing that it can't do itself.
async fn tasks(desk: &Desk, reading: &impl Source) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    let mut add = |count: i64, title: &str, text: &str, href: &str, icon: &'static str| {
        if count > 0 {
            tasks.push(Task {
                title: title.to_owned(),
                text: text.to_owned(),
                href: href.to_owned(),
                icon,
                count,
            });
        }
    };
    let caller = &desk.caller;
    // The demo city is played anew, not restored.
    let is_demo = desk.app.settings.is_demo;
    if caller.may(Permission::ApprovePlans) {
        add(
            store::plans(reading, "submitted").await?,
            "划分方案待审批",
            "核对规则与例外后批准或退回",
            "/plans?stage=submitted",
            "rubber-stamp",
        );
    }
    if caller.may(Permission::AdoptPlans) {
        add(
            store::plans(reading, "approved").await?,
            "划分方案待公布实施",
            "填写文号与生效日期",
            "/plans?stage=approved",
            "gavel",
        );
    }
    if caller.may(Permission::DraftPlans) {
        add(
            store::plans(reading, "draft").await?,
            "划分方案编制中",
            "完成后提交审批",
            "/plans?stage=draft",
            "polygon",
        );
    }
    if caller.may(Permission::ImportRegister) {
        add(
            store::open_imports(reading).await?,
            "名册已预览、尚未确认",
            "确认导入，或作废",
            "/imports",
            "file-import",
        );
    }
    if caller.may(Permission::EditRegister) {
        add(
            store::left_out(reading).await?,
            "在办幼儿园未归属学区",
            "每所在办幼儿园都应归属一个学区（1.2-2）",
            "/kindergartens?cluster=none",
            "alert-triangle",
        );
        add(
            store::without_code(reading).await?,
            "幼儿园缺标识码",
            "向市局申领后补录",
            "/kindergartens?code=none&status=open",
            "id-badge-2",
        );
    }
    if matches!(caller.kind, PostKind::SectionOfficer | PostKind::DeputyInCharge) {
        let (exceptions, papers) = store::ending(reading).await?;
        add(exceptions, "例外 90 天内到期", "到期前调整学区或重新报批", "/clusters", "clock");
        add(
            papers,
            "委托书 90 天内到期",
            "市属园担任中心园须有有效委托书（2.1.2-6）",
            "/kindergartens?run_by=city",
            "clock",
        );
    }
    if caller.may(Permission::AnswerOpinions) {
        add(
            store::opinions(reading).await?,
            "划分方案征求意见",
            "请代表本园反馈意见",
            "/opinions",
            "message-2",
        );
    }
    if caller.may(Permission::KeepAccounts) {
        add(
            people::accounts::locked(reading).await?,
            "账号被锁定",
            "核实本人后解锁",
            "/accounts?state=locked",
            "lock",
        );
    }
    if caller.may(Permission::ConfigureSystem) {
        let hours = desk.app.settings.backups.as_ref().map(|set| set.hours);
        let standing = backups::standing(reading).await?;
        if let Some(worry) = backups::worry(&standing, hours, caller.now).filter(|_| !is_demo) {
            add(1, "备份需要处理", &worry, "/backups", "shield-check");
        }
    }
    Ok(tasks)
}
