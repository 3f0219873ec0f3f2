//! What changes a staff record: hiring, a correction, leaving; and looking at an identity number. Imports have acts of their
//! own.

mod identities;

use kernel::{Caller, Date, Failure, Invalid, KindergartenId, Note, OPEN_END, Permission, StaffId};
use policy::Status;
use sheets::Severity;
use storage::{Db, Source, Tx};

pub use identities::Identities;

use super::rules::{self, Refusal};
use super::store;
use super::types::{Facts, Field, IdentityNumber, Kept, Member, StateNumber};
use crate::kindergartens;

/// What becomes of the identity number in a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// It stays as it is, kept or not.
    AsItIs,
    /// It becomes this one.
    Becomes(IdentityNumber),
    /// It is kept no longer.
    Removed,
}

/// Hires somebody in one's own kindergarten, from the day of hiring on. Answers the new record's id.
pub async fn hire(
    db: &Db,
    caller: &Caller,
    kindergarten: KindergartenId,
    facts: Facts,
    number: Option<&IdentityNumber>,
) -> Result<StaffId, Failure> {
    // Sealing takes no lock.
    let id: StaffId = db.mint();
    let kept = number.map(|number| Identities::of(db).seal(id, number)).transpose()?;
    let tx = db.begin(caller).await?;
    let place = employer(&tx, caller, kindergarten).await?;
    let facts = Facts { left_on: None, ..facts };
    sound(&facts, number, caller.today())?;
    store::bump(&tx, kindergarten).await?;
    if let Some(kept) = &kept {
        free(&tx, kept, id, facts.hired_on).await?;
        keep(&tx, id, kept, true).await?;
    }
    store::begin_state(&tx, id, kindergarten, facts.hired_on, "入职", &facts).await?;
    let summary = format!(
        "{}{}自 {} 起入职，岗位{}",
        place.facts.name,
        facts.name,
        facts.hired_on,
        facts.position.label()
    );
    let note =
        Note::of("staff.hired", id, summary).at(place.place).after(&said(&facts, number.is_some()));
    tx.commit(note).await?;
    Ok(id)
}

/// The kindergarten in which the caller hires or dismisses: found with all that the caller reaches, so that a centre's try on
/// a member's staff is refused and recorded, and not merely not found.
async fn employer(
    tx: &Tx,
    caller: &Caller,
    kindergarten: KindergartenId,
) -> Result<kindergartens::Kindergarten, Failure> {
    let found = kindergartens::store::find(tx, kindergarten, tx.today()).await?;
    rules::may_employ(caller, kindergarten)?;
    if found.facts.status == Status::Closed {
        return Err(Refusal::Closed.into());
    }
    Ok(found)
}

/// Keeps a number; of two that are first the database refuses one.
async fn keep(tx: &Tx, id: StaffId, kept: &Kept, is_employed: bool) -> Result<(), Failure> {
    if store::keep_identity(tx, id, kept, is_employed).await? {
        Ok(())
    } else {
        Err(Refusal::EmployedAlready.into())
    }
}

/// Whoever has the number is free from this day on: employed under no other record.
async fn free(tx: &Tx, kept: &Kept, id: StaffId, from: Date) -> Result<(), Failure> {
    match store::last_employed_until(tx, &kept.digest, id).await? {
        Some(OPEN_END) => Err(Refusal::EmployedAlready.into()),
        Some(until) if from < until => Err(Refusal::EmployedUntil(until).into()),
        _ => Ok(()),
    }
}

fn sound(facts: &Facts, number: Option<&IdentityNumber>, today: Date) -> Result<(), Failure> {
    let findings = rules::check(facts, today).into_iter();
    let birth = number.and_then(|number| rules::check_birth(number, facts));
    match findings.chain(birth).find(|finding| finding.severity == Severity::Refused) {
        Some(finding) => Err(Invalid::field(finding.field.code(), finding.text).into()),
        None => Ok(()),
    }
}

/// A reason is kept in the trail, where no identity number may stand in the clear.
fn without_numbers(text: &str, field: &'static str) -> Result<(), Failure> {
    if sheets::cells::holds_identity(text) {
        let text = "这里会记入审计日志，请不要填写身份证号。";
        return Err(Invalid::field(field, text).into());
    }
    Ok(())
}

/// What the trail says of a record. A telephone number is no one's business there, an identity number even less.
fn said(facts: &Facts, has_identity: bool) -> serde_json::Value {
    let mut said = serde_json::Map::new();
    for (field, text) in rules::readable(facts) {
        let text = match field {
            Field::Phone if !text.is_empty() => "已登记".to_owned(),
            _ => text,
        };
        said.insert(field.code().to_owned(), text.into());
    }
    said.insert(Field::Identity.code().to_owned(), has_identity.into());
    said.into()
}

/// What a correction changes, and from when.
#[derive(Debug, Clone)]
pub struct Correction {
    /// The state that the form was made from.
    pub seen: StateNumber,
    /// From this day on.
    pub day: Date,
    /// Why.
    pub cause: String,
    /// What is known then; leaving is an act of its own and is not changed.
    pub facts: Facts,
    /// What becomes of the identity number.
    pub identity: Identity,
}

/// Changes what is known of a member.
pub async fn correct(
    db: &Db,
    caller: &Caller,
    id: StaffId,
    correction: Correction,
) -> Result<(), Failure> {
    let Correction { seen, day, cause, facts, identity } = correction;
    let cause = cause.as_str();
    without_numbers(cause, "cause")?;
    let number = match &identity {
        Identity::Becomes(number) => Some(number),
        Identity::AsItIs | Identity::Removed => None,
    };
    let kept = number.map(|number| Identities::of(db).seal(id, number)).transpose()?;
    let tx = db.begin(caller).await?;
    let now = latest(&tx, id).await?;
    rules::may_keep(caller, now.kindergarten, &now.district, now.run_by)?;
    if day < now.since {
        return Err(Refusal::LaterState(now.since).into());
    }
    let facts = Facts { left_on: now.facts.left_on, ..facts };
    sound(&facts, number, caller.today())?;
    let changes = rules::changes(&now.facts, &facts);
    if changes.is_empty() && identity == Identity::AsItIs {
        return Err(Refusal::NothingChanged.into());
    }
    store::bump(&tx, now.kindergarten).await?;
    if let Some(kept) = &kept {
        free(&tx, kept, id, facts.hired_on).await?;
        store::drop_identity(&tx, id).await?;
        keep(&tx, id, kept, facts.left_on.is_none()).await?;
    } else if identity == Identity::Removed {
        store::drop_identity(&tx, id).await?;
    }
    store::end_state(&tx, id, seen, day).await?;
    store::begin_state(&tx, id, now.kindergarten, day, cause, &facts).await?;
    let mut labels: Vec<&str> = changes.iter().map(|change| change.label.as_str()).collect();
    if identity != Identity::AsItIs {
        labels.push(Field::Identity.label());
    }
    let summary = format!(
        "{}{}自 {day} 起变更{}：{cause}",
        now.kindergarten_name,
        now.facts.name,
        labels.join("、")
    );
    let has_identity = match identity {
        Identity::AsItIs => now.identity.is_some(),
        Identity::Becomes(_) => true,
        Identity::Removed => false,
    };
    let note = Note::of("staff.corrected", id, summary).at(now.place);
    tx.commit(
        note.before(&said(&now.facts, now.identity.is_some())).after(&said(&facts, has_identity)),
    )
    .await
}

/// The state that nothing later follows, found with all that the caller reaches; whether the caller may is the rule's question.
async fn latest(tx: &Tx, id: StaffId) -> Result<Member, Failure> {
    store::find_widely(tx, id, OPEN_END.pred_opt().unwrap_or(OPEN_END)).await
}

/// Records that a member of one's own kindergarten leaves: `day` is the first day without him or her.
pub async fn leave(
    db: &Db,
    caller: &Caller,
    id: StaffId,
    seen: StateNumber,
    day: Date,
    cause: &str,
) -> Result<(), Failure> {
    without_numbers(cause, "cause")?;
    let tx = db.begin(caller).await?;
    let now = latest(&tx, id).await?;
    rules::may_employ(caller, now.kindergarten)?;
    if let Some(left) = now.facts.left_on {
        return Err(Refusal::LeftAlready(left).into());
    }
    if day < now.since {
        return Err(Refusal::LaterState(now.since).into());
    }
    let facts = Facts { left_on: Some(day), ..now.facts.clone() };
    sound(&facts, None, caller.today())?;
    store::bump(&tx, now.kindergarten).await?;
    store::end_state(&tx, id, seen, day).await?;
    store::begin_state(&tx, id, now.kindergarten, day, cause, &facts).await?;
    store::release_identity(&tx, id).await?;
    let summary = format!("{}{}于 {day} 离职：{cause}", now.kindergarten_name, now.facts.name);
    let has_identity = now.identity.is_some();
    let note = Note::of("staff.left", id, summary).at(now.place);
    tx.commit(note.before(&said(&now.facts, has_identity)).after(&said(&facts, has_identity))).await
}

/// Most letters of a reason.
pub const MOST_REASON: usize = 200;

/// Shows an identity number whole, for a reason. The reason is recorded before the number is answered; the number is not.
pub async fn unmask(
    db: &Db,
    caller: &Caller,
    id: StaffId,
    reason: &str,
) -> Result<IdentityNumber, Failure> {
    if !caller.may(Permission::UnmaskIdentity) {
        return Err(Failure::Forbidden(Permission::UnmaskIdentity));
    }
    let reason = reason.trim();
    if reason.chars().count() < 2 || reason.chars().count() > MOST_REASON {
        let text = format!("请写明查看原因，2 至 {MOST_REASON} 字。");
        return Err(Invalid::field("reason", text).into());
    }
    without_numbers(reason, "reason")?;
    let reading = db.reading(caller);
    let member = store::find_widely(&reading, id, OPEN_END.pred_opt().unwrap_or(OPEN_END)).await?;
    rules::may_read(caller, member.kindergarten)?;
    let sealed = member.identity.as_ref().ok_or(Refusal::NoNumber)?;
    let number = Identities::of(db).open(id, sealed)?;
    let summary = format!(
        "查看{}{}的完整身份证号，原因：{reason}",
        member.kindergarten_name, member.facts.name
    );
    db.record(caller, Note::of("staff.identity_unmasked", id, summary).at(member.place)).await?;
    Ok(number)
}
