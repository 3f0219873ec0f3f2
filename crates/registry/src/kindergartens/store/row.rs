//! Rows of kindergartens and what they mean. A stored code that means nothing is ours to answer for.

use geography::{Datum, Point};
use kernel::{ClusterId, Date, Failure, KindergartenId, Moment, Place};
use policy::{Grade, Ownership, RunBy, Status};
use storage::FromRow;

use super::super::types::{
    Address, Bounded, Candidate, CommunityName, Facts, InCluster, Kindergarten, Name, NationalCode,
    OpenedOn, RegisterId, Role, Site, State, StateNumber, Stay,
};

/// The columns of a [`StateRow`], of `kindergarten_state s` and `kindergarten k`.
pub(super) const STATE_COLUMNS: &str = "s.id AS number, s.kindergarten_id, k.register_id, s.valid_from, s.valid_to, \
     s.recorded_at, s.cause, s.place, s.district_code, s.street_code, s.national_code, s.name, s.former_names, \
     s.former_codes, s.community, s.address, s.lon, s.lat, s.source_datum, s.ownership, s.run_by, s.grade, s.opened_on, \
     s.campuses, s.classes, s.capacity, s.children, s.teachers, s.carers, s.other_staff, s.floor_area_m2, s.status";

#[derive(FromRow)]
pub(super) struct StateRow {
    number: i64,
    kindergarten_id: KindergartenId,
    register_id: String,
    valid_from: Date,
    valid_to: Date,
    recorded_at: i64,
    cause: String,
    place: String,
    district_code: String,
    street_code: Option<String>,
    national_code: Option<String>,
    name: String,
    former_names: String,
    former_codes: String,
    community: String,
    address: String,
    lon: f64,
    lat: f64,
    source_datum: String,
    ownership: String,
    run_by: Option<String>,
    grade: String,
    opened_on: Option<String>,
    campuses: Option<i64>,
    classes: Option<i64>,
    capacity: Option<i64>,
    children: Option<i64>,
    teachers: Option<i64>,
    carers: Option<i64>,
    other_staff: Option<i64>,
    floor_area_m2: Option<i64>,
    status: String,
}

#[derive(FromRow)]
pub(super) struct KindergartenRow {
    #[row(nested)]
    state: StateRow,
    cluster_id: Option<ClusterId>,
    cluster_name: Option<String>,
    cluster_role: Option<String>,
    cluster_since: Option<Date>,
    papers: i64,
}

#[derive(FromRow)]
pub(super) struct SiteRow {
    id: KindergartenId,
    name: String,
    lon: f64,
    lat: f64,
    ownership: String,
    grade: String,
    cluster_id: Option<ClusterId>,
    cluster_name: Option<String>,
    cluster_role: Option<String>,
    cluster_since: Option<Date>,
}

#[derive(FromRow)]
pub(super) struct CandidateRow {
    kindergarten_id: KindergartenId,
    register_id: String,
    name: String,
    district_code: String,
    street_code: Option<String>,
    community: String,
    lon: f64,
    lat: f64,
    ownership: String,
    grade: String,
    run_by: Option<String>,
    status: String,
    papers: i64,
}

#[derive(FromRow)]
pub(super) struct StayRow {
    cluster_id: ClusterId,
    cluster_name: String,
    cluster_role: String,
    cluster_since: Date,
    valid_to: Date,
    paper_number: String,
}

#[derive(FromRow)]
pub(super) struct ClusterNameRow {
    pub(super) cluster_name: String,
    pub(super) cluster_id: ClusterId,
}

impl StateRow {
    pub(super) fn read(self) -> Result<State, Failure> {
        Ok(State {
            number: StateNumber(self.number),
            from: self.valid_from,
            to: self.valid_to,
            recorded_at: Moment::from_millis(self.recorded_at),
            facts: facts(&self)?,
            cause: self.cause,
        })
    }
}

impl KindergartenRow {
    pub(super) fn read(self) -> Result<Kindergarten, Failure> {
        Ok(Kindergarten {
            id: self.state.kindergarten_id,
            facts: facts(&self.state)?,
            state: StateNumber(self.state.number),
            since: self.state.valid_from,
            until: self.state.valid_to,
            place: Place::from_path(self.state.place),
            cluster: in_cluster(
                self.cluster_id,
                self.cluster_name,
                self.cluster_role,
                self.cluster_since,
            )?,
            delegated: self.papers > 0,
        })
    }
}

impl CandidateRow {
    pub(super) fn read(self) -> Result<Candidate, Failure> {
        let run_by = run_by(self.run_by.as_deref())?;
        Ok(Candidate {
            id: self.kindergarten_id,
            register_id: self.register_id,
            name: self.name,
            district: self.district_code,
            street: self.street_code,
            community: self.community,
            point: Point { lon: self.lon, lat: self.lat },
            ownership: known(Ownership::from_code(&self.ownership), &self.ownership)?,
            grade: known(Grade::from_code(&self.grade), &self.grade)?,
            run_by: run_by.unwrap_or(RunBy::District),
            status: known(Status::from_code(&self.status), &self.status)?,
            delegated: self.papers > 0,
        })
    }
}

impl SiteRow {
    pub(super) fn read(self) -> Result<Site, Failure> {
        Ok(Site {
            id: self.id,
            point: Point { lon: self.lon, lat: self.lat },
            ownership: known(Ownership::from_code(&self.ownership), &self.ownership)?,
            grade: known(Grade::from_code(&self.grade), &self.grade)?,
            cluster: in_cluster(
                self.cluster_id,
                self.cluster_name,
                self.cluster_role,
                self.cluster_since,
            )?,
            name: self.name,
        })
    }
}

impl StayRow {
    pub(super) fn read(self) -> Result<Stay, Failure> {
        let role = known(Role::from_code(&self.cluster_role), &self.cluster_role)?;
        Ok(Stay {
            cluster: InCluster {
                id: self.cluster_id,
                name: self.cluster_name,
                role,
                since: self.cluster_since,
            },
            to: self.valid_to,
            paper_number: self.paper_number,
        })
    }
}

fn in_cluster(
    id: Option<ClusterId>,
    name: Option<String>,
    role: Option<String>,
    since: Option<Date>,
) -> Result<Option<InCluster>, Failure> {
    match (id, role, since) {
        (Some(id), Some(role), Some(since)) => {
            let role = known(Role::from_code(&role), &role)?;
            Ok(Some(InCluster { id, name: name.unwrap_or_default(), role, since }))
        }
        _ => Ok(None),
    }
}

fn facts(row: &StateRow) -> Result<Facts, Failure> {
    Ok(Facts {
        register_id: known(RegisterId::new(&row.register_id), &row.register_id)?,
        national_code: row.national_code.as_deref().and_then(NationalCode::new),
        former_codes: texts(&row.former_codes)?,
        name: known(Name::new(&row.name), &row.name)?,
        former_names: texts(&row.former_names)?,
        district: row.district_code.clone(),
        street: row.street_code.clone(),
        community: CommunityName::new(&row.community),
        address: Address::new(&row.address),
        point: Point { lon: row.lon, lat: row.lat },
        datum: known(Datum::named(&row.source_datum), &row.source_datum)?,
        ownership: known(Ownership::from_code(&row.ownership), &row.ownership)?,
        run_by: run_by(row.run_by.as_deref())?,
        grade: known(Grade::from_code(&row.grade), &row.grade)?,
        opened_on: row.opened_on.as_deref().and_then(OpenedOn::stored),
        campuses: count(row.campuses),
        classes: count(row.classes),
        capacity: count(row.capacity),
        children: count(row.children),
        teachers: count(row.teachers),
        carers: count(row.carers),
        other_staff: count(row.other_staff),
        floor_area_m2: count(row.floor_area_m2),
        status: known(Status::from_code(&row.status), &row.status)?,
    })
}

fn run_by(stored: Option<&str>) -> Result<Option<RunBy>, Failure> {
    stored.map(|code| known(RunBy::from_code(code), code)).transpose()
}

fn known<T>(term: Option<T>, stored: &str) -> Result<T, Failure> {
    term.ok_or_else(|| Failure::broken(format!("a stored text means nothing: {stored:?}")))
}

fn texts<const MOST: usize>(json: &str) -> Result<Vec<Bounded<MOST>>, Failure> {
    serde_json::from_str(json).map_err(Failure::broken)
}

fn count(stored: Option<i64>) -> Option<u32> {
    stored.and_then(|number| u32::try_from(number).ok())
}
