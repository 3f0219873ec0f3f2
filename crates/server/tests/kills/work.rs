//! The acts that are killed, what is there before them, and what they leave.

use clustering::{Effort, Work};
use demo::register::{register, register_in, to_csv};
use kernel::{Caller, Date, OPEN_END, PersonId, PlanId, PostKind, PostScope};
use people::accounts::{self, Password};
use people::officers::{self, Appointment};
use people::sessions::as_caller;
use planning::plans::acts::{Adoption, Origin};
use planning::plans::{self, Change, Cluster, Content};
use policy::Strength;
use registry::imports::{self, Choice, Options, Progress};
use serde::{Deserialize, Serialize};
use storage::{Db, Source, Sql};

use super::house::today;

/// Rows of the register that is imported.
pub const ROWS: i64 = 1_000;
/// Districts with a plan to adopt, the large ones first.
pub const DISTRICTS: [&str; 5] = ["440307", "440306", "440309", "440305", "440304"];
const DEPUTY: &str = "周正";

/// What a child process does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Act {
    /// Brings the register in: preview, then application.
    Import,
    /// Adopts an approved plan.
    Adopt { plan: PlanId, version: i64, deputy: PersonId },
}

impl Act {
    /// The audit event that stands for the whole act.
    pub fn event(&self) -> &'static str {
        match self {
            Self::Import => "import.applied",
            Self::Adopt { .. } => "plan.adopted",
        }
    }

    /// Does it; `say` is called before each of its parts.
    pub async fn perform(&self, db: &Db, say: impl Fn(&str)) {
        match self {
            Self::Import => {
                let csv = to_csv(&register(7, ROWS as usize));
                say("previewing");
                let id = preview(db, csv).await;
                say("applying");
                imports::apply(db, db.program("名册"), id, Choice::AllOrNone).await.unwrap();
            }
            Self::Adopt { plan, version, deputy } => {
                let deputy =
                    as_caller(db, *deputy, DEPUTY, PostKind::DeputyInCharge).await.unwrap();
                let paper_number = "演示教学前〔2026〕1号".to_owned();
                let adoption = Adoption { paper_number, effective_on: effective() };
                say("adopting");
                plans::acts::adopt(db, &deputy, *plan, *version, &adoption).await.unwrap();
            }
        }
    }

    /// Whether everything of it is there, or nothing; anything between fails the test.
    pub async fn is_there(&self, db: &Db) -> bool {
        match self {
            Self::Import => is_imported(db).await,
            Self::Adopt { plan, .. } => is_adopted(db, *plan).await,
        }
    }
}

fn effective() -> Date {
    Date::from_ymd_opt(2026, 3, 1).unwrap()
}

async fn preview(db: &Db, csv: String) -> kernel::ImportId {
    let (options, progress) = (Options::on(today()), Progress::default());
    let actor = db.program("名册");
    imports::preview_file(db, actor, "名册.csv", csv.into_bytes(), options, progress)
        .await
        .unwrap()
        .id
}

async fn count(db: &Db, text: &str) -> i64 {
    db.reading(db.program("test")).number(Sql::new(text)).await.unwrap()
}

async fn is_imported(db: &Db) -> bool {
    // Whatever was previewed is whole, however many were begun.
    let uploads = count(db, "SELECT count(*) FROM import").await;
    assert_eq!(count(db, "SELECT count(*) FROM import_row").await, uploads * ROWS);
    assert_eq!(count(db, "SELECT count(*) FROM import_file").await, uploads);
    assert_eq!(
        count(db, "SELECT count(*) FROM audit_entry WHERE event = 'import.previewed'").await,
        uploads
    );
    let applied = count(db, "SELECT count(*) FROM import WHERE stage = 'applied'").await;
    assert_eq!(
        count(db, "SELECT count(*) FROM import WHERE stage = 'previewed'").await,
        uploads - applied
    );
    assert_eq!(
        count(db, "SELECT count(*) FROM import WHERE applied_at IS NOT NULL").await,
        applied
    );
    assert_eq!(
        count(db, "SELECT count(*) FROM audit_entry WHERE event = 'import.applied'").await,
        applied
    );
    assert!(applied <= 1, "a register was applied {applied} times");
    assert_eq!(count(db, "SELECT count(*) FROM kindergarten").await, applied * ROWS);
    assert_eq!(count(db, "SELECT count(*) FROM kindergarten_state").await, applied * ROWS);
    applied == 1
}

/// Clusters as they can be compared: name, centre and members, in an order of their own.
fn told(content: &Content) -> Vec<(String, String, Vec<String>)> {
    let one = |cluster: &Cluster| {
        let mut members: Vec<String> = cluster.members.iter().map(ToString::to_string).collect();
        members.sort();
        (cluster.name.clone(), cluster.centre.unwrap().to_string(), members)
    };
    let mut clusters: Vec<_> = content.clusters.iter().map(one).collect();
    clusters.sort();
    clusters
}

async fn is_adopted(db: &Db, id: PlanId) -> bool {
    let reading = db.reading(db.program("test"));
    let plan = plans::store::find(&reading, id).await.unwrap();
    let is_adopted = plan.stage == plans::Stage::Adopted;
    assert!(is_adopted || plan.stage == plans::Stage::Approved, "{:?}", plan.stage);
    let number = async |text: &str, key: &str| {
        reading.number(Sql::with(text, [key.to_owned().into()])).await.unwrap()
    };
    let times = |wanted: usize| if is_adopted { wanted as i64 } else { 0 };

    let in_force = plans::store::in_force(&reading, &plan.district, effective()).await.unwrap();
    let planned = &plan.version.content;
    let members: usize = planned.clusters.iter().map(|cluster| cluster.members.len()).sum();
    assert!(members > 0);
    assert_eq!(told(&in_force), if is_adopted { told(planned) } else { Vec::new() });
    let of_district =
        "FROM membership m JOIN cluster c ON c.id = m.cluster_id WHERE c.district_code = $1";
    for what in ["count(*)", "count(DISTINCT m.kindergarten_id)"] {
        let found = number(&format!("SELECT {what} {of_district}"), &plan.district).await;
        assert_eq!(found, times(members), "{what}");
    }
    for table in ["cluster c", "cluster c JOIN cluster_state s ON s.cluster_id = c.id"] {
        let text = format!("SELECT count(*) FROM {table} WHERE c.district_code = $1");
        assert_eq!(number(&text, &plan.district).await, times(planned.clusters.len()), "{table}");
    }
    let text = "SELECT count(*) FROM exception e JOIN cluster c ON c.id = e.cluster_id WHERE c.district_code = $1";
    assert_eq!(
        number(text, &plan.district).await > 0,
        is_adopted && !planned.exceptions.is_empty()
    );
    let text = "SELECT count(*) FROM audit_entry WHERE event = 'plan.adopted' AND subject = $1";
    assert_eq!(number(text, &id.to_string()).await, times(1));
    let steps = plans::store::steps(&reading, id).await.unwrap();
    let adoptions = steps.iter().filter(|step| step.kind == plans::StepKind::Adopted).count();
    assert_eq!(adoptions as i64, times(1));
    let text = "SELECT count(*) FROM plan p JOIN district d ON d.code = p.district_code \
                WHERE d.code = $1 AND p.paper_number IS NOT NULL AND p.effective_on IS NOT NULL";
    assert_eq!(number(text, &plan.district).await, times(1));
    is_adopted
}

/// A register, and for each of [`DISTRICTS`] an approved plan to adopt.
pub async fn approved_plans(db: &Db) -> Vec<Act> {
    let import = preview(db, to_csv(&register_in(7, ROWS as usize, &DISTRICTS))).await;
    imports::apply(db, db.program("名册"), import, Choice::AllOrNone).await.unwrap();
    let (mut acts, mut taken) = (Vec::new(), Vec::new());
    for district in DISTRICTS {
        let officer = appoint(db, "王敏", PostKind::SectionOfficer, district).await;
        let deputy = appoint(db, DEPUTY, PostKind::DeputyInCharge, district).await;
        let (plan, version) = submitted(db, &officer, district, &mut taken).await;
        plans::acts::approve(db, &deputy, plan, version, "同意").await.unwrap();
        acts.push(Act::Adopt { plan, version, deputy: deputy.person });
    }
    acts
}

async fn appoint(db: &Db, name: &str, kind: PostKind, district: &str) -> Caller {
    let login = format!("{district}-{}", kind.code());
    let password = Password::stored("!".to_owned());
    let person = accounts::open(db, db.program("test"), name, &login, &password).await.unwrap();
    let scope = PostScope::District(district.to_owned());
    let paper_number = String::new();
    let appointment = Appointment { kind, scope, from: today(), to: OPEN_END, paper_number };
    officers::appoint(db, db.program("test"), person, &appointment).await.unwrap();
    as_caller(db, person, name, kind).await.unwrap()
}

async fn submitted(
    db: &Db,
    officer: &Caller,
    district: &str,
    taken: &mut Vec<String>,
) -> (PlanId, i64) {
    let id =
        plans::acts::draft(db, officer, district, "学区划分方案", Origin::Scratch).await.unwrap();
    let reading = db.reading(officer);
    let name = plans::store::find(&reading, id).await.unwrap().district_name;
    let mut facts = plans::store::facts(&reading, district, &name, today()).await.unwrap();
    facts.names_in_use.clone_from(taken);
    let clusters = plans::store::share(&reading, district, today()).await.unwrap();
    let effort = Effort { work: Work::Level(0), seed: 7, threads: 1 };
    let content =
        plans::propose_district(&facts, &Content::default(), clusters, &effort, &()).unwrap();
    taken.extend(content.clusters.iter().map(|cluster| cluster.name.clone()));
    let plan = plans::acts::save_proposal(db, officer, id, 1, content).await.unwrap();
    let mut version = plan.version.number;
    let breaches = plans::judge(&plan.version.content, &facts).breaches;
    if breaches.iter().any(|breach| breach.strength() == Strength::InPrinciple) {
        let until = Date::from_ymd_opt(2027, 8, 31).unwrap();
        let change =
            Change::ExceptAll { reason: "片区内现有幼儿园位置所限".to_owned(), until };
        let edited = plans::acts::change(db, officer, id, version, &change).await.unwrap();
        version = edited.plan.version.number;
    }
    plans::acts::submit(db, officer, id, version, "请审批").await.unwrap();
    (id, version)
}
