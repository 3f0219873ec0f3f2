//! Registering party organisations, joining and leaving. The district is locked first.

use kernel::{Caller, Date, Failure, Invalid, KindergartenId, Note, PartyId};
use registry::kindergartens;
use registry::places::store::lock_district;
use storage::{Actor, Db, Source, Tx, violates};

use super::rules::{self, Refusal};
use super::store;
use super::types::NewParty;

const LONGEST_NAME: usize = 60;

/// Registers an organisation of a district together with those who form it.
pub async fn register(
    db: &Db,
    actor: impl Into<Actor>,
    district: &str,
    party: &NewParty,
) -> Result<PartyId, Failure> {
    let mut ids = register_all(db, actor, district, std::slice::from_ref(party)).await?;
    ids.pop().ok_or(Failure::NotFound)
}

/// Registers several organisations of a district, all or none.
pub async fn register_all(
    db: &Db,
    actor: impl Into<Actor>,
    district: &str,
    parties: &[NewParty],
) -> Result<Vec<PartyId>, Failure> {
    let tx = db.begin(actor).await?;
    lock_district(&tx, district).await?;
    let mut ids = Vec::with_capacity(parties.len());
    for party in parties {
        let party = checked(party)?;
        rules::may_count(party.kind, party.kindergartens.len())?;
        let names = running(&tx, district, &party.kindergartens, party.established_on).await?;
        let id = store::insert(&tx, district, &party).await.map_err(|failure| {
            if violates(&failure, "party_name") || violates(&failure, "party_organisation.name") {
                Refusal::NameTaken(party.name.clone()).into()
            } else {
                failure
            }
        })?;
        store::join(&tx, id, &party.kindergartens, party.established_on)
            .await
            .map_err(|failure| elsewhere(failure, &names))?;
        ids.push(id);
    }
    let place = registry::places::store::district(&tx, district).await?.place;
    let summary = match (parties, ids.first()) {
        ([only], Some(_)) => format!("登记{}“{}”", only.kind.label(), only.name.trim()),
        _ => format!("登记党组织 {} 个", ids.len()),
    };
    let note = match ids.as_slice() {
        [only] => Note::of("party.registered", *only, summary),
        _ => Note::of("party.registered", district, summary),
    };
    tx.commit(note.at(place)).await?;
    Ok(ids)
}

/// A kindergarten joins an organisation of its district.
pub async fn join(
    db: &Db,
    caller: &Caller,
    id: PartyId,
    kindergarten: KindergartenId,
    from: Date,
) -> Result<(), Failure> {
    let tx = db.begin(caller).await?;
    let party = store::find(&tx, id, from).await?;
    lock_district(&tx, &party.district).await?;
    if from < party.established_on {
        return Err(Refusal::BeforeEstablishment(party.established_on).into());
    }
    let names = running(&tx, &party.district, &[kindergarten], from).await?;
    // Whoever belongs on a later day than `from` would belong together with the newcomer, too.
    let others = store::belongings(&tx, id, from).await?.into_iter().filter(|held| held.to > from);
    rules::may_count(party.kind, others.count() + 1)?;
    store::join(&tx, id, &[kindergarten], from)
        .await
        .map_err(|failure| elsewhere(failure, &names))?;
    let name = names.first().map(String::as_str).unwrap_or_default();
    let note = Note::of("party.joined", id, format!("{name}自 {from} 起归入“{}”", party.name));
    tx.commit(note.at(party.place)).await
}

/// A kindergarten leaves an organisation.
pub async fn leave(
    db: &Db,
    caller: &Caller,
    id: PartyId,
    kindergarten: KindergartenId,
    on: Date,
) -> Result<(), Failure> {
    let tx = db.begin(caller).await?;
    let party = store::find(&tx, id, tx.today()).await?;
    lock_district(&tx, &party.district).await?;
    let held = store::belongings(&tx, id, tx.today()).await?;
    let held =
        held.into_iter().find(|held| held.kindergarten == kindergarten).ok_or(Failure::NotFound)?;
    if on <= held.from || on >= held.to {
        return Err(Refusal::NotInForce(held.from).into());
    }
    store::leave(&tx, &held, on).await?;
    let note = Note::of("party.left", id, format!("{}自 {on} 起退出“{}”", held.name, party.name));
    tx.commit(note.at(party.place)).await
}

fn checked(party: &NewParty) -> Result<NewParty, Failure> {
    let mut invalid = Invalid::default();
    let (name, paper) = (party.name.trim(), party.paper_number.trim());
    for (field, text) in [("name", name), ("paper_number", paper)] {
        let is_fit = !text.is_empty()
            && text.chars().count() <= LONGEST_NAME
            && !text.chars().any(char::is_control);
        if !is_fit {
            invalid.add(field, format!("请填写，不超过 {LONGEST_NAME} 个字"));
        }
    }
    invalid.or_ok()?;
    let mut kindergartens = party.kindergartens.clone();
    kindergartens.sort_unstable();
    kindergartens.dedup();
    Ok(NewParty {
        name: name.to_owned(),
        paper_number: paper.to_owned(),
        kindergartens,
        ..party.clone()
    })
}

/// The names of kindergartens that run in the district on the day, within reach.
async fn running(
    tx: &Tx,
    district: &str,
    ids: &[KindergartenId],
    day: Date,
) -> Result<Vec<String>, Failure> {
    let found = kindergartens::store::with_ids(tx, ids, day).await?;
    if found.len() != ids.len() {
        return Err(Failure::NotFound);
    }
    if found.iter().any(|each| each.facts.district != district) {
        return Err(Refusal::OtherDistrict.into());
    }
    Ok(found.into_iter().map(|each| each.facts.name.to_string()).collect())
}

fn elsewhere(failure: Failure, names: &[String]) -> Failure {
    if violates(&failure, "no_overlap_party_membership_kindergarten_id") {
        return Refusal::BelongsElsewhere(names.join("、")).into();
    }
    failure
}
