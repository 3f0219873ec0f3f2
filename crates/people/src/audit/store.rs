use kernel::{Failure, Moment, PersonId, Place, Reach};
use storage::FromRow;
use storage::{Db, Source, Sql, like_pattern};

use super::types::{Entry, Filter, Ids, Link, Seal, Standing};

/// Ranges of numbers that one statement asks for; SQLite allows conditions nested 1,000 deep.
const RANGES_PER_STATEMENT: usize = 100;

const ENTRY: &str = "SELECT e.id, e.at, e.person_id, e.person, e.post, e.address, e.request, e.event, e.subject, e.summary, \
                     e.place, e.state_before, e.state_after, e.outcome FROM audit_entry e WHERE ";

#[derive(FromRow)]
struct EntryRow {
    id: i64,
    at: i64,
    person_id: Option<PersonId>,
    person: String,
    post: String,
    address: String,
    request: String,
    event: String,
    subject: String,
    summary: String,
    place: Option<String>,
    state_before: Option<String>,
    state_after: Option<String>,
    outcome: String,
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        Self {
            id: row.id,
            at: Moment::from_millis(row.at),
            person_id: row.person_id,
            person: row.person,
            post: row.post,
            address: row.address,
            request: row.request,
            event: row.event,
            subject: row.subject,
            summary: row.summary,
            place: row.place,
            before: row.state_before,
            after: row.state_after,
            outcome: row.outcome,
        }
    }
}

async fn entries(source: &impl Source, sql: Sql) -> Result<Vec<Entry>, Failure> {
    Ok(source.all::<EntryRow>(sql).await?.into_iter().map(Entry::from).collect())
}

/// Entries of the reader's reach that the filter lets through, newest first.
pub async fn list(
    source: &impl Source,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Entry>, Failure> {
    let mut sql = Sql::new(ENTRY);
    reached(&mut sql, source.reach());
    for (column, value) in
        [("event", &filter.event), ("subject", &filter.subject), ("outcome", &filter.outcome)]
    {
        if !value.is_empty() {
            sql.text(" AND e.").text(column).text(" = ").bind(value.as_str());
        }
    }
    if !filter.person.is_empty() {
        sql.text(" AND e.person LIKE ").bind(like_pattern(&filter.person)).text(" ESCAPE '\\'");
    }
    if let Some(from) = filter.from {
        sql.text(" AND e.at >= ").bind(Moment::at(from, 0, 0).millis());
    }
    if let Some(after) = filter.to.and_then(|day| day.succ_opt()) {
        sql.text(" AND e.at < ").bind(Moment::at(after, 0, 0).millis());
    }
    if let Some(place) = source.reach().areas.first().filter(|_| !filter.district.is_empty()) {
        let district =
            Place::city(place.codes().next().unwrap_or_default()).child(&filter.district);
        sql.text(" AND e.place >= ")
            .bind(district.path())
            .text(" AND e.place < ")
            .bind(district.end());
    }
    if let Some(before) = filter.before {
        sql.text(" AND e.id < ").bind(before);
    }
    sql.text(" ORDER BY e.id DESC LIMIT ").bind(limit);
    entries(source, sql).await
}

/// One entry of the reader's reach.
pub async fn find(source: &impl Source, id: i64) -> Result<Entry, Failure> {
    let mut sql = Sql::new(ENTRY);
    reached(&mut sql, source.reach());
    sql.text(" AND e.id = ").bind(id);
    entries(source, sql).await?.pop().ok_or(Failure::NotFound)
}

/// Who reaches the whole city reads also what lies in no place (sign-ins); everybody else what lies in his areas.
fn reached(sql: &mut Sql, reach: &Reach) {
    if reach.is_city_wide() {
        sql.text("1 = 1");
    } else {
        let areas = Reach { areas: reach.areas.clone(), ..Reach::default() };
        sql.within(&areas, "e.place", "e.place", kernel::OPEN_END);
    }
}

/// Districts by code and name, in the official order, those of the reader's reach.
pub async fn districts(source: &impl Source) -> Result<Vec<(String, String)>, Failure> {
    #[derive(FromRow)]
    struct Row {
        code: String,
        name: String,
    }
    let mut sql = Sql::new("SELECT d.code, d.name FROM district d WHERE ");
    let areas = Reach { areas: source.reach().areas.clone(), ..Reach::default() };
    sql.within(&areas, "d.place", "d.place", kernel::OPEN_END).text(" ORDER BY d.position");
    Ok(source.all::<Row>(sql).await?.into_iter().map(|row| (row.code, row.name)).collect())
}

#[derive(FromRow)]
struct LinkRow {
    number: i64,
    sealed_at: i64,
    last_id: i64,
    entries: i64,
    pending: String,
    head: String,
}

/// The latest seal.
pub async fn last_seal(source: &impl Source) -> Result<Option<Link>, Failure> {
    let sql = Sql::new(
        "SELECT number, sealed_at, last_id, entries, pending, head FROM audit_seal ORDER BY number DESC LIMIT 1",
    );
    let Some(row) = source.one::<LinkRow>(sql).await? else { return Ok(None) };
    Ok(Some(Link {
        number: row.number,
        sealed_at: Moment::from_millis(row.sealed_at),
        last_id: row.last_id,
        entries: row.entries,
        pending: ids(&row.pending)?,
        head: row.head,
    }))
}

/// The entries with numbers of `ids` that are there, at most `limit`, in the order of their numbers.
pub async fn entries_among(
    source: &impl Source,
    ids: &Ids,
    limit: usize,
) -> Result<Vec<Entry>, Failure> {
    let mut found = Vec::new();
    for ranges in ids.ranges().chunks(RANGES_PER_STATEMENT) {
        let mut sql = Sql::new(ENTRY);
        any_of(&mut sql, ranges);
        sql.text(" ORDER BY e.id LIMIT ").bind((limit - found.len()) as i64);
        found.extend(entries(source, sql).await?);
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}

fn any_of(sql: &mut Sql, ranges: &[(i64, i64)]) {
    sql.text("(1 = 0");
    for (first, last) in ranges {
        sql.text(" OR (e.id >= ").bind(*first).text(" AND e.id <= ").bind(*last).text(")");
    }
    sql.text(")");
}

/// The entries with numbers above `after`, up to `up_to`, at most `limit`, in the order of their numbers.
pub async fn entries_after(
    source: &impl Source,
    after: i64,
    up_to: i64,
    limit: usize,
) -> Result<Vec<Entry>, Failure> {
    let mut sql = Sql::new(ENTRY);
    sql.text("e.id > ").bind(after).text(" AND e.id <= ").bind(up_to);
    sql.text(" ORDER BY e.id LIMIT ").bind(limit as i64);
    entries(source, sql).await
}

/// The largest number of an entry that is there; 0 without one. A number alone tells nothing, whatever the reader's reach.
pub async fn last_entry(source: &impl Source) -> Result<i64, Failure> {
    source.number(Sql::new("SELECT max(id) FROM audit_entry")).await
}

/// Up to which number everything was accounted for at `moment`; 0 if nothing was.
pub async fn accounted_at(source: &impl Source, moment: Moment) -> Result<i64, Failure> {
    let text = "SELECT last_id FROM audit_seal WHERE sealed_at <= $1 ORDER BY number DESC LIMIT 1";
    source.number(Sql::with(text, [moment.millis().into()])).await
}

/// The latest seal and how many entries wait for the next: of the whole city, since seals know no reach.
pub async fn standing(source: &impl Source) -> Result<Standing, Failure> {
    let seal = last_seal(source).await?;
    let mut sql = Sql::new("SELECT count(*) FROM audit_entry e WHERE e.id > ");
    sql.bind(seal.as_ref().map_or(0, |seal| seal.last_id));
    if let Some(pending) =
        seal.as_ref().map(|seal| seal.pending.ranges()).filter(|ranges| !ranges.is_empty())
    {
        sql.text(" OR ");
        any_of(&mut sql, pending.get(..RANGES_PER_STATEMENT).unwrap_or(pending));
    }
    let unsealed = source.number(sql).await?;
    Ok(Standing { seal, unsealed })
}

#[derive(FromRow)]
struct SealRow {
    number: i64,
    sealed_at: i64,
    last_id: i64,
    entries: i64,
    covers: String,
    pending: String,
    void: String,
    digests: String,
    previous: String,
    head: String,
}

impl TryFrom<SealRow> for Seal {
    type Error = Failure;
    fn try_from(row: SealRow) -> Result<Self, Failure> {
        Ok(Self {
            number: row.number,
            sealed_at: Moment::from_millis(row.sealed_at),
            last_id: row.last_id,
            entries: row.entries,
            covers: ids(&row.covers)?,
            pending: ids(&row.pending)?,
            void: ids(&row.void)?,
            digests: row.digests,
            previous: row.previous,
            head: row.head,
        })
    }
}

const SEAL: &str = "SELECT number, sealed_at, last_id, entries, covers, pending, void, digests, previous, head FROM audit_seal ";

/// The seals with numbers above `after`, up to `up_to`, at most `limit`, in order.
pub async fn seals_after(
    source: &impl Source,
    after: i64,
    up_to: i64,
    limit: i64,
) -> Result<Vec<Seal>, Failure> {
    let mut sql = Sql::new(SEAL);
    sql.text("WHERE number > ").bind(after).text(" AND number <= ").bind(up_to);
    sql.text(" ORDER BY number LIMIT ").bind(limit);
    source.all::<SealRow>(sql).await?.into_iter().map(Seal::try_from).collect()
}

/// The seal that covers an entry: the first one that reaches its number, or a later one while it was pending.
pub async fn seal_of(source: &impl Source, entry: i64) -> Result<Option<Seal>, Failure> {
    let mut sql = Sql::new(SEAL);
    sql.text("WHERE last_id >= ").bind(entry).text(" ORDER BY last_id, number LIMIT 1");
    let mut next = source.one::<SealRow>(sql).await?.map(Seal::try_from).transpose()?;
    while let Some(seal) = next {
        if seal.covers.contains(entry) {
            return Ok(Some(seal));
        }
        if !seal.pending.contains(entry) {
            return Ok(None);
        }
        next = seals_after(source, seal.number, i64::MAX, 1).await?.pop();
    }
    Ok(None)
}

fn ids(text: &str) -> Result<Ids, Failure> {
    text.parse().map_err(Failure::broken)
}

/// Writes a seal if `holder` still has the lease. Answers false if not, or if the number was taken by somebody faster.
pub async fn write_seal(db: &Db, seal: &Seal, holder: &str) -> Result<bool, Failure> {
    let mut sql = Sql::new(
        "INSERT INTO audit_seal (number, sealed_at, last_id, entries, covers, pending, void, digests, previous, head) SELECT ",
    );
    sql.bind(seal.number).text(", ").bind(seal.sealed_at.millis()).text(", ").bind(seal.last_id);
    sql.text(", ").bind(seal.entries).text(", ").bind(seal.covers.to_string());
    sql.text(", ").bind(seal.pending.to_string()).text(", ").bind(seal.void.to_string());
    for text in [&seal.digests, &seal.previous, &seal.head] {
        sql.text(", ").bind(text.as_str());
    }
    sql.text(" WHERE EXISTS (SELECT 1 FROM lease WHERE name = ").bind(LEASE);
    sql.text(" AND holder = ").bind(holder).text(") ON CONFLICT (number) DO NOTHING");
    Ok(db.bookkeeping(sql).await? == 1)
}

/// The lease under which one node seals.
const LEASE: &str = "audit-sealer";

/// Who may seal, until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The holder's own mark.
    pub holder: String,
    /// Until when (milliseconds); grows with each renewal.
    pub until: i64,
}

/// The lease as it stands.
pub async fn lease(source: &impl Source) -> Result<Option<Lease>, Failure> {
    #[derive(FromRow)]
    struct Row {
        holder: String,
        until: i64,
    }
    let row = source
        .one::<Row>(Sql::with("SELECT holder, until FROM lease WHERE name = $1", [LEASE.into()]))
        .await?;
    Ok(row.map(|row| Lease { holder: row.holder, until: row.until }))
}

/// Puts `new` where `seen` stands; false if somebody was faster.
pub async fn replace_lease(db: &Db, seen: Option<&Lease>, new: &Lease) -> Result<bool, Failure> {
    let sql = match seen {
        Some(seen) => Sql::with(
            "UPDATE lease SET holder = $1, until = $2 WHERE name = $3 AND holder = $4 AND until = $5",
            [
                new.holder.as_str().into(),
                new.until.into(),
                LEASE.into(),
                seen.holder.as_str().into(),
                seen.until.into(),
            ],
        ),
        None => Sql::with(
            "INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
            [LEASE.into(), new.holder.as_str().into(), new.until.into()],
        ),
    };
    Ok(db.bookkeeping(sql).await? == 1)
}
