//! The forms that hire somebody and that change what is known.

use askama::Template;
use kernel::{Date, Failure, Invalid, KindergartenId, StaffId};
use serde::Deserialize;
use web::{Desk, Faults, Form, Page, Path, Shell, answer};

use super::super::acts::{self, Correction, Identities, Identity};
use super::super::types::{
    Certificate, Education, Facts, IdentityNumber, Member, PersonName, Phone, Position,
    StateNumber, Title,
};
use super::super::{rules, store};
use super::{id_of, last_day, options, parse_day};
use crate::kindergartens;

/// The form as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    seen: String,
    day: String,
    cause: String,
    name: String,
    position: String,
    title: String,
    education: String,
    certificate: String,
    backbone: String,
    phone: String,
    hired_on: String,
    identity: String,
    without_identity: String,
}

#[derive(Template)]
#[template(path = "staff/pages/form.html")]
struct FormView {
    shell: Shell,
    kindergarten_href: String,
    kindergarten: String,
    action: String,
    back: String,
    /// Whose record is changed; nobody's when somebody is hired.
    member: Option<String>,
    mask: String,
    has_key: bool,
    typed: Typed,
    faults: Faults,
    positions: Vec<(&'static str, &'static str)>,
    titles: Vec<(&'static str, &'static str)>,
    educations: Vec<(&'static str, &'static str)>,
    certificates: Vec<(&'static str, &'static str)>,
}

fn form(
    desk: &Desk,
    (kindergarten, name): (KindergartenId, String),
    member: Option<&Member>,
    typed: Typed,
    faults: Faults,
) -> FormView {
    let identities = Identities::of(desk.db());
    let kindergarten_href = format!("/kindergartens/{kindergarten}");
    let mask = |member: &Member| identities.mask(member.id, member.identity.as_ref());
    FormView {
        shell: desk.shell(match member {
            Some(member) => format!("变更 {}", member.facts.name),
            None => "登记入职".to_owned(),
        }),
        action: match member {
            Some(member) => format!("/staff/{}/corrections", member.id),
            None => format!("{kindergarten_href}/staff"),
        },
        back: match member {
            Some(member) => format!("/staff/{}", member.id),
            None => format!("{kindergarten_href}/staff"),
        },
        kindergarten_href,
        kindergarten: name,
        mask: member.map(mask).unwrap_or_default(),
        member: member.map(|member| member.facts.name.to_string()),
        has_key: identities.is_ready(),
        typed,
        faults,
        positions: options!(Position),
        titles: options!(Title),
        educations: options!(Education),
        certificates: options!(Certificate),
    }
}

pub(super) async fn new(desk: Desk, Path(id): Path<String>) -> Page {
    let (id, name) = employer(&desk, &id).await?;
    let typed = Typed {
        position: Position::Teacher.code().to_owned(),
        hired_on: desk.caller.today().to_string(),
        ..Typed::default()
    };
    desk.page(&form(&desk, (id, name), None, typed, Faults::default()))
}

/// The kindergarten in which the caller hires; another's is refused (2.1.2-8), and the try recorded.
async fn employer(desk: &Desk, id: &str) -> Result<(KindergartenId, String), Failure> {
    let id: KindergartenId = id.parse().map_err(|_| Failure::NotFound)?;
    let own = kindergartens::store::find(&desk.reading(), id, desk.caller.today()).await?;
    rules::may_employ(&desk.caller, id)?;
    Ok((id, own.facts.name.to_string()))
}

pub(super) async fn hire(desk: Desk, Path(id): Path<String>, Form(typed): Form<Typed>) -> Page {
    let (id, name) = employer(&desk, &id).await?;
    match hired(&desk, id, &typed).await {
        Ok(member) => answer::see(&format!("/staff/{member}")),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = form(&desk, (id, name), None, typed, faults.clone());
            desk.form_again(&view, &faults)
        }
    }
}

async fn hired(desk: &Desk, id: KindergartenId, typed: &Typed) -> Result<StaffId, Failure> {
    let mut invalid = Invalid::default();
    let facts = typed.facts(&mut invalid);
    let number = typed.number(desk.caller.today(), &mut invalid);
    match facts {
        Some(facts) if invalid.0.is_empty() => {
            acts::hire(desk.db(), &desk.caller, id, facts, number.as_ref()).await
        }
        _ => Err(invalid.into()),
    }
}

pub(super) async fn edit(desk: Desk, path: Path<String>) -> Page {
    let member = latest(&desk, id_of(&path)?).await?;
    let typed = Typed::of(&member, desk.caller.today());
    let place = (member.kindergarten, member.kindergarten_name.clone());
    desk.page(&form(&desk, place, Some(&member), typed, Faults::default()))
}

/// What is changed is the latest that is known, today's or a later day's.
async fn latest(desk: &Desk, id: StaffId) -> Result<Member, Failure> {
    let member = store::find_widely(&desk.reading(), id, last_day()).await?;
    let kindergarten = member.kindergarten;
    rules::may_keep(&desk.caller, kindergarten, &member.district, member.run_by)?;
    Ok(member)
}

pub(super) async fn correct(desk: Desk, path: Path<String>, Form(typed): Form<Typed>) -> Page {
    let member = latest(&desk, id_of(&path)?).await?;
    match corrected(&desk, member.id, &typed).await {
        Ok(day) if day > desk.caller.today() => {
            answer::see(&format!("/staff/{}?day={day}", member.id))
        }
        Ok(_) => answer::see(&format!("/staff/{}", member.id)),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let place = (member.kindergarten, member.kindergarten_name.clone());
            let view = form(&desk, place, Some(&member), typed, faults.clone());
            desk.form_again(&view, &faults)
        }
    }
}

async fn corrected(desk: &Desk, id: StaffId, typed: &Typed) -> Result<Date, Failure> {
    let mut invalid = Invalid::default();
    let day = parse_day(&typed.day);
    if day.is_none() {
        invalid.add("day", "请填写生效日期，如 2026-02-03。");
    }
    let cause = typed.cause.trim().to_owned();
    if cause.is_empty() || cause.chars().count() > 200 {
        invalid.add("cause", "请写明变更原因，200 字以内。");
    }
    let facts = typed.facts(&mut invalid);
    let identity = match typed.number(desk.caller.today(), &mut invalid) {
        Some(number) => Identity::Becomes(number),
        None if !typed.without_identity.is_empty() => Identity::Removed,
        None => Identity::AsItIs,
    };
    match (facts, day) {
        (Some(facts), Some(day)) if invalid.0.is_empty() => {
            let seen = StateNumber(typed.seen.parse().unwrap_or_default());
            let correction = Correction { seen, day, cause, facts, identity };
            acts::correct(desk.db(), &desk.caller, id, correction).await?;
            Ok(day)
        }
        _ => Err(invalid.into()),
    }
}

impl Typed {
    fn of(member: &Member, today: Date) -> Self {
        let facts = &member.facts;
        Self {
            seen: member.state.0.to_string(),
            day: today.max(member.since).to_string(),
            name: facts.name.to_string(),
            position: facts.position.code().to_owned(),
            title: facts.title.map_or("", Title::code).to_owned(),
            education: facts.education.map_or("", Education::code).to_owned(),
            certificate: facts.certificate.map_or("", Certificate::code).to_owned(),
            backbone: if facts.backbone { "yes" } else { "" }.to_owned(),
            phone: facts.phone.as_ref().map_or("", Phone::as_str).to_owned(),
            hired_on: facts.hired_on.to_string(),
            ..Self::default()
        }
    }

    fn facts(&self, invalid: &mut Invalid) -> Option<Facts> {
        let name = PersonName::new(&self.name);
        if name.is_none() {
            invalid.add("name", "请填写姓名，40 字以内。");
        }
        let position = Position::from_code(&self.position);
        if position.is_none() {
            invalid.add("position", "请选择一项。");
        }
        let phone = Phone::new(&self.phone);
        if phone.is_none() && !self.phone.trim().is_empty() {
            invalid.add("phone", "应为 7 至 15 位数字；没有可留空。");
        }
        let hired_on = parse_day(&self.hired_on);
        if hired_on.is_none() {
            invalid.add("hired_on", "请填写入职日期，如 2020-09-01。");
        }
        Some(Facts {
            name: name?,
            position: position?,
            title: Title::from_code(&self.title),
            education: Education::from_code(&self.education),
            certificate: Certificate::from_code(&self.certificate),
            backbone: !self.backbone.is_empty(),
            phone,
            hired_on: hired_on?,
            left_on: None,
        })
    }

    fn number(&self, today: Date, invalid: &mut Invalid) -> Option<IdentityNumber> {
        if self.identity.trim().is_empty() {
            return None;
        }
        match IdentityNumber::read(&self.identity, today) {
            Ok(number) => Some(number),
            Err(why) => {
                invalid.add("identity", format!("{why}。"));
                None
            }
        }
    }
}
