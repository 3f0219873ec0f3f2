//! Plans as rows. A plan is reached by its district's place: whoever reaches the district reaches its plans.

use std::collections::HashMap;

use kernel::calendar::{Deadline, WorkingDays};
use kernel::{
    ClusterId, Date, Failure, KindergartenId, Moment, OPEN_END, PersonId, Place, PlanId, Reach,
};
use policy::{Exception, Parameters, Rule};
use registry::kindergartens::Role;
use storage::FromRow;
use storage::{Source, Sql, Tx, Value};

use super::types::{
    Answer, Cluster, Content, DistrictFacts, Opinion, Plan, Site, Stage, Step, StepKind, Version,
};

/// Most plans of a list's page, versions and steps of a plan's page.
const MOST_LINES: i64 = 200;

#[derive(FromRow)]
struct PlanRow {
    id: PlanId,
    name: String,
    district_code: String,
    district_name: String,
    place: String,
    stage: String,
    drafted_by_name: String,
    drafted_at: i64,
    paper_number: Option<String>,
    effective_on: Option<Date>,
    version: i64,
    content: String,
    cause: String,
    made_by_name: String,
    made_at: i64,
    undo_to: Option<i64>,
    redo_to: Option<i64>,
}

impl PlanRow {
    fn read(self) -> Result<Plan, Failure> {
        Ok(Plan {
            id: self.id,
            name: self.name,
            district: self.district_code,
            district_name: self.district_name,
            place: Place::from_path(self.place),
            stage: stage(&self.stage)?,
            drafted_by: self.drafted_by_name,
            drafted_at: Moment::from_millis(self.drafted_at),
            paper_number: self.paper_number,
            effective_on: self.effective_on,
            version: Version {
                number: self.version,
                content: read_content(&self.content)?,
                cause: self.cause,
                made_by: self.made_by_name,
                made_at: Moment::from_millis(self.made_at),
                undo_to: self.undo_to,
                redo_to: self.redo_to,
            },
        })
    }
}

fn stage(code: &str) -> Result<Stage, Failure> {
    Stage::from_code(code).ok_or_else(|| Failure::broken(format!("unknown stage {code}")))
}

fn read_content(text: &str) -> Result<Content, Failure> {
    serde_json::from_str(text).map_err(Failure::broken)
}

/// Rights are today's; only areas reach plans, a membership in a cluster does not.
fn within(sql: &mut Sql, src: &impl Source) {
    let areas = Reach { areas: src.reach().areas.clone(), ..Reach::default() };
    sql.within(&areas, "d.place", "d.code", src.today());
}

/// A plan with its current version; not found when out of reach.
pub async fn find(src: &impl Source, id: PlanId) -> Result<Plan, Failure> {
    let mut sql = Sql::new(
        "SELECT p.id, p.name, p.district_code, d.name AS district_name, d.place, p.stage, p.drafted_by_name, p.drafted_at, \
         p.paper_number, p.effective_on, p.version, v.content, v.cause, v.made_by_name, v.made_at, v.undo_to, v.redo_to \
         FROM plan p JOIN district d ON d.code = p.district_code \
         JOIN plan_version v ON v.plan_id = p.id AND v.version = p.version WHERE p.id = ",
    );
    sql.bind(id).text(" AND ");
    within(&mut sql, src);
    src.one::<PlanRow>(sql).await?.ok_or(Failure::NotFound)?.read()
}

#[derive(FromRow)]
struct VersionRow {
    version: i64,
    content: String,
    cause: String,
    made_by_name: String,
    made_at: i64,
    undo_to: Option<i64>,
    redo_to: Option<i64>,
}

/// One version of a plan that [`find`] has reached.
pub async fn version(src: &impl Source, plan: PlanId, number: i64) -> Result<Version, Failure> {
    let sql = Sql::with(
        "SELECT version, content, cause, made_by_name, made_at, undo_to, redo_to FROM plan_version \
         WHERE plan_id = $1 AND version = $2",
        [plan.into(), number.into()],
    );
    let row = src.one::<VersionRow>(sql).await?.ok_or(Failure::NotFound)?;
    Ok(Version {
        number: row.version,
        content: read_content(&row.content)?,
        cause: row.cause,
        made_by: row.made_by_name,
        made_at: Moment::from_millis(row.made_at),
        undo_to: row.undo_to,
        redo_to: row.redo_to,
    })
}

/// A version without its content.
#[derive(Debug, FromRow)]
pub struct VersionLine {
    /// Its number.
    pub version: i64,
    /// What was done.
    pub cause: String,
    /// Who did it.
    pub made_by_name: String,
    /// When, in milliseconds.
    pub made_at: i64,
}

/// The latest versions of a plan that [`find`] has reached, the newest first.
pub async fn versions(src: &impl Source, plan: PlanId) -> Result<Vec<VersionLine>, Failure> {
    let sql = Sql::with(
        "SELECT version, cause, made_by_name, made_at FROM plan_version WHERE plan_id = $1 ORDER BY version DESC LIMIT $2",
        [plan.into(), MOST_LINES.into()],
    );
    src.all(sql).await
}

#[derive(FromRow)]
struct StepRow {
    act: String,
    version: i64,
    person_id: Option<uuid::Uuid>,
    person_name: String,
    post: String,
    at: i64,
    remark: String,
}

/// The steps of a plan that [`find`] has reached, the first first.
pub async fn steps(src: &impl Source, plan: PlanId) -> Result<Vec<Step>, Failure> {
    let sql = Sql::with(
        "SELECT act, version, person_id, person_name, post, at, remark FROM plan_step WHERE plan_id = $1 ORDER BY id LIMIT $2",
        [plan.into(), MOST_LINES.into()],
    );
    let rows = src.all::<StepRow>(sql).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Step {
                kind: StepKind::from_code(&row.act)
                    .ok_or_else(|| Failure::broken(format!("unknown step {}", row.act)))?,
                version: row.version,
                person: row.person_id.map(PersonId::new),
                person_name: row.person_name,
                post: row.post,
                at: Moment::from_millis(row.at),
                remark: row.remark,
            })
        })
        .collect()
}

/// Which plans a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of one district.
    pub district: Option<String>,
    /// At one stage.
    pub stage: Option<Stage>,
}

/// A plan in a list.
#[derive(Debug, FromRow)]
pub struct Line {
    /// Its id.
    pub id: PlanId,
    /// Its name.
    pub name: String,
    /// Its district's code.
    pub district_code: String,
    /// Its district's name.
    pub district_name: String,
    /// The code of its stage.
    pub stage: String,
    /// Its current version.
    pub version: i64,
    /// Who made that.
    pub made_by_name: String,
    /// When, in milliseconds.
    pub made_at: i64,
    /// The document number, once adopted.
    pub paper_number: Option<String>,
    /// The first day in force, once adopted.
    pub effective_on: Option<Date>,
}

fn listed(src: &impl Source, select: &str, filter: &Filter) -> Sql {
    let mut sql = Sql::new(select);
    sql.text(
        " FROM plan p JOIN district d ON d.code = p.district_code \
         JOIN plan_version v ON v.plan_id = p.id AND v.version = p.version WHERE ",
    );
    within(&mut sql, src);
    if let Some(district) = &filter.district {
        sql.text(" AND p.district_code = ").bind(district.as_str());
    }
    if let Some(stage) = filter.stage {
        sql.text(" AND p.stage = ").bind(stage.code());
    }
    sql
}

/// How many plans a filter finds within reach.
pub async fn count(src: &impl Source, filter: &Filter) -> Result<i64, Failure> {
    src.number(listed(src, "SELECT count(*)", filter)).await
}

/// A page of the plans that a filter finds within reach, the latest change first.
pub async fn list(
    src: &impl Source,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<Vec<Line>, Failure> {
    let mut sql = listed(
        src,
        "SELECT p.id, p.name, p.district_code, d.name AS district_name, p.stage, p.version, v.made_by_name, v.made_at, \
         p.paper_number, p.effective_on",
        filter,
    );
    sql.text(" ORDER BY v.made_at DESC, p.id LIMIT ").bind(limit).text(" OFFSET ").bind(offset);
    src.all(sql).await
}

/// The facts of a district as of `day`: its kindergartens with their papers, the figures in force, the names of clusters
/// elsewhere.
pub async fn facts(
    src: &impl Source,
    code: &str,
    name: &str,
    day: Date,
) -> Result<DistrictFacts, Failure> {
    let streets = registry::places::store::streets(src, code).await?;
    let street_names: HashMap<String, String> =
        streets.into_iter().map(|street| (street.code, street.name)).collect();
    let found = registry::kindergartens::store::candidates(src, code, day).await?;
    let sites = found.into_iter().map(|found| Site {
        street: found.street.and_then(|code| street_names.get(&code).cloned()).unwrap_or_default(),
        id: found.id,
        register_id: found.register_id,
        name: found.name,
        run_by: found.run_by,
        community: found.community,
        district: found.district,
        point: found.point,
        ownership: found.ownership,
        grade: found.grade,
        status: found.status,
        delegated: found.delegated,
    });
    let sites = sites.collect();
    let parameters = registry::settings::parameters_of(src, code, day).await?;
    let names = registry::clusters::store::names_elsewhere(src, code, day, OPEN_END).await?;
    Ok(DistrictFacts::new(code, name, day, sites, parameters, names))
}

/// The district's default number of clusters on `day`: its share of the city's target (`1.2-1`). Counts kindergartens of
/// the whole city whatever the reach: a share is of all, and a count names nobody.
pub async fn share(src: &impl Source, district: &str, day: Date) -> Result<u32, Failure> {
    #[derive(FromRow)]
    struct Row {
        code: String,
        open: i64,
    }
    let mut sql = Sql::new(
        "SELECT d.code, (SELECT count(*) FROM kindergarten_state s WHERE s.district_code = d.code AND s.status = 'open' AND ",
    );
    sql.on_day("s", day).text(") AS open FROM district d ORDER BY d.position");
    let rows = src.all::<Row>(sql).await?;
    let counts: Vec<u32> = rows.iter().map(|row| u32::try_from(row.open).unwrap_or(0)).collect();
    let parameters = Parameters::of_city(day, &registry::settings::settings(src).await?);
    let shares = policy::shares::clusters_by_district(&counts, &parameters);
    Ok(rows.iter().zip(shares).find(|(row, _)| row.code == district).map_or(0, |(_, share)| share))
}

/// The clusters of a district as they are in force on `day`, as a content to begin from; keys are given in order of name.
pub async fn in_force(src: &impl Source, district: &str, day: Date) -> Result<Content, Failure> {
    let clusters = registry::clusters::store::in_district(src, district, day).await?;
    let stays = registry::clusters::store::memberships(src, district, day).await?;
    let exceptions = registry::clusters::store::exceptions_in_district(src, district, day).await?;
    let mut content = Content { next_key: 1, ..Content::default() };
    for cluster in clusters {
        let key = content.next_key;
        content.next_key += 1;
        let members = stays
            .iter()
            .filter(|stay| stay.cluster == cluster.id)
            .map(|stay| stay.kindergarten)
            .collect();
        for exception in exceptions.iter().filter(|exception| exception.cluster == cluster.id) {
            if let (Some(rule), Some(until)) =
                (Rule::from_code(&exception.rule), exception.to.pred_opt())
            {
                let reason = exception.reason.clone();
                content.exceptions.push(Exception {
                    rule,
                    cluster: Some(key),
                    reason,
                    approver: None,
                    until,
                });
            }
        }
        content.clusters.push(Cluster {
            key,
            name: cluster.name,
            centre: cluster.centre.map(|centre| centre.id),
            members,
            locked: false,
        });
    }
    Ok(content)
}

/// The clusters in force on `day` by their centre: whose identity an adopted plan continues.
pub async fn ids_by_centre(
    src: &impl Source,
    district: &str,
    day: Date,
) -> Result<HashMap<KindergartenId, ClusterId>, Failure> {
    let stays = registry::clusters::store::memberships(src, district, day).await?;
    let centres = stays.into_iter().filter(|stay| stay.role == Role::Centre);
    Ok(centres.map(|stay| (stay.kindergarten, stay.cluster)).collect())
}

/// Names of kindergartens on `day`, beyond reach: a principal who was asked is told with whom her own would be in a
/// cluster.
pub async fn names_of(
    src: &impl Source,
    ids: &[KindergartenId],
    day: Date,
) -> Result<HashMap<KindergartenId, String>, Failure> {
    #[derive(FromRow)]
    struct Row {
        kindergarten_id: KindergartenId,
        name: String,
    }
    let mut sql = Sql::new("SELECT s.kindergarten_id, s.name FROM kindergarten_state s WHERE ");
    sql.on_day("s", day)
        .text(" AND s.kindergarten_id IN ")
        .bind_list(ids.iter().copied().take(1_000));
    let rows = src.all::<Row>(sql).await?;
    Ok(rows.into_iter().map(|row| (row.kindergarten_id, row.name)).collect())
}

/// A new plan with its first version.
pub async fn insert(
    tx: &Tx,
    district: &str,
    name: &str,
    content: &Content,
    cause: &str,
) -> Result<PlanId, Failure> {
    let id: PlanId = tx.mint();
    let actor = tx.actor();
    let row = vec![
        id.into(),
        district.into(),
        name.into(),
        Stage::Draft.code().into(),
        1_i64.into(),
        actor.person.map(kernel::Id::uuid).into(),
        actor.name.clone().into(),
        actor.now.millis().into(),
    ];
    let columns = [
        "id",
        "district_code",
        "name",
        "stage",
        "version",
        "drafted_by",
        "drafted_by_name",
        "drafted_at",
    ];
    tx.insert("plan", &columns, vec![row]).await?;
    insert_version(tx, id, 1, content, cause, None, None).await?;
    Ok(id)
}

/// Takes the next version number if `base` is still the current one of a draft; false when somebody was first.
pub async fn advance(tx: &Tx, plan: PlanId, base: i64) -> Result<bool, Failure> {
    let sql = Sql::with(
        "UPDATE plan SET version = $2 + 1 WHERE id = $1 AND version = $2 AND stage = 'draft'",
        [plan.into(), base.into()],
    );
    Ok(tx.execute(sql).await? > 0)
}

/// A version under a number that [`advance`] has taken.
pub async fn insert_version(
    tx: &Tx,
    plan: PlanId,
    number: i64,
    content: &Content,
    cause: &str,
    undo_to: Option<i64>,
    redo_to: Option<i64>,
) -> Result<(), Failure> {
    let actor = tx.actor();
    let row = vec![
        plan.into(),
        number.into(),
        serde_json::to_string(content).map_err(Failure::broken)?.into(),
        cause.into(),
        actor.person.map(kernel::Id::uuid).into(),
        actor.name.clone().into(),
        actor.now.millis().into(),
        undo_to.into(),
        redo_to.into(),
    ];
    let columns = [
        "plan_id",
        "version",
        "content",
        "cause",
        "made_by",
        "made_by_name",
        "made_at",
        "undo_to",
        "redo_to",
    ];
    tx.insert("plan_version", &columns, vec![row]).await
}

/// Moves a plan from the stage and version that were seen; false when somebody was first.
pub async fn pass(tx: &Tx, seen: &Plan, to: Stage) -> Result<bool, Failure> {
    let sql = Sql::with(
        "UPDATE plan SET stage = $4 WHERE id = $1 AND stage = $2 AND version = $3",
        [seen.id.into(), seen.stage.code().into(), seen.version.number.into(), to.code().into()],
    );
    Ok(tx.execute(sql).await? > 0)
}

/// Keeps by which paper and from which day an adopted plan is in force.
pub async fn set_paper(
    tx: &Tx,
    plan: PlanId,
    number: &str,
    effective_on: Date,
) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE plan SET paper_number = $2, effective_on = $3 WHERE id = $1",
        [plan.into(), number.into(), effective_on.into()],
    );
    tx.execute(sql).await.map(drop)
}

/// Records a step.
pub async fn insert_step(
    tx: &Tx,
    plan: PlanId,
    kind: StepKind,
    version: i64,
    remark: &str,
) -> Result<(), Failure> {
    let actor = tx.actor();
    let row = vec![
        plan.into(),
        kind.code().into(),
        version.into(),
        actor.person.map(kernel::Id::uuid).into(),
        actor.name.clone().into(),
        actor.post.clone().into(),
        actor.now.millis().into(),
        remark.into(),
    ];
    let columns = ["plan_id", "act", "version", "person_id", "person_name", "post", "at", "remark"];
    tx.insert("plan_step", &columns, vec![row]).await
}

#[derive(FromRow)]
struct OpinionRow {
    plan_id: PlanId,
    plan_name: String,
    plan_version: i64,
    kindergarten_id: KindergartenId,
    kindergarten_name: String,
    answer: Option<String>,
    remark: String,
    asked_at: i64,
    due_on: Date,
    working_days: Option<i64>,
    answered_by_name: Option<String>,
    answered_at: Option<i64>,
}

impl OpinionRow {
    fn read(self) -> Result<Opinion, Failure> {
        let answer = self.answer.map(|code| {
            Answer::from_code(&code)
                .ok_or_else(|| Failure::broken(format!("unknown answer {code}")))
        });
        Ok(Opinion {
            plan: self.plan_id,
            plan_name: self.plan_name,
            version: self.plan_version,
            kindergarten: self.kindergarten_id,
            kindergarten_name: self.kindergarten_name,
            answer: answer.transpose()?,
            remark: self.remark,
            asked_at: Moment::from_millis(self.asked_at),
            due_on: self.due_on,
            working_days: self.working_days.and_then(|days| u16::try_from(days).ok()),
            answered_by: self.answered_by_name,
            answered_at: self.answered_at.map(Moment::from_millis),
        })
    }
}

fn select_opinions(src: &impl Source) -> Sql {
    let mut sql = Sql::new(
        "SELECT o.plan_id, p.name AS plan_name, o.plan_version, o.kindergarten_id, \
         COALESCE(s.name, k.register_id) AS kindergarten_name, o.answer, o.remark, o.asked_at, o.due_on, o.working_days, \
         o.answered_by_name, o.answered_at FROM opinion o JOIN plan p ON p.id = o.plan_id \
         JOIN kindergarten k ON k.id = o.kindergarten_id \
         LEFT JOIN kindergarten_state s ON s.kindergarten_id = o.kindergarten_id AND ",
    );
    sql.on_day("s", src.today()).text(" WHERE ");
    sql
}

/// The opinions asked for a plan that [`find`] has reached, by kindergarten.
pub async fn opinions(src: &impl Source, plan: PlanId) -> Result<Vec<Opinion>, Failure> {
    let mut sql = select_opinions(src);
    sql.text("o.plan_id = ").bind(plan).text(" ORDER BY s.sort_key, o.kindergarten_id LIMIT 20000");
    src.all::<OpinionRow>(sql).await?.into_iter().map(OpinionRow::read).collect()
}

/// The opinions asked of one's own kindergartens, the latest first; `own` is what the caller's reach names.
pub async fn asked_of(src: &impl Source, own: &[KindergartenId]) -> Result<Vec<Opinion>, Failure> {
    let mut sql = select_opinions(src);
    sql.text("o.kindergarten_id IN ").bind_list(own.iter().copied());
    sql.text(" ORDER BY o.asked_at DESC, o.plan_id LIMIT ").bind(MOST_LINES);
    src.all::<OpinionRow>(sql).await?.into_iter().map(OpinionRow::read).collect()
}

/// Name and stage of a plan for a principal who was asked about it: reached by the opinion, not by the district.
pub async fn asked_plan(
    src: &impl Source,
    plan: PlanId,
    own: &[KindergartenId],
) -> Result<AskedPlan, Failure> {
    let mut sql = Sql::new(
        "SELECT p.name, p.district_code, d.name AS district_name, d.place, p.stage FROM plan p \
         JOIN district d ON d.code = p.district_code WHERE p.id = ",
    );
    sql.bind(plan).text(
        " AND EXISTS (SELECT 1 FROM opinion o WHERE o.plan_id = p.id AND o.kindergarten_id IN ",
    );
    sql.bind_list(own.iter().copied()).text(")");
    let row = src.one::<AskedPlanRow>(sql).await?.ok_or(Failure::NotFound)?;
    Ok(AskedPlan {
        name: row.name,
        district: row.district_code,
        district_name: row.district_name,
        place: Place::from_path(row.place),
        stage: stage(&row.stage)?,
    })
}

#[derive(FromRow)]
struct AskedPlanRow {
    name: String,
    district_code: String,
    district_name: String,
    place: String,
    stage: String,
}

/// What a principal is told of a plan.
#[derive(Debug)]
pub struct AskedPlan {
    /// Its name.
    pub name: String,
    /// Its district's code.
    pub district: String,
    /// Its district's name.
    pub district_name: String,
    /// Its district's place.
    pub place: Place,
    /// Where it stands.
    pub stage: Stage,
}

/// Asks these kindergartens; asking again sets a new day and shows the new version, and takes the old answer away.
pub async fn ask(
    tx: &Tx,
    plan: PlanId,
    version: i64,
    asked: &[KindergartenId],
    due: &Deadline,
) -> Result<(), Failure> {
    tx.execute(Sql::with("DELETE FROM opinion WHERE plan_id = $1", [plan.into()])).await?;
    let now = tx.now().millis();
    let rows: Vec<Vec<Value>> = asked
        .iter()
        .map(|id| {
            vec![
                plan.into(),
                (*id).into(),
                version.into(),
                "".into(),
                now.into(),
                due.day.into(),
                i64::from(due.working_days).into(),
            ]
        })
        .collect();
    tx.insert(
        "opinion",
        &[
            "plan_id",
            "kindergarten_id",
            "plan_version",
            "remark",
            "asked_at",
            "due_on",
            "working_days",
        ],
        rows,
    )
    .await
}

#[derive(FromRow)]
struct QuestionRow {
    plan_id: PlanId,
    plan_name: String,
    place: String,
    asked_at: i64,
    working_days: i64,
}

/// What a plan's kindergartens were asked and may still answer.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) plan: PlanId,
    pub(super) plan_name: String,
    pub(super) place: Place,
    asked_at: Moment,
    working_days: u16,
}

impl Question {
    /// By when they should answer, by a calendar.
    pub(super) fn deadline(&self, calendar: &WorkingDays) -> Deadline {
        calendar.add_working_days(self.asked_at.date(), self.working_days)
    }
}

/// The open questions of the whole city whose deadlines were counted in working days: the calendar is the city's, so they
/// are counted anew whatever the reach of who loads it. They were all asked of a plan at one moment.
pub(super) async fn open_questions(tx: &Tx) -> Result<Vec<Question>, Failure> {
    let text = "SELECT DISTINCT o.plan_id, p.name AS plan_name, d.place, o.asked_at, o.working_days FROM opinion o \
                JOIN plan p ON p.id = o.plan_id JOIN district d ON d.code = p.district_code \
                WHERE o.working_days IS NOT NULL AND p.stage IN ('draft', 'submitted') ORDER BY o.plan_id";
    let rows = tx.all::<QuestionRow>(Sql::new(text)).await?.into_iter();
    rows.map(|row| {
        Ok(Question {
            plan: row.plan_id,
            plan_name: row.plan_name,
            place: Place::from_path(row.place),
            asked_at: Moment::from_millis(row.asked_at),
            working_days: u16::try_from(row.working_days).map_err(Failure::broken)?,
        })
    })
    .collect()
}

/// Keeps the deadline of a plan's open question as it was counted anew.
pub(super) async fn set_due(tx: &Tx, plan: PlanId, due_on: Date) -> Result<(), Failure> {
    let sql = Sql::with(
        "UPDATE opinion SET due_on = $2 WHERE plan_id = $1",
        [plan.into(), due_on.into()],
    );
    tx.execute(sql).await.map(drop)
}

/// Keeps an answer; false when the kindergarten was not asked.
pub async fn answer(
    tx: &Tx,
    plan: PlanId,
    kindergarten: KindergartenId,
    answer: Answer,
    remark: &str,
) -> Result<bool, Failure> {
    let sql = Sql::with(
        "UPDATE opinion SET answer = $3, remark = $4, answered_by_name = $5, answered_at = $6 \
         WHERE plan_id = $1 AND kindergarten_id = $2",
        [
            plan.into(),
            kindergarten.into(),
            answer.code().into(),
            remark.into(),
            tx.actor().name.clone().into(),
            tx.now().millis().into(),
        ],
    );
    Ok(tx.execute(sql).await? > 0)
}
