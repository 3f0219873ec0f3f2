use kernel::{Failure, Moment, PersonId};
use storage::FromRow;
use storage::{Source, Sql, Tx};

use super::types::Holders;

/// Makes invitations in the place of all others of the same people; `invited`: whom, with the digest of the secret.
pub(super) async fn insert(
    tx: &Tx,
    invited: &[(PersonId, String)],
    expires_at: Moment,
) -> Result<(), Failure> {
    for some in invited.chunks(200) {
        let mut sql = Sql::new("DELETE FROM invitation WHERE used_at IS NULL AND person_id IN ");
        sql.bind_list(some.iter().map(|(person, _)| *person));
        tx.execute(sql).await?;
    }
    let row = |(person, digest): &(PersonId, String)| {
        vec![
            digest.clone().into(),
            (*person).into(),
            tx.now().millis().into(),
            expires_at.millis().into(),
        ]
    };
    let columns = &["token_digest", "person_id", "made_at", "expires_at"];
    tx.insert("invitation", columns, invited.iter().map(row).collect()).await
}

/// Whom a secret invites now.
pub(super) async fn invited(
    source: &impl Source,
    digest: &str,
) -> Result<Option<PersonId>, Failure> {
    #[derive(FromRow)]
    struct Row {
        person_id: PersonId,
    }
    let sql = Sql::with(
        "SELECT person_id FROM invitation WHERE token_digest = $1 AND used_at IS NULL AND expires_at > $2",
        [digest.into(), source.now().millis().into()],
    );
    Ok(source.one::<Row>(sql).await?.map(|row| row.person_id))
}

/// Uses up an invitation; false when it serves no more.
pub(super) async fn take(tx: &Tx, digest: &str) -> Result<bool, Failure> {
    let now = tx.now().millis();
    let sql = Sql::with(
        "UPDATE invitation SET used_at = $1 WHERE token_digest = $2 AND used_at IS NULL AND expires_at > $1",
        [now.into(), digest.into()],
    );
    Ok(tx.execute(sql).await? == 1)
}

/// Somebody without an account.
#[derive(FromRow)]
pub(super) struct Person {
    pub(super) id: PersonId,
    pub(super) name: String,
}

/// Holders of a post in force today who have no account, by name; for the security administrator, who reaches every account.
pub(super) async fn without_account(
    source: &impl Source,
    holders: &Holders,
    most: usize,
) -> Result<Vec<Person>, Failure> {
    let day = source.today();
    let mut sql = Sql::new(
        "SELECT DISTINCT p.id, p.name, p.sort_key FROM post o JOIN person p ON p.id = o.person_id \
         LEFT JOIN kindergarten_state k ON k.kindergarten_id = o.kindergarten_id AND ",
    );
    sql.on_day("k", day).text(" LEFT JOIN cluster c ON c.id = o.cluster_id WHERE ");
    sql.on_day("o", day);
    sql.text(" AND o.kind = ").bind(holders.kind.code());
    sql.text(" AND NOT EXISTS (SELECT 1 FROM account a WHERE a.person_id = p.id)");
    if let Some(district) = &holders.district {
        sql.text(" AND coalesce(o.district_code, k.district_code, c.district_code) = ")
            .bind(district.as_str());
    }
    sql.text(" ORDER BY p.sort_key, p.id LIMIT ").bind(most as i64);
    source.all(sql).await
}

/// The last login that begins with a prefix and a hyphen.
pub(super) async fn last_login(tx: &Tx, prefix: &str) -> Result<Option<String>, Failure> {
    #[derive(FromRow)]
    struct Row {
        login: String,
    }
    let sql = Sql::with(
        "SELECT login FROM account WHERE login >= $1 AND login < $2 ORDER BY login DESC LIMIT 1",
        [format!("{prefix}-0").into(), format!("{prefix}-:").into()],
    );
    Ok(tx.one::<Row>(sql).await?.map(|row| row.login))
}

/// Codes and names of the districts, in the official order.
pub(crate) async fn districts(source: &impl Source) -> Result<Vec<(String, String)>, Failure> {
    #[derive(FromRow)]
    struct Row {
        code: String,
        name: String,
    }
    let sql = Sql::new("SELECT code, name FROM district ORDER BY position");
    let rows = source.all::<Row>(sql).await?;
    Ok(rows.into_iter().map(|row| (row.code, row.name)).collect())
}
