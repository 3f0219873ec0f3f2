//! Staff records on each database.

mod browsing;
mod hiring;
mod importing;
mod previewing;

use fixtures::City;
use kernel::{Caller, Date, Failure, KindergartenId, Refusal};
use sealing::{KeyRing, Keys};
use storage::{Source, Sql};

use super::types::{Certificate, Education, Facts, IdentityNumber, PersonName, Position, Title};

/// A sound teacher.
pub(super) fn facts(name: &str) -> Facts {
    Facts {
        name: PersonName::new(name).unwrap(),
        position: Position::Teacher,
        title: Some(Title::Second),
        education: Some(Education::Bachelor),
        certificate: Some(Certificate::Preschool),
        backbone: false,
        phone: None,
        hired_on: day("2025-09-01"),
        left_on: None,
    }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The invented identity number of the n-th person of these tests: the province's code is real, the county is not.
fn number(n: u32) -> IdentityNumber {
    let stem = format!("440399{}{:03}", 1970 + n % 30, n / 30 % 10);
    let digits = format!("{}0101{:03}", &stem[..10], n % 1000);
    let found = "0123456789X".chars().find_map(|check| {
        IdentityNumber::read(&format!("{digits}{check}"), day("2026-02-03")).ok()
    });
    found.unwrap()
}

/// The city with keys.
fn keyed(mut city: City) -> City {
    city.db = city.db.clone().with_keys(Keys::from(KeyRing::random().unwrap()));
    city
}

/// A kindergarten and its principal.
async fn own(city: &City, name: &str) -> (KindergartenId, Caller) {
    let id = city.kindergarten(name).add().await;
    (id, city.principal(id).await)
}

fn refusal(failure: Failure) -> Refusal {
    match failure {
        Failure::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn count(city: &City, condition: &str) -> i64 {
    let mut sql = Sql::new("SELECT count(*) FROM ");
    sql.text(condition);
    city.reading().number(sql).await.unwrap()
}

/// Every text of the trail, of previews and of kept files: where no number may stand in the clear.
async fn written(city: &City) -> String {
    #[derive(storage::FromRow)]
    struct Row {
        text: String,
    }
    let mut all = String::new();
    for from in [
        "SELECT summary || COALESCE(state_before, '') || COALESCE(state_after, '') || subject AS text FROM audit_entry",
        "SELECT content || file_name AS text FROM import",
        "SELECT content AS text FROM import_row",
        "SELECT name || cause || phone AS text FROM staff_state",
    ] {
        for row in city.reading().all::<Row>(Sql::new(from)).await.unwrap() {
            all.push_str(&row.text);
            all.push('\n');
        }
    }
    #[derive(storage::FromRow)]
    struct Kept {
        bytes: Vec<u8>,
    }
    for from in [
        "SELECT COALESCE(content, content_sealed) AS bytes FROM import_file",
        "SELECT identity_sealed AS bytes FROM staff_identity",
    ] {
        for row in city.reading().all::<Kept>(Sql::new(from)).await.unwrap() {
            all.push_str(&String::from_utf8_lossy(&row.bytes));
        }
    }
    all
}
