//! What waits, read from the records themselves: one bounded query for each kind, with its whole count.

use chrono::Days;
use institutions::appointments::{self, Holding};
use institutions::staffing::{self, GapPlace, OwnGap};
use kernel::calendar::WorkingDays;
use kernel::{
    Caller, ClusterId, Date, Failure, ImportId, KindergartenId, Moment, PersonId, PlanId, PostKind,
    Reach,
};
use people::accounts::{FAILURES_BEFORE_LOCK, LOCK_MS};
use policy::plan_rules::Rule;
use registry::settings;
use storage::{FromRow, Source, Sql};

use super::types::{DECISION_DAYS, Group, Item, Kind};

/// How long before its end an exception or a paper becomes a task.
const ENDING_DAYS: u64 = 90;

/// Posts in a kindergarten reach records by their own kindergarten, bureaux by their areas.
fn areas(source: &impl Source) -> Reach {
    Reach { areas: source.reach().areas.clone(), ..Reach::default() }
}

/// What waits of each of these kinds: `most` records of each, the most pressing first. A kind of which nothing waits is
/// left out. The caller is the source's own, within whose reach all is read.
pub(super) async fn of_kinds(
    source: &impl Source,
    caller: &Caller,
    kinds: &[Kind],
    most: i64,
) -> Result<Vec<Group>, Failure> {
    let recorded = kinds.iter().copied().filter(|kind| !kind.is_of_bookkeeping()).collect();
    let asked_for = (caller.kind, kinds, most);
    let recorded = of_records(source, caller, recorded, most);
    let mut groups = source.remembered("tasks", asked_for, recorded).await?.to_vec();
    for kind in kinds.iter().copied().filter(|kind| kind.is_of_bookkeeping()) {
        groups.extend(found(source, caller, kind, &[], most).await?.group(kind));
    }
    groups.sort_by_key(|group| kinds.iter().position(|kind| *kind == group.kind));
    Ok(groups)
}

async fn of_records(
    source: &impl Source,
    caller: &Caller,
    kinds: Vec<Kind>,
    most: i64,
) -> Result<Vec<Group>, Failure> {
    let gaps = if kinds.iter().any(|kind| kind.gap().is_some()) {
        staffing::own_gaps(source, caller, most).await?
    } else {
        Vec::new()
    };
    let mut groups = Vec::new();
    for kind in kinds {
        groups.extend(found(source, caller, kind, &gaps, most).await?.group(kind));
    }
    Ok(groups)
}

async fn found(
    source: &impl Source,
    caller: &Caller,
    kind: Kind,
    gaps: &[OwnGap],
    most: i64,
) -> Result<Found, Failure> {
    match kind {
        Kind::Approval => plans(source, "submitted", most).await,
        Kind::Adoption => plans(source, "approved", most).await,
        Kind::Draft => plans(source, "draft", most).await,
        Kind::Opinion => opinions(source, most).await,
        Kind::Locked => locked(source, most).await,
        Kind::LeftOut => left_out(source, most).await,
        Kind::Code => without_code(source, most).await,
        Kind::Exception => exceptions(source, most).await,
        Kind::Delegation => delegations(source, most).await,
        Kind::Import => imports(source, most).await,
        Kind::Post => ending(source, caller, most).await,
        Kind::Committee
        | Kind::Head
        | Kind::FullTime
        | Kind::PartTime
        | Kind::Liaison
        | Kind::Lead
        | Kind::Trainer
        | Kind::Party => Ok(missing(gaps, kind)),
    }
}

/// What the caller asked of others and still waits for: decisions on plans that he submitted, opinions on plans that he
/// drafted.
pub(super) async fn asked(
    source: &impl Source,
    person: PersonId,
    most: i64,
) -> Result<Vec<Group>, Failure> {
    let mut groups = Vec::new();
    groups.extend(submitted_by(source, person, "submitted", most).await?.group(Kind::Approval));
    groups.extend(submitted_by(source, person, "approved", most).await?.group(Kind::Adoption));
    groups.extend(asked_by(source, person, most).await?.group(Kind::Opinion));
    Ok(groups)
}

/// Records and how many there are altogether.
struct Found {
    count: i64,
    items: Vec<Item>,
}

impl Found {
    fn of<R>(rows: Vec<R>, read: impl Fn(R) -> (i64, Item)) -> Self {
        let mut count = 0;
        let items = rows.into_iter().map(|row| {
            let (total, item) = read(row);
            count = total;
            item
        });
        let items = items.collect();
        Self { count, items }
    }
    fn group(self, kind: Kind) -> Option<Group> {
        (self.count > 0).then_some(Group { kind, count: self.count, items: self.items })
    }
}

fn day_of(millis: i64) -> Date {
    Moment::from_millis(millis).date()
}

#[derive(FromRow)]
struct PlanRow {
    id: PlanId,
    name: String,
    stage: String,
    by: String,
    at: i64,
    total: i64,
}

/// The last step says since when a plan waits and who sent it on; a draft waits since it was begun.
const PLANS: &str = "SELECT p.id, p.name, p.stage, COALESCE(s.person_name, p.drafted_by_name) AS by, \
     COALESCE(s.at, p.drafted_at) AS at, CAST(count(*) OVER () AS bigint) AS total FROM plan p \
     JOIN district d ON d.code = p.district_code \
     LEFT JOIN plan_step s ON s.id = (SELECT max(l.id) FROM plan_step l WHERE l.plan_id = p.id) WHERE p.stage = ";

async fn plans(source: &impl Source, stage: &str, most: i64) -> Result<Found, Failure> {
    let mut sql = Sql::new(PLANS);
    sql.bind(stage).text(" AND ").within(&areas(source), "d.place", "d.code", source.today());
    read_plans(source, sql, most).await
}

async fn submitted_by(
    source: &impl Source,
    person: PersonId,
    stage: &str,
    most: i64,
) -> Result<Found, Failure> {
    let mut sql = Sql::new(PLANS);
    sql.bind(stage).text(" AND ").within(&areas(source), "d.place", "d.code", source.today());
    sql.text(" AND EXISTS (SELECT 1 FROM plan_step m WHERE m.plan_id = p.id AND m.act = 'submitted' AND m.person_id = ");
    sql.bind(person).text(")");
    read_plans(source, sql, most).await
}

async fn read_plans(source: &impl Source, mut sql: Sql, most: i64) -> Result<Found, Failure> {
    sql.text(" ORDER BY 5, p.id LIMIT ").bind(most);
    let rows = source.all::<PlanRow>(sql).await?;
    let calendar = if rows.is_empty() {
        WorkingDays::published()
    } else {
        settings::working_days(source).await?
    };
    Ok(Found::of(rows, |row| {
        let since = day_of(row.at);
        let item = Item {
            label: row.name,
            note: format!("{}，{}", row.by, if row.stage == "draft" { "起草" } else { "报送" }),
            href: format!("/plans/{}", row.id),
            since: Some(since),
            due: (row.stage != "draft")
                .then(|| calendar.add_working_days(since, DECISION_DAYS).day),
        };
        (row.total, item)
    }))
}

#[derive(FromRow)]
struct OpinionRow {
    plan_id: PlanId,
    plan_name: String,
    kindergarten_id: KindergartenId,
    kindergarten: String,
    asked_at: i64,
    due_on: Date,
    total: i64,
}

fn unanswered(source: &impl Source) -> Sql {
    let mut sql = Sql::new(
        "SELECT o.plan_id, p.name AS plan_name, o.kindergarten_id, COALESCE(s.name, '') AS kindergarten, o.asked_at, o.due_on, \
         CAST(count(*) OVER () AS bigint) AS total FROM opinion o JOIN plan p ON p.id = o.plan_id \
         LEFT JOIN kindergarten_state s ON s.kindergarten_id = o.kindergarten_id AND ",
    );
    sql.on_day("s", source.today());
    sql.text(" WHERE o.answer IS NULL AND p.stage = 'draft' AND ");
    sql
}

/// Opinions that the caller's own kindergartens were asked for and have not given.
async fn opinions(source: &impl Source, most: i64) -> Result<Found, Failure> {
    let mut sql = unanswered(source);
    sql.text("o.kindergarten_id IN ").bind_list(source.reach().kindergartens.iter().copied());
    sql.text(" ORDER BY o.due_on, o.plan_id LIMIT ").bind(most);
    Ok(Found::of(source.all::<OpinionRow>(sql).await?, |row| {
        let item = Item {
            label: row.plan_name,
            note: row.kindergarten,
            href: "/opinions".to_owned(),
            since: Some(day_of(row.asked_at)),
            due: Some(row.due_on),
        };
        (row.total, item)
    }))
}

/// Opinions that kindergartens still owe on plans that this person drafted.
async fn asked_by(source: &impl Source, person: PersonId, most: i64) -> Result<Found, Failure> {
    let mut sql = unanswered(source);
    sql.text("p.drafted_by = ").bind(person);
    sql.text(" AND p.district_code IN (SELECT d.code FROM district d WHERE ");
    sql.within(&areas(source), "d.place", "d.code", source.today());
    sql.text(") ORDER BY o.due_on, s.sort_key, o.kindergarten_id LIMIT ").bind(most);
    Ok(Found::of(source.all::<OpinionRow>(sql).await?, |row| {
        let item = Item {
            label: row.kindergarten,
            note: row.plan_name,
            href: format!("/plans/{}/sheets/{}", row.plan_id, row.kindergarten_id),
            since: Some(day_of(row.asked_at)),
            due: Some(row.due_on),
        };
        (row.total, item)
    }))
}

#[derive(FromRow)]
struct KindergartenRow {
    id: KindergartenId,
    name: String,
    street: Option<String>,
    total: i64,
}

fn open_kindergartens(source: &impl Source) -> Sql {
    let day = source.today();
    let mut sql = Sql::new(
        "SELECT s.kindergarten_id AS id, s.name, t.name AS street, CAST(count(*) OVER () AS bigint) AS total \
         FROM kindergarten_state s LEFT JOIN street t ON t.code = s.street_code WHERE s.status = 'open' AND ",
    );
    sql.on_day("s", day).text(" AND ").within(&areas(source), "s.place", "s.kindergarten_id", day);
    sql
}

async fn kindergartens(
    source: &impl Source,
    mut sql: Sql,
    most: i64,
    href: impl Fn(KindergartenId) -> String,
) -> Result<Found, Failure> {
    sql.text(" ORDER BY s.sort_key, s.kindergarten_id LIMIT ").bind(most);
    Ok(Found::of(source.all::<KindergartenRow>(sql).await?, |row| {
        let item = Item {
            href: href(row.id),
            label: row.name,
            note: row.street.unwrap_or_default(),
            since: None,
            due: None,
        };
        (row.total, item)
    }))
}

/// Open kindergartens in no cluster today (1.2-2); reach is asked by [`open_kindergartens`].
async fn left_out(source: &impl Source, most: i64) -> Result<Found, Failure> {
    let mut sql = open_kindergartens(source);
    sql.text(" AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.kindergarten_id = s.kindergarten_id AND ");
    sql.on_day("m", source.today()).text(")");
    kindergartens(source, sql, most, |id| format!("/kindergartens/{id}")).await
}

/// Open kindergartens without a national code; reach is asked by [`open_kindergartens`].
async fn without_code(source: &impl Source, most: i64) -> Result<Found, Failure> {
    let mut sql = open_kindergartens(source);
    sql.text(" AND s.national_code IS NULL");
    kindergartens(source, sql, most, |id| format!("/kindergartens/{id}/edit")).await
}

#[derive(FromRow)]
struct ImportRow {
    id: ImportId,
    file_name: String,
    by: String,
    at: i64,
    total: i64,
}

/// Previews that nobody has applied or discarded.
async fn imports(source: &impl Source, most: i64) -> Result<Found, Failure> {
    let mut sql = Sql::new(
        "SELECT i.id, i.file_name, i.uploaded_by_name AS by, i.uploaded_at AS at, \
         CAST(count(*) OVER () AS bigint) AS total FROM import i WHERE i.stage = 'previewed' AND ",
    );
    sql.within(&areas(source), "i.place", "i.kind", source.today());
    sql.text(" ORDER BY i.uploaded_at, i.id LIMIT ").bind(most);
    Ok(Found::of(source.all::<ImportRow>(sql).await?, |row| {
        let item = Item {
            label: row.file_name,
            note: format!("{}上传", row.by),
            href: format!("/imports/{}", row.id),
            since: Some(day_of(row.at)),
            due: None,
        };
        (row.total, item)
    }))
}

#[derive(FromRow)]
struct ExceptionRow {
    cluster_id: ClusterId,
    name: Option<String>,
    rule: String,
    valid_from: Date,
    valid_to: Date,
    total: i64,
}

/// Exceptions that end within 90 days.
async fn exceptions(source: &impl Source, most: i64) -> Result<Found, Failure> {
    let today = source.today();
    let mut sql = Sql::new(
        "SELECT e.cluster_id, s.name, e.rule, e.valid_from, e.valid_to, CAST(count(*) OVER () AS bigint) AS total \
         FROM exception e JOIN cluster c ON c.id = e.cluster_id JOIN district d ON d.code = c.district_code \
         LEFT JOIN cluster_state s ON s.cluster_id = e.cluster_id AND ",
    );
    sql.on_day("s", today).text(" WHERE e.valid_from <= ").bind(today);
    sql.text(" AND e.valid_to > ").bind(today).text(" AND e.valid_to <= ");
    sql.bind(today + Days::new(ENDING_DAYS)).text(" AND ");
    sql.within(&areas(source), "d.place", "d.code", today);
    sql.text(" ORDER BY e.valid_to, e.id LIMIT ").bind(most);
    Ok(Found::of(source.all::<ExceptionRow>(sql).await?, |row| {
        let rule = Rule::from_code(&row.rule).map_or("", Rule::label);
        let item = Item {
            label: row.name.unwrap_or_default(),
            note: format!("例外：{rule}"),
            href: format!("/clusters/{}", row.cluster_id),
            since: Some(row.valid_from),
            due: Some(row.valid_to - Days::new(1)),
        };
        (row.total, item)
    }))
}

#[derive(FromRow)]
struct PaperRow {
    kindergarten_id: KindergartenId,
    name: String,
    number: String,
    valid_from: Date,
    valid_to: Date,
    total: i64,
}

/// Delegation papers that end within 90 days (2.1.2-6).
async fn delegations(source: &impl Source, most: i64) -> Result<Found, Failure> {
    let today = source.today();
    let mut sql = Sql::new(
        "SELECT p.kindergarten_id, s.name, p.number, p.valid_from, p.valid_to, CAST(count(*) OVER () AS bigint) AS total \
         FROM paper p JOIN kindergarten_state s ON s.kindergarten_id = p.kindergarten_id AND ",
    );
    sql.on_day("s", today).text(" WHERE p.valid_from <= ").bind(today);
    sql.text(" AND p.valid_to > ").bind(today).text(" AND p.valid_to <= ");
    sql.bind(today + Days::new(ENDING_DAYS)).text(" AND ");
    sql.within(&areas(source), "s.place", "s.kindergarten_id", today);
    sql.text(" ORDER BY p.valid_to, p.id LIMIT ").bind(most);
    Ok(Found::of(source.all::<PaperRow>(sql).await?, |row| {
        let item = Item {
            label: row.name,
            note: row.number,
            href: format!("/kindergartens/{}", row.kindergarten_id),
            since: Some(row.valid_from),
            due: Some(row.valid_to - Days::new(1)),
        };
        (row.total, item)
    }))
}

/// Posts that end within 90 days and are the caller's to give again.
async fn ending(source: &impl Source, caller: &Caller, most: i64) -> Result<Found, Failure> {
    let given: Vec<PostKind> = caller.kind.gives().collect();
    let (count, posts) = appointments::ending(source, &given, most).await?;
    let item = |post: Holding| Item {
        label: format!("{}{}", post.at, post.kind.label()),
        note: post.name,
        href: format!("/appointments/{}", post.id),
        since: Some(post.from),
        due: Some(post.to - Days::new(1)),
    };
    Ok(Found { count, items: posts.into_iter().map(item).collect() })
}

/// The places in which something is missing that is the caller's to fill.
fn missing(gaps: &[OwnGap], kind: Kind) -> Found {
    let item = |place: &GapPlace| Item {
        label: place.name.clone(),
        note: match kind {
            Kind::Committee | Kind::Party => String::new(),
            _ => format!("缺 {} 名", place.missing),
        },
        href: place.href.clone(),
        since: None,
        due: None,
    };
    let own = gaps.iter().find(|own| Some(own.gap) == kind.gap());
    own.map_or(Found { count: 0, items: Vec::new() }, |own| Found {
        count: own.places,
        items: own.first.iter().map(item).collect(),
    })
}

#[derive(FromRow)]
struct LockedRow {
    person_id: PersonId,
    name: String,
    login: String,
    total: i64,
}

/// Accounts that are locked now: the security administrator's are the whole city's.
async fn locked(source: &impl Source, most: i64) -> Result<Found, Failure> {
    let mut sql = Sql::new(
        "SELECT a.person_id, p.name, a.login, CAST(count(*) OVER () AS bigint) AS total FROM account a \
         JOIN person p ON p.id = a.person_id JOIN sign_in_try t ON t.login = a.login WHERE t.failures >= ",
    );
    sql.bind(FAILURES_BEFORE_LOCK).text(" AND t.tried_at > ").bind(source.now().millis() - LOCK_MS);
    sql.text(" ORDER BY t.tried_at, a.login LIMIT ").bind(most);
    Ok(Found::of(source.all::<LockedRow>(sql).await?, |row| {
        let item = Item {
            label: row.name,
            note: row.login,
            href: format!("/accounts/{}", row.person_id),
            since: None,
            due: None,
        };
        (row.total, item)
    }))
}
