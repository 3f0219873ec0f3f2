//! Rows as they come; a stored code that means nothing is ours to answer for.

use kernel::{Date, Failure, KindergartenId, Moment, OPEN_END, Place, StaffId};
use policy::RunBy;
use sealing::Sealed;
use storage::FromRow;

use super::super::types::{
    Certificate, Education, Facts, Known, Listed, Member, PersonName, Phone, Position, Roll,
    StaffState, StateNumber, Statistics, Title,
};

/// The columns of a [`FactsRow`].
macro_rules! facts_columns {
    () => {
        "s.name, s.position, s.title, s.education, s.certificate, s.backbone, s.phone, s.hired_on, s.left_on"
    };
}

pub(super) const STATE_COLUMNS: &str =
    concat!("s.valid_from, s.recorded_at, s.cause, ", facts_columns!());

pub(super) const LISTED_COLUMNS: &str = concat!(
    "s.staff_id, s.kindergarten_id, k.name AS kindergarten_name, k.district_code, i.identity_key, i.identity_sealed, ",
    facts_columns!()
);

pub(super) const MEMBER_COLUMNS: &str = concat!(
    "s.id AS number, s.valid_from, s.valid_to, k.place, k.run_by, ",
    "s.staff_id, s.kindergarten_id, k.name AS kindergarten_name, k.district_code, i.identity_key, i.identity_sealed, ",
    facts_columns!()
);

#[derive(FromRow)]
pub(super) struct FactsRow {
    name: String,
    position: String,
    title: String,
    education: String,
    certificate: String,
    backbone: i64,
    phone: String,
    hired_on: Date,
    left_on: Date,
}

#[derive(FromRow)]
pub(super) struct StateRow {
    valid_from: Date,
    recorded_at: i64,
    cause: String,
    #[row(nested)]
    facts: FactsRow,
}

#[derive(FromRow)]
pub(super) struct ListedRow {
    staff_id: StaffId,
    kindergarten_id: KindergartenId,
    kindergarten_name: String,
    district_code: String,
    identity_key: Option<String>,
    identity_sealed: Option<Vec<u8>>,
    #[row(nested)]
    facts: FactsRow,
}

#[derive(FromRow)]
pub(super) struct MemberRow {
    number: i64,
    valid_from: Date,
    valid_to: Date,
    place: String,
    run_by: Option<String>,
    #[row(nested)]
    listed: ListedRow,
}

#[derive(FromRow)]
pub(super) struct KnownRow {
    number: i64,
    staff_id: StaffId,
    kindergarten_id: KindergartenId,
    valid_from: Date,
    #[row(nested)]
    facts: FactsRow,
    digest: Option<String>,
}

#[derive(FromRow)]
pub(super) struct CountRow {
    people: i64,
    teachers: i64,
    carers: i64,
    backbone: i64,
    certified: i64,
    identities: i64,
}

#[derive(FromRow)]
pub(super) struct DayRow {
    pub(super) day: Date,
}

#[derive(FromRow)]
pub(super) struct RollRow {
    kindergarten_id: KindergartenId,
    version: i64,
}

impl FactsRow {
    fn read(self) -> Result<Facts, Failure> {
        Ok(Facts {
            name: known(PersonName::new(&self.name), &self.name)?,
            position: known(Position::from_code(&self.position), &self.position)?,
            title: stated(&self.title, Title::from_code)?,
            education: stated(&self.education, Education::from_code)?,
            certificate: stated(&self.certificate, Certificate::from_code)?,
            backbone: self.backbone != 0,
            phone: Phone::new(&self.phone),
            hired_on: self.hired_on,
            left_on: (self.left_on != OPEN_END).then_some(self.left_on),
        })
    }
}

impl StateRow {
    pub(super) fn read(self) -> Result<StaffState, Failure> {
        Ok(StaffState {
            from: self.valid_from,
            recorded_at: Moment::from_millis(self.recorded_at),
            cause: self.cause,
            facts: self.facts.read()?,
        })
    }
}

impl ListedRow {
    pub(super) fn read(self) -> Result<Listed, Failure> {
        Ok(Listed {
            id: self.staff_id,
            kindergarten: self.kindergarten_id,
            kindergarten_name: self.kindergarten_name,
            district: self.district_code,
            facts: self.facts.read()?,
            identity: self
                .identity_key
                .zip(self.identity_sealed)
                .map(|(key, bytes)| Sealed { key, bytes }),
        })
    }
}

impl MemberRow {
    pub(super) fn read(self) -> Result<Member, Failure> {
        let run_by = stated(self.run_by.as_deref().unwrap_or_default(), RunBy::from_code)?;
        let listed = self.listed.read()?;
        Ok(Member {
            id: listed.id,
            kindergarten: listed.kindergarten,
            kindergarten_name: listed.kindergarten_name,
            district: listed.district,
            run_by: run_by.unwrap_or(RunBy::District),
            place: Place::from_path(self.place),
            facts: listed.facts,
            identity: listed.identity,
            state: StateNumber(self.number),
            since: self.valid_from,
            until: self.valid_to,
        })
    }
}

impl KnownRow {
    pub(super) fn read(self) -> Result<Known, Failure> {
        Ok(Known {
            id: self.staff_id,
            kindergarten: self.kindergarten_id,
            state: StateNumber(self.number),
            since: self.valid_from,
            facts: self.facts.read()?,
            digest: self.digest,
        })
    }
}

impl CountRow {
    pub(super) fn read(self) -> Statistics {
        Statistics {
            all: self.people,
            teachers: self.teachers,
            carers: self.carers,
            backbone: self.backbone,
            certified: self.certified,
            identities: self.identities,
        }
    }
}

impl RollRow {
    pub(super) fn read(self) -> Roll {
        Roll { kindergarten: self.kindergarten_id, version: self.version }
    }
}

fn known<T>(term: Option<T>, stored: &str) -> Result<T, Failure> {
    term.ok_or_else(|| Failure::broken(format!("a stored text means nothing: {stored:?}")))
}

/// Empty is what was not stated.
fn stated<T>(stored: &str, from_code: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Failure> {
    if stored.is_empty() { Ok(None) } else { known(from_code(stored), stored).map(Some) }
}
