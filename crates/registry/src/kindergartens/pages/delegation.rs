//! The form of a delegation paper (2.1.2-6), and its end.

use askama::Template;
use kernel::{Date, Failure, Invalid, KindergartenId, OPEN_END};
use serde::Deserialize;
use web::{Desk, Faults, Form, Page, Path, Shell, answer};

use super::super::{acts, rules, store};
use super::{id_of, parse_day};

/// The form as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    number: String,
    dated: String,
    from: String,
    last: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct End {
    on: String,
}

#[derive(Template)]
#[template(path = "kindergartens/pages/delegation.html")]
struct DelegationView {
    shell: Shell,
    href: String,
    name: String,
    typed: Typed,
    faults: Faults,
}

pub(super) async fn new(desk: Desk, path: Path<String>) -> Page {
    let today = desk.caller.today();
    let kindergarten = store::find(&desk.reading(), id_of(&path)?, today).await?;
    rules::may_delegate(
        &desk.caller,
        &kindergarten.facts.district,
        kindergarten.facts.answers_to(),
    )?;
    let typed = Typed { dated: today.to_string(), from: today.to_string(), ..Typed::default() };
    let view =
        view(&desk, kindergarten.id, kindergarten.facts.name.to_string(), typed, Faults::default());
    desk.page(&view)
}

pub(super) async fn record(desk: Desk, path: Path<String>, Form(typed): Form<Typed>) -> Page {
    let kindergarten = store::find(&desk.reading(), id_of(&path)?, desk.caller.today()).await?;
    match recorded(&desk, kindergarten.id, &typed).await {
        Ok(()) => answer::see(&format!("/kindergartens/{}", kindergarten.id)),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = view(
                &desk,
                kindergarten.id,
                kindergarten.facts.name.to_string(),
                typed,
                faults.clone(),
            );
            desk.form_again(&view, &faults)
        }
    }
}

async fn recorded(desk: &Desk, id: KindergartenId, typed: &Typed) -> Result<(), Failure> {
    let number = typed.number.trim();
    let mut invalid = Invalid::default();
    if number.is_empty() || number.chars().count() > 60 {
        invalid.add("number", "请填写文号，如 南教委〔2026〕1号。");
    }
    let mut day = |field, text: &str| {
        let day = parse_day(text);
        if day.is_none() {
            invalid.add(field, "请填写日期，如 2026-02-03。");
        }
        day.unwrap_or_default()
    };
    let (dated, from) = (day("dated", &typed.dated), day("from", &typed.from));
    // The paper names its last day; what is stored is the day after. Without a last day it holds until it is ended.
    let to = if typed.last.trim().is_empty() {
        OPEN_END
    } else {
        day("last", &typed.last).succ_opt().unwrap_or(OPEN_END)
    };
    if invalid.0.is_empty() && to <= from {
        invalid.add("last", "最后一天不能早于生效日期。");
    }
    invalid.or_ok()?;
    acts::delegate(desk.db(), &desk.caller, id, number, dated, from, to).await.map(drop)
}

pub(super) async fn end(
    desk: Desk,
    Path((id, paper)): Path<(String, String)>,
    Form(end): Form<End>,
) -> Page {
    let (id, paper) = (id_of(&Path(id))?, paper.parse().map_err(|_| Failure::NotFound)?);
    // Out of reach is not found, whatever the form says.
    store::find(&desk.reading(), id, desk.caller.today()).await?;
    let on: Date = parse_day(&end.on)
        .ok_or_else(|| Invalid::field("on", "请填写失效日期，如 2026-02-03。"))?;
    acts::end_delegation(desk.db(), &desk.caller, id, paper, on).await?;
    answer::see(&format!("/kindergartens/{id}"))
}

fn view(
    desk: &Desk,
    id: KindergartenId,
    name: String,
    typed: Typed,
    faults: Faults,
) -> DelegationView {
    DelegationView {
        shell: desk.shell("登记委托书"),
        href: format!("/kindergartens/{id}"),
        name,
        typed,
        faults,
    }
}
