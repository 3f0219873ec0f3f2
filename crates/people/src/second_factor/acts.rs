use kernel::{Caller, Failure, Note, PersonId};
use sealing::Keys;
use storage::{Actor, Db, SECOND_FACTOR, Source, Tx};

use super::rules::{self, RECOVERY_CODES, Refusal};
use super::store;
use crate::accounts;
use crate::secret::{CROCKFORD, base32, digest, grouped, random, typed};

/// Whose secret it is: for nobody else does it open.
fn own(person: PersonId) -> Vec<u8> {
    SECOND_FACTOR.belonging(person.uuid().as_bytes())
}

/// Begins: a fresh secret, sealed, that asks for nothing before a code of it is confirmed.
pub(super) async fn begin(db: &Db, caller: &Caller) -> Result<(), Failure> {
    if db.keys().ring().is_none() {
        return Err(Refusal::NoKey.into());
    }
    let person = caller.person;
    let tx = db.begin(caller).await?;
    if store::is_on(&tx, person).await? {
        return Err(Refusal::AlreadyOn.into());
    }
    let sealed = db.keys().seal(&own(person), &random::<20>()?)?;
    store::begin(&tx, person, sealed).await?;
    tx.commit(Note::of("second_factor.begun", person, "开始启用动态码")).await
}

/// The secret of a second factor that is begun and not yet confirmed: shown to its owner until then.
pub(super) async fn begun_secret(
    source: &impl Source,
    caller: &Caller,
    keys: &Keys,
) -> Result<Option<Vec<u8>>, Failure> {
    let kept = store::of(source, caller.person).await?;
    match kept.filter(|kept| kept.confirmed_at.is_none() && keys.ring().is_some()) {
        Some(kept) => Ok(Some(keys.open(&own(caller.person), &kept.sealed)?)),
        None => Ok(None),
    }
}

/// Confirms with a first code that the app has the secret; answers the recovery codes, which are shown this once.
pub(super) async fn confirm(db: &Db, caller: &Caller, code: &str) -> Result<Vec<String>, Failure> {
    if db.keys().ring().is_none() {
        return Err(Refusal::NoKey.into());
    }
    let person = caller.person;
    let tx = db.begin(caller).await?;
    let kept = store::of(&tx, person).await?.ok_or(Refusal::NotOn)?;
    if kept.confirmed_at.is_some() {
        return Err(Refusal::AlreadyOn.into());
    }
    take_code(&tx, db.keys(), person, &kept, code).await?;
    store::confirm(&tx, person).await?;
    let codes = new_codes(&tx, person).await?;
    tx.commit(Note::of("second_factor.enabled", person, "启用动态码")).await?;
    Ok(codes)
}

async fn take_code(
    tx: &Tx,
    keys: &Keys,
    person: PersonId,
    kept: &store::Kept,
    code: &str,
) -> Result<(), Failure> {
    // A secret that does not open is no wrong code.
    let secret = keys
        .open(&own(person), &kept.sealed)
        .map_err(|refusal| Failure::broken(refusal.to_string()))?;
    let step = rules::accepted_step(&secret, code, kept.last_step, tx.now());
    match step {
        Some(step) if store::advance(tx, person, step).await? => Ok(()),
        _ => Err(Refusal::WrongCode.into()),
    }
}

async fn new_codes(tx: &Tx, person: PersonId) -> Result<Vec<String>, Failure> {
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        codes.push(base32(&random::<10>()?, CROCKFORD));
    }
    let digests = codes.iter().map(|code| digest(code)).collect();
    store::replace_codes(tx, person, digests).await?;
    Ok(codes.iter().map(|code| grouped(code)).collect())
}

/// New recovery codes in the place of all others, for whoever knows the password.
pub(super) async fn renew_codes(
    db: &Db,
    caller: &Caller,
    password: String,
) -> Result<Vec<String>, Failure> {
    let reading = db.reading(caller);
    let account = accounts::of_person(&reading, caller.person).await?.ok_or(Failure::NotFound)?;
    accounts::prove(db, caller, &account, password).await?;
    let tx = db.begin(caller).await?;
    if !store::is_on(&tx, caller.person).await? {
        return Err(Refusal::NotOn.into());
    }
    let codes = new_codes(&tx, caller.person).await?;
    let note = Note::of("second_factor.codes_renewed", caller.person, "重新生成恢复码");
    tx.commit(note).await?;
    Ok(codes)
}

/// Switches one's own off, for whoever knows the password.
pub(super) async fn remove(db: &Db, caller: &Caller, password: String) -> Result<(), Failure> {
    let reading = db.reading(caller);
    let account = accounts::of_person(&reading, caller.person).await?.ok_or(Failure::NotFound)?;
    accounts::prove(db, caller, &account, password).await?;
    let tx = db.begin(caller).await?;
    if !store::clear(&tx, caller.person).await? {
        return Err(Refusal::NotOn.into());
    }
    tx.commit(Note::of("second_factor.disabled", caller.person, "停用动态码")).await
}

/// Switches another person's off who lost telephone and recovery codes: the security administrator's act.
pub(super) async fn remove_of(db: &Db, caller: &Caller, person: PersonId) -> Result<(), Failure> {
    let tx = db.begin(caller).await?;
    let account = accounts::with_credentials_of(&tx, caller, person).await?;
    if !store::clear(&tx, person).await? {
        return Err(Refusal::NotOn.into());
    }
    let summary = format!("停用账号 {} 的动态码", account.login);
    tx.commit(Note::of("second_factor.disabled", person, summary)).await
}

/// Switches the second factor of a login off, if it is on: for whoever installs the system, on its own machine.
pub async fn switch_off(db: &Db, actor: Actor, login: &str) -> Result<(), Failure> {
    let account = accounts::of_login(db, &actor, login).await?;
    let tx = db.begin(actor).await?;
    if !store::clear(&tx, account.person).await? {
        return Ok(());
    }
    let summary = format!("在服务器上停用账号 {} 的动态码", account.login);
    tx.commit(Note::of("second_factor.disabled", account.person, summary)).await
}

/// By what somebody proved to be who he or she is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The code of the moment.
    Code,
    /// A recovery code; so many are left.
    RecoveryCode(i64),
}

/// Takes the code that somebody types at sign-in, and uses it up. `None`: it is wrong, old or used.
pub(crate) async fn take(
    tx: &Tx,
    keys: &Keys,
    person: PersonId,
    text: &str,
) -> Result<Option<Taken>, Failure> {
    if !rules::is_code(text) {
        let taken = store::use_code(tx, person, &digest(&typed(text))).await?;
        let left = store::codes_left(tx, person).await?;
        return Ok(taken.then_some(Taken::RecoveryCode(left)));
    }
    let Some(kept) = store::of(tx, person).await?.filter(|kept| kept.confirmed_at.is_some()) else {
        return Ok(None);
    };
    if keys.ring().is_none() {
        return Err(Refusal::KeyMissing.into());
    }
    match take_code(tx, keys, person, &kept, text).await {
        Ok(()) => Ok(Some(Taken::Code)),
        Err(Failure::Refused(_)) => Ok(None),
        Err(other) => Err(other),
    }
}
