//! The form of an amendment: filled in, checked as often as one likes, and made.

use askama::Template;
use kernel::{ClusterId, Failure, Invalid, KindergartenId};
use policy::{Breach, Strength};
use serde::Deserialize;
use web::{Desk, Faults, Form, Page, Path, Query, Shell, answer};

use super::day;
use crate::amendments::types::{
    Amendment, Change, ExceptionTerms, Figures, Home, Judgement, Kind, Standing,
};
use crate::amendments::{acts, rules, store};
use crate::plans::Site;

/// The form as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    kind: String,
    kindergarten: String,
    to: String,
    name: String,
    /// The centre or the name that the form was shown with.
    seen: String,
    effective_on: String,
    paper_number: String,
    reason: String,
    exception_reason: String,
    exception_approver: String,
    exception_until: String,
}

impl Typed {
    fn kind(&self) -> Result<Kind, Failure> {
        let unknown = || Invalid::field("kind", "没有这种调整，请回到学区页面重新选择");
        Kind::from_code(&self.kind).ok_or_else(|| unknown().into())
    }

    fn read(&self, cluster: ClusterId) -> Result<Amendment, Failure> {
        let mut invalid = Invalid::default();
        let effective_on = day(&self.effective_on);
        if effective_on.is_none() {
            invalid.add("effective_on", "请填写生效日期，如 2026-03-01");
        }
        let change = self.change(&mut invalid)?;
        let exception = self.exception(&mut invalid);
        match (change, effective_on) {
            (Some(change), Some(effective_on)) if invalid.0.is_empty() => Ok(Amendment {
                cluster,
                change,
                effective_on,
                paper_number: self.paper_number.clone(),
                reason: self.reason.clone(),
                exception,
            }),
            _ => Err(invalid.into()),
        }
    }

    fn change(&self, invalid: &mut Invalid) -> Result<Option<Change>, Failure> {
        let name = self.name.trim().to_owned();
        Ok(match self.kind()? {
            Kind::Rename => Some(Change::Rename { name, instead_of: self.seen.clone() }),
            Kind::Admit => self.who(invalid).map(|kindergarten| Change::Admit { kindergarten }),
            Kind::Release => self.who(invalid).map(|kindergarten| Change::Release { kindergarten }),
            Kind::Centre => self.who(invalid).map(|kindergarten| Change::Centre {
                kindergarten,
                instead_of: self.seen.parse().ok(),
                name: (!name.is_empty()).then_some(name),
            }),
            Kind::Transfer => {
                let to = self.to.parse().ok();
                if to.is_none() {
                    invalid.add("to", "请选择调往的学区");
                }
                let who = self.who(invalid);
                who.zip(to).map(|(kindergarten, to)| Change::Transfer { kindergarten, to })
            }
        })
    }

    fn who(&self, invalid: &mut Invalid) -> Option<KindergartenId> {
        let who = self.kindergarten.parse().ok();
        if who.is_none() {
            invalid.add("kindergarten", "请选择幼儿园");
        }
        who
    }

    fn exception(&self, invalid: &mut Invalid) -> Option<ExceptionTerms> {
        let all = [&self.exception_reason, &self.exception_approver, &self.exception_until];
        if all.iter().all(|text| text.trim().is_empty()) {
            return None;
        }
        let until = day(&self.exception_until);
        if until.is_none() {
            invalid.add("exception_until", "请填写例外的有效期，如 2027-08-31");
        }
        Some(ExceptionTerms {
            reason: self.exception_reason.clone(),
            approved_by: self.exception_approver.clone(),
            until: until?,
        })
    }
}

/// A breach as the form shows it.
struct Told {
    rule: &'static str,
    clause: &'static str,
    wording: &'static str,
    strength: Strength,
    text: String,
    remedy: String,
}

impl Told {
    fn of(breach: &Breach) -> Self {
        Self {
            rule: breach.rule.label(),
            clause: breach.clause().id,
            wording: breach.clause().wording,
            strength: breach.strength(),
            text: breach.text.clone(),
            remedy: breach.remedy.clone(),
        }
    }
}

/// A cluster before and after, each figure as text.
struct Line {
    name: String,
    figures: [(&'static str, String, String); 4],
}

impl Line {
    fn of(figures: &Figures) -> Self {
        let metres = |distance: Option<f64>| {
            distance.map_or("—".to_owned(), |metres| format!("{metres:.0}"))
        };
        let mix =
            |[public, inclusive, private]: [u32; 3]| format!("{public}／{inclusive}／{private}");
        let (before, after) = (&figures.before, &figures.after);
        Self {
            name: figures.name.clone(),
            figures: [
                ("幼儿园", before.size.to_string(), after.size.to_string()),
                ("公办／普惠／民办", mix(before.by_ownership), mix(after.by_ownership)),
                ("平均距离（米）", metres(before.mean_m), metres(after.mean_m)),
                ("最远（米）", metres(before.farthest_m), metres(after.farthest_m)),
            ],
        }
    }
}

/// What a check found.
struct Verdict {
    tone: &'static str,
    title: &'static str,
    sentence: String,
    needs_exception: bool,
    caused: Vec<Told>,
    standing: Vec<Told>,
    lines: Vec<Line>,
    later_days: Vec<String>,
}

impl Verdict {
    fn of(judgement: &Judgement, amendment: &Amendment) -> Self {
        let (mut caused, mut standing): (Vec<Told>, Vec<Told>) = (Vec::new(), Vec::new());
        let add = |told: &mut Vec<Told>, breach: &Breach| {
            if !told.iter().any(|other| other.text == breach.text) {
                told.push(Told::of(breach));
            }
        };
        for effect in &judgement.effects {
            effect.caused.iter().for_each(|each| add(&mut caused, &each.breach));
            effect.standing.iter().for_each(|breach| add(&mut standing, breach));
        }
        let (tone, title) = match rules::permitted(&judgement.effects, amendment.exception.as_ref())
        {
            Ok(lifted) if lifted.is_empty() => ("good", "可以办理：没有新的问题"),
            Ok(_) => ("warn", "可以按例外办理"),
            Err(rules::Refusal::NeedsException(_)) => ("warn", "需要例外才能办理"),
            Err(rules::Refusal::ExpiresEarly(_)) => ("warn", "例外的有效期太短"),
            Err(_) => ("bad", "不能办理：违反硬性规定"),
        };
        Self {
            tone,
            title,
            sentence: format!("{}，自 {} 起。", judgement.sentence, amendment.effective_on),
            needs_exception: caused.iter().any(|told| told.strength == Strength::InPrinciple),
            caused,
            standing,
            lines: judgement
                .effects
                .first()
                .map_or_else(Vec::new, |effect| effect.figures.iter().map(Line::of).collect()),
            later_days: judgement
                .effects
                .iter()
                .skip(1)
                .map(|effect| effect.day.to_string())
                .collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "amendments/pages/form.html")]
struct FormView {
    shell: Shell,
    home: Home,
    href: String,
    list: String,
    kind: Kind,
    typed: Typed,
    /// Kindergartens that can be chosen on the effective day.
    kindergartens: Vec<(String, String)>,
    /// Clusters that can be chosen on the effective day.
    clusters: Vec<(String, String)>,
    verdict: Option<Verdict>,
    faults: Faults,
}

/// What was checked, and what was wrong.
#[derive(Default)]
struct Outcome {
    verdict: Option<Verdict>,
    faults: Faults,
}

async fn view(
    desk: &Desk,
    cluster: ClusterId,
    mut typed: Typed,
    outcome: Outcome,
) -> Result<FormView, Failure> {
    let reading = desk.reading();
    let home = store::home(&reading, cluster).await?;
    let kind = typed.kind()?;
    let today = desk.caller.today();
    if typed.effective_on.is_empty() {
        typed.effective_on = today.to_string();
    }
    let standing =
        store::standing(&reading, &home, day(&typed.effective_on).unwrap_or(today)).await?;
    // What is shown is what is seen, also after a check or a refusal.
    let own = standing.position(cluster).map(|place| &standing.content.clusters[place]);
    typed.seen = match (kind, own) {
        (Kind::Centre, Some(own)) => {
            own.centre.map(|centre| centre.to_string()).unwrap_or_default()
        }
        (Kind::Rename, Some(own)) => own.name.clone(),
        _ => String::new(),
    };
    if kind == Kind::Rename && typed.name.is_empty() {
        typed.name.clone_from(&typed.seen);
    }
    Ok(FormView {
        shell: desk.shell(format!("{} {}", kind.label(), home.name)),
        href: format!("/clusters/{cluster}"),
        list: format!("/clusters/{cluster}/amendments"),
        kind,
        kindergartens: kindergartens(&standing, cluster, kind),
        clusters: others(&standing, cluster),
        home,
        typed,
        verdict: outcome.verdict,
        faults: outcome.faults,
    })
}

/// Who can be chosen: for an admission who waits for a cluster, else the members that do not lead.
fn kindergartens(standing: &Standing, cluster: ClusterId, kind: Kind) -> Vec<(String, String)> {
    let (facts, content) = (&standing.facts, &standing.content);
    let ids = match (kind, standing.position(cluster)) {
        (Kind::Admit, _) => content.unassigned(facts),
        (_, Some(place)) => {
            let own = &content.clusters[place];
            own.members.iter().copied().filter(|id| own.centre != Some(*id)).collect()
        }
        (_, None) => Vec::new(),
    };
    let mut found: Vec<(KindergartenId, Option<&Site>)> =
        ids.into_iter().map(|id| (id, facts.site(id))).collect();
    // Who may lead, or has to leave, stands first.
    found.sort_by_key(|(_, site)| match (kind, site) {
        (Kind::Centre, Some(site)) => !site.is_eligible(&facts.parameters),
        (Kind::Release, Some(site)) => facts.must_be_placed(site),
        (_, site) => site.is_none(),
    });
    found.into_iter().map(|(id, site)| (id.to_string(), label(id, site))).collect()
}

fn label(id: KindergartenId, site: Option<&Site>) -> String {
    let Some(site) = site else { return format!("{id}（已不在本区名册）") };
    let mut words = vec![site.ownership.label(), site.grade.label()];
    if site.status != policy::Status::Open {
        words.push(site.status.label());
    }
    format!("{}（{}）", site.name, words.join("，"))
}

fn others(standing: &Standing, cluster: ClusterId) -> Vec<(String, String)> {
    let other = |each: &crate::plans::Cluster| {
        let id = standing.id(each.key).filter(|id| *id != cluster)?;
        Some((id.to_string(), format!("{}（{} 所）", each.name, each.members.len())))
    };
    standing.content.clusters.iter().filter_map(other).collect()
}

pub(super) async fn blank(
    desk: Desk,
    Path(cluster): Path<ClusterId>,
    Query(mut typed): Query<Typed>,
) -> Page {
    store::home(&desk.reading(), cluster).await?;
    if typed.kind.is_empty() {
        Kind::Admit.code().clone_into(&mut typed.kind);
    }
    let view = view(&desk, cluster, typed, Outcome::default()).await?;
    desk.page(&view)
}

/// Shows what would break; nothing is kept.
pub(super) async fn check(
    desk: Desk,
    Path(cluster): Path<ClusterId>,
    Form(typed): Form<Typed>,
) -> Page {
    store::home(&desk.reading(), cluster).await?;
    match checked(&desk, cluster, &typed).await {
        Ok(verdict) => {
            let view = view(
                &desk,
                cluster,
                typed,
                Outcome { verdict: Some(verdict), ..Outcome::default() },
            )
            .await?;
            desk.page(&view)
        }
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view =
                view(&desk, cluster, typed, Outcome { faults: faults.clone(), verdict: None })
                    .await?;
            desk.form_again(&view, &faults)
        }
    }
}

async fn checked(desk: &Desk, cluster: ClusterId, typed: &Typed) -> Result<Verdict, Failure> {
    let amendment = typed.read(cluster)?;
    let judgement = acts::check(desk.db(), &desk.caller, &amendment).await?;
    Ok(Verdict::of(&judgement, &amendment))
}

pub(super) async fn amend(
    desk: Desk,
    Path(cluster): Path<ClusterId>,
    Form(typed): Form<Typed>,
) -> Page {
    store::home(&desk.reading(), cluster).await?;
    match made(&desk, cluster, &typed).await {
        Ok(()) => answer::see(&format!("/clusters/{cluster}/amendments")),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            // A refusal is shown with everything that was weighed, if it can be weighed at all.
            let verdict = checked(&desk, cluster, &typed).await.ok();
            let view =
                view(&desk, cluster, typed, Outcome { faults: faults.clone(), verdict }).await?;
            desk.form_again(&view, &faults)
        }
    }
}

async fn made(desk: &Desk, cluster: ClusterId, typed: &Typed) -> Result<(), Failure> {
    acts::amend(desk.db(), &desk.caller, &typed.read(cluster)?).await
}
