//! What changes a kindergarten's record: a correction, a delegation paper. Imports have acts of their own.

use kernel::{Caller, Date, Failure, KindergartenId, Note, OPEN_END, PaperId};
use storage::{Db, Source, Tx};

use super::rules::{self, Refusal};
use super::store;
use super::types::{Delegation, Facts, Kindergarten, Revision, StateNumber};
use crate::places::{self, CityLock};

/// Changes one kindergarten's facts from `day` on, because of `cause`. `seen` is the state that the form was made from.
/// Answers what was warned about. A register id never changes here.
pub async fn correct(
    db: &Db,
    caller: &Caller,
    id: KindergartenId,
    seen: StateNumber,
    day: Date,
    cause: &str,
    facts: Facts,
) -> Result<(), Failure> {
    let regions = places::store::regions(&db.reading(caller)).await?;
    let tx = db.begin(caller).await?;
    let now = current(&tx, id).await?;
    rules::may_write(caller, &now.facts.district, now.facts.answers_to())?;
    // A district can't give away what it may then no longer write, nor take what is another's.
    rules::may_write(caller, &facts.district, facts.answers_to())?;
    if day < now.since {
        return Err(Refusal::LaterState(now.since).into());
    }
    let mut facts = Facts { register_id: now.facts.register_id.clone(), ..facts };
    // As an import does: whoever remembers the name that it bore still finds it.
    if facts.name != now.facts.name && !facts.former_names.contains(&now.facts.name) {
        facts.former_names.push(now.facts.name.clone());
    }
    if facts.street.as_deref().is_some_and(|code| {
        regions.street(code).is_none_or(|street| street.district != facts.district)
    }) {
        return Err(Failure::Invalid(kernel::Invalid::field("street", "请选择本区的街道。")));
    }
    let changes = rules::changes(&now.facts, &facts, &regions);
    if changes.is_empty() {
        return Err(Refusal::NothingChanged.into());
    }
    let refused = rules::check(&facts, &regions, caller.today())
        .into_iter()
        .find(|finding| finding.severity == sheets::Severity::Refused);
    if let Some(finding) = refused {
        return Err(Failure::Invalid(kernel::Invalid::field(finding.field.code(), finding.text)));
    }
    if let Some(code) =
        facts.national_code.as_ref().filter(|code| Some(*code) != now.facts.national_code.as_ref())
    {
        places::lock_city(&tx, CityLock::NationalCodes).await?;
        if store::is_code_taken(&tx, code.as_str(), id).await? {
            let text = format!("标识码 {code} 已属于另一所幼儿园。请核对后改正。");
            return Err(
                kernel::Invalid::field(super::types::Field::NationalCode.code(), text).into()
            );
        }
    }
    let revision = Revision { id, seen, facts };
    store::revise(&tx, day, cause, std::slice::from_ref(&revision)).await?;
    let labels: Vec<&str> = changes.iter().map(|change| change.label.as_str()).collect();
    let summary = format!("{}自 {day} 起变更{}：{cause}", now.facts.name, labels.join("、"));
    let note = Note::of("kindergarten.corrected", id, summary).at(now.place);
    tx.commit(note.before(&now.facts).after(&revision.facts)).await
}

/// The state that nothing later follows: what is changed.
async fn current(tx: &Tx, id: KindergartenId) -> Result<Kindergarten, Failure> {
    // The last day on which anything can hold.
    store::find(tx, id, OPEN_END.pred_opt().unwrap_or(OPEN_END)).await
}

/// Records a delegation paper for a city-run kindergarten; answers its id.
pub async fn delegate(
    db: &Db,
    caller: &Caller,
    id: KindergartenId,
    number: &str,
    dated: Date,
    from: Date,
    to: Date,
) -> Result<PaperId, Failure> {
    let tx = db.begin(caller).await?;
    let kindergarten = store::find(&tx, id, tx.today()).await?;
    rules::may_delegate(caller, &kindergarten.facts.district, kindergarten.facts.answers_to())?;
    places::store::lock_district(&tx, &kindergarten.facts.district).await?;
    let all = store::delegations(&tx, id).await?;
    if let Some(other) = all.iter().find(|other| other.from < to && from < other.to) {
        return Err(Refusal::DelegatedAlready(other.number.clone()).into());
    }
    let paper = Delegation { id: tx.mint(), number: number.to_owned(), dated, from, to };
    store::record_delegation(&tx, id, &paper).await?;
    let summary =
        format!("登记{}的委托书 {number}，{from} 起至 {to} 前有效", kindergarten.facts.name);
    tx.commit(
        Note::of("delegation.recorded", paper.id, summary).at(kindergarten.place).after(&paper),
    )
    .await?;
    Ok(paper.id)
}

/// Ends a delegation paper: from `on` it is no longer in force.
pub async fn end_delegation(
    db: &Db,
    caller: &Caller,
    id: KindergartenId,
    paper: PaperId,
    on: Date,
) -> Result<(), Failure> {
    let tx = db.begin(caller).await?;
    let kindergarten = store::find(&tx, id, tx.today()).await?;
    rules::may_delegate(caller, &kindergarten.facts.district, kindergarten.facts.answers_to())?;
    let all = store::delegations(&tx, id).await?;
    let paper = all.into_iter().find(|each| each.id == paper).ok_or(Failure::NotFound)?;
    if on <= paper.from || on >= paper.to {
        return Err(Refusal::NotInForce { from: paper.from, to: paper.to }.into());
    }
    store::end_delegation(&tx, &paper, on).await?;
    let summary = format!("{}的委托书 {} 于 {on} 终止", kindergarten.facts.name, paper.number);
    tx.commit(Note::of("delegation.ended", paper.id, summary).at(kindergarten.place).before(&paper))
        .await
}
