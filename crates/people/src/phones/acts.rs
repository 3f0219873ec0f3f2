//! Sending codes, taking them, binding a number.

use kernel::{Caller, Failure, Note, PersonId, PhoneGateway};
use storage::{Actor, Db, PHONE, violates};

use super::rules::{self, Refusal};
use super::store::{self, NewCode};
use super::types::VALID_MS;
use crate::accounts;
use crate::secret::{digest, random};

/// Whose number it is: for nobody else does it open.
fn own(person: PersonId) -> Vec<u8> {
    PHONE.belonging(person.uuid().as_bytes())
}

fn digest_of(db: &Db, phone: &str) -> Result<String, Failure> {
    Ok(db.keys().digest("people.phone", phone)?)
}

/// Six digits, all equally likely.
fn fresh_code() -> Result<String, Failure> {
    loop {
        let number = u32::from_be_bytes(random::<4>()?) >> 12;
        if number < 1_000_000 {
            return Ok(format!("{number:06}"));
        }
    }
}

/// A code is bound to its number and browser before it is digested: the digest alone can't be tried against all six digits of
/// another's.
fn code_digest(visitor: &str, code: &str) -> String {
    digest(&format!("{visitor} {}", code.trim()))
}

async fn delivered(gateway: &PhoneGateway, phone: String, code: String) -> Result<(), Failure> {
    let gateway = gateway.0.clone();
    let sent = tokio::task::spawn_blocking(move || gateway.deliver(&phone, &code)).await;
    match sent.map_err(Failure::broken)? {
        Ok(()) => Ok(()),
        Err(why) => {
            tracing::warn!(%why, "the telephone gateway took no code");
            Err(Refusal::NotDelivered.into())
        }
    }
}

/// Asks for a code to sign in with. The answer is the same whether the number is known here or not, and comes as fast: delivery goes
/// on beside it.
pub(crate) async fn ask(
    db: &Db,
    gateway: &PhoneGateway,
    visitor: Actor,
    secret: &str,
    phone: &str,
) -> Result<(), Failure> {
    let phone = rules::plain(phone)?;
    let phone_digest = digest_of(db, &phone)?;
    let reading = db.reading(visitor.clone());
    rules::may_send(store::lately(&reading, &phone_digest, &visitor.address).await?, db.now())?;
    let code = fresh_code()?;
    let visitor_digest = digest(secret);
    let new = NewCode {
        visitor: &visitor_digest,
        purpose: "sign_in",
        phone_digest: &phone_digest,
        code_digest: &code_digest(&visitor_digest, &code),
        address: &visitor.address,
        expires_at: db.now().plus_millis(VALID_MS),
    };
    store::keep(db, &new).await?;
    if store::bearer(&reading, &phone_digest).await?.is_some() {
        let gateway = gateway.clone();
        tokio::spawn(async move {
            // It is logged where it fails; whoever waits in vain signs in by password.
            drop(delivered(&gateway, phone, code).await);
        });
    }
    Ok(())
}

/// Takes a code that was asked for by this browser; answers whose number it proves.
pub(crate) async fn redeem(
    db: &Db,
    visitor: Actor,
    secret: &str,
    code: &str,
) -> Result<PersonId, Failure> {
    let visitor_digest = digest(secret);
    let taken =
        store::take(db, &visitor_digest, "sign_in", &code_digest(&visitor_digest, code)).await?;
    let bearer = match taken {
        Some(phone_digest) => store::bearer(&db.reading(visitor.clone()), &phone_digest).await?,
        None => None,
    };
    if let Some(person) = bearer {
        return Ok(person);
    }
    let note = Note::refused("session.refused", "unknown", "短信验证码不对或已过期");
    db.record(visitor, note).await?;
    Err(Refusal::WrongCode.into())
}

/// Asks for a code that proves a number which is to be bound, for whoever knows the password.
pub(super) async fn begin(
    db: &Db,
    gateway: &PhoneGateway,
    caller: &Caller,
    secret: &str,
    phone: &str,
    password: String,
) -> Result<String, Failure> {
    let phone = rules::plain(phone)
        .map_err(|refusal| Failure::from(kernel::Invalid::field("phone", refusal.to_string())))?;
    let reading = db.reading(caller);
    let account = accounts::of_person(&reading, caller.person).await?.ok_or(Failure::NotFound)?;
    accounts::prove(db, caller, &account, password).await?;
    let phone_digest = digest_of(db, &phone)?;
    rules::may_send(store::lately(&reading, &phone_digest, &caller.address).await?, db.now())?;
    let code = fresh_code()?;
    let visitor_digest = digest(secret);
    let new = NewCode {
        visitor: &visitor_digest,
        purpose: "bind",
        phone_digest: &phone_digest,
        code_digest: &code_digest(&visitor_digest, &code),
        address: &caller.address,
        expires_at: db.now().plus_millis(VALID_MS),
    };
    store::keep(db, &new).await?;
    delivered(gateway, phone.clone(), code).await?;
    Ok(phone)
}

/// Binds the number that a code proves to one's own account.
pub(super) async fn confirm(
    db: &Db,
    caller: &Caller,
    secret: &str,
    phone: &str,
    code: &str,
) -> Result<(), Failure> {
    let phone = rules::plain(phone)?;
    let visitor_digest = digest(secret);
    let taken =
        store::take(db, &visitor_digest, "bind", &code_digest(&visitor_digest, code)).await?;
    let phone_digest = digest_of(db, &phone)?;
    if taken.as_ref() != Some(&phone_digest) {
        return Err(Refusal::WrongCode.into());
    }
    let tx = db.begin(caller).await?;
    let sealed = db.keys().seal(&own(caller.person), phone.as_bytes())?;
    store::bind(&tx, caller.person, sealed, &phone_digest).await.map_err(|failure| {
        if violates(&failure, "phone_digest") || violates(&failure, "phone.digest") {
            Refusal::NotFree.into()
        } else {
            failure
        }
    })?;
    let summary = format!("绑定手机号 {}", rules::masked(&phone));
    tx.commit(Note::of("phone.bound", caller.person, summary)).await
}

/// Takes one's own number off, for whoever knows the password.
pub(super) async fn remove(db: &Db, caller: &Caller, password: String) -> Result<(), Failure> {
    let reading = db.reading(caller);
    let account = accounts::of_person(&reading, caller.person).await?.ok_or(Failure::NotFound)?;
    accounts::prove(db, caller, &account, password).await?;
    let tx = db.begin(caller).await?;
    if !store::unbind(&tx, caller.person).await? {
        return Err(Refusal::NotBound.into());
    }
    tx.commit(Note::of("phone.unbound", caller.person, "解除手机号绑定")).await
}

/// One's own number, masked; none when there is none or it can't be opened.
pub(super) async fn bound(db: &Db, caller: &Caller) -> Result<Option<String>, Failure> {
    let Some(sealed) = store::of(&db.reading(caller), caller.person).await? else {
        return Ok(None);
    };
    let opened = db.keys().open(&own(caller.person), &sealed)?;
    Ok(Some(rules::masked(&String::from_utf8_lossy(&opened))))
}
