//! Amending clusters. The district is locked first: whoever comes at the same time waits, and is judged by what is then.

use institutions::committees;
use kernel::{Caller, Failure, Note, OPEN_END};
use registry::clusters::{Decision, StandingException, acts as clusters};
use registry::places::store::lock_district;
use storage::{Db, Tx};

use super::rules;
use super::store;
use super::types::{Amendment, Change, Home, Judgement};

/// What an amendment would do, on its day and on the later days for which something is recorded; nothing is kept. It is
/// carried out to see whether it can be, and taken back.
pub async fn check(db: &Db, caller: &Caller, amendment: &Amendment) -> Result<Judgement, Failure> {
    let amendment = rules::fit_to_check(amendment, caller.today())?;
    let tx = db.begin(caller).await?;
    let home = store::home(&tx, amendment.cluster).await?;
    let judgement = judged(&tx, &home, &amendment).await?;
    carry_out(&tx, &amendment).await?;
    Ok(judgement)
}

/// Makes an amendment, with the exceptions that it needs.
pub async fn amend(db: &Db, caller: &Caller, amendment: &Amendment) -> Result<(), Failure> {
    let amendment = rules::fit(amendment, caller.today())?;
    let mut tx = db.begin(caller).await?;
    let home = store::home(&tx, amendment.cluster).await?;
    let judgement = judged(&tx, &home, &amendment).await?;
    let lifted = rules::permitted(&judgement.effects, amendment.exception.as_ref())?;
    carry_out(&tx, &amendment).await?;
    if let Some(terms) = &amendment.exception {
        for each in &lifted {
            let exception = StandingException {
                cluster: each.cluster,
                rule: each.rule.code().to_owned(),
                reason: terms.reason.clone(),
                approved_by: terms.approved_by.clone(),
                paper_number: amendment.paper_number.clone(),
                from: each.from,
                to: terms.until.succ_opt().unwrap_or(OPEN_END),
            };
            clusters::record_exception(&tx, &exception).await?;
        }
    }
    let day = amendment.effective_on;
    let moved_to = match &amendment.change {
        Change::Transfer { to, .. } => Some(*to),
        _ => None,
    };
    if !matches!(amendment.change, Change::Rename { .. }) {
        for cluster in [Some(amendment.cluster), moved_to].into_iter().flatten() {
            let cause = &judgement.sentence;
            committees::membership_changed(&mut tx, cluster, day, cause, &home.place);
        }
    }
    let summary = format!("{}（{}，自 {day} 起）", judgement.sentence, amendment.paper_number);
    let excepted: Vec<&str> = lifted.iter().map(|each| each.rule.code()).collect();
    let note = Note::of("cluster.amended", amendment.cluster, summary).at(home.place).after(
        &serde_json::json!({
            "kind": amendment.change.kind(),
            "kindergarten": amendment.change.kindergarten(),
            "effective_on": day,
            "excepted": excepted,
        }),
    );
    tx.commit(note).await
}

async fn judged(tx: &Tx, home: &Home, amendment: &Amendment) -> Result<Judgement, Failure> {
    lock_district(tx, &home.district).await?;
    let (cluster, change) = (amendment.cluster, &amendment.change);
    let standing = store::standing(tx, home, amendment.effective_on).await?;
    let sentence = rules::sentence(&standing, cluster, change);
    let mut effects = vec![rules::effect(&standing, cluster, change)?];
    for day in store::turning_days(tx, &home.district, amendment.effective_on).await? {
        let standing = store::standing(tx, home, day).await?;
        effects.push(rules::effect(&standing, cluster, change)?);
    }
    Ok(Judgement { sentence, effects })
}

async fn carry_out(tx: &Tx, amendment: &Amendment) -> Result<(), Failure> {
    let decision = Decision {
        from: amendment.effective_on,
        to: OPEN_END,
        paper_number: &amendment.paper_number,
        cause: &amendment.reason,
    };
    let cluster = amendment.cluster;
    match &amendment.change {
        Change::Admit { kindergarten } => {
            clusters::admit(tx, cluster, *kindergarten, &decision).await
        }
        Change::Release { kindergarten } => {
            clusters::release(tx, cluster, *kindergarten, &decision).await
        }
        Change::Transfer { kindergarten, to } => {
            clusters::transfer(tx, *kindergarten, *to, &decision).await
        }
        Change::Centre { kindergarten, name, .. } => {
            clusters::set_centre(tx, cluster, *kindergarten, &decision).await?;
            match name {
                Some(name) => clusters::rename(tx, cluster, name, &decision).await,
                None => Ok(()),
            }
        }
        Change::Rename { name, .. } => clusters::rename(tx, cluster, name, &decision).await,
    }
}
