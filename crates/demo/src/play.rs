//! The play itself, act by act.

use clustering::{Effort, Work};
use geography::Regions;
use kernel::{
    Caller, Clock, Date, Failure, KindergartenId, Moment, PlanId, PostKind, StandingClock,
};
use planning::plans::acts::{Adoption, Origin};
use planning::plans::{self, Change, Content, DistrictFacts};
use policy::Strength;
use registry::imports::{self, Choice, Options, Progress};
use registry::kindergartens;
use storage::{Db, Source};
use tokio::task::JoinSet;

use crate::cast::{self, Cast};
use crate::days::Calendar;
use crate::gaps;
use crate::posts;
use crate::register::{PUBLISHED_TOTAL, delegations, register, to_csv};
use crate::staff::staff_csv;

/// What city is to be played.
#[derive(Clone, Copy, Debug)]
pub struct Wishes {
    /// The day on which the play ends and the visitor comes.
    pub today: Date,
    /// Start of the random numbers of the register and of the plans.
    pub seed: u64,
    /// Kindergartens in the city.
    pub kindergartens: usize,
    /// Effort of the optimiser.
    pub level: u32,
    /// Whose staff is played.
    pub staff: StaffOf,
}

/// Whose staff is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffOf {
    /// That of 南山 alone.
    OneDistrict,
    /// That of every district: some 80,000 people.
    WholeCity,
}

impl Wishes {
    /// The whole city as published, on a day.
    pub fn on(today: Date) -> Self {
        Self {
            today,
            seed: 20_220_201,
            kindergartens: PUBLISHED_TOTAL,
            level: 0,
            staff: StaffOf::OneDistrict,
        }
    }
}

/// The district whose officer and deputy are printed first; it keeps a second plan to be worked on.
const NANSHAN: &str = "440305";
/// The district whose deputy finds a plan to decide on.
const FUTIAN: &str = "440304";

/// Why a plan may depart from an in-principle rule.
const REASON: &str = "片区内现有幼儿园的办园性质和位置所限，拟随新园投用逐步调整（演示）";
/// Working days in which the kindergartens of the second plan of 南山 are asked to answer.
const WORKING_DAYS_TO_ANSWER: u16 = 10;

/// Plays the city into an empty, migrated database. `clock` is the database's own; it is moved through the days.
pub async fn play(db: &Db, clock: &StandingClock, wishes: &Wishes) -> Result<(), Failure> {
    let days = Calendar::before(wishes.today);
    clock.set(Moment::at(days.opening, 9, 0));
    registry::places::acts::load_regions(db, db.program("演示"), Regions::shipped()).await?;
    let stage = Stage {
        db,
        clock,
        cast: Cast::engage(db, days.opening).await?,
        seed: wishes.seed,
        level: wishes.level,
    };

    clock.set(Moment::at(days.register, 9, 30));
    stage.import(wishes).await?;
    stage.import_staff(wishes).await?;

    clock.set(Moment::at(days.drafting, 9, 0));
    stage.delegate(wishes).await?;
    let plans = stage.draft_all().await?;
    clock.set(Moment::at(days.submission, 10, 0));
    for plan in &plans {
        let officer = stage.acting(PostKind::SectionOfficer, &plan.district).await?;
        plans::acts::submit(db, &officer, plan.id, plan.version, "请审批").await?;
    }
    clock.set(Moment::at(days.approval, 15, 0));
    for plan in &plans {
        let deputy = stage.acting(PostKind::DeputyInCharge, &plan.district).await?;
        plans::acts::approve(db, &deputy, plan.id, plan.version, "同意").await?;
    }
    clock.set(Moment::at(days.adoption, 9, 0));
    for (place, plan) in plans.iter().enumerate() {
        let deputy = stage.acting(PostKind::DeputyInCharge, &plan.district).await?;
        let paper_number =
            format!("演示教学前〔{}〕{}号", chrono::Datelike::year(&days.adoption), place + 1);
        let adoption = Adoption { paper_number, effective_on: days.effective };
        plans::acts::adopt(db, &deputy, plan.id, plan.version, &adoption).await?;
    }
    clock.set(Moment::at(days.effective, 9, 0));
    let kept = stage.appoint_principal(days.effective).await?;
    for plan in &plans {
        let (between, seed) = ((days.effective, wishes.today), wishes.seed);
        posts::staff(db, &plan.district, kept, between, seed).await?;
    }

    clock.set(Moment::at(days.revision, 9, 0));
    if plans.iter().any(|plan| plan.district == FUTIAN) {
        let plan = stage.revise(FUTIAN, "学区优化方案").await?;
        let officer = stage.acting(PostKind::SectionOfficer, FUTIAN).await?;
        plans::acts::submit(db, &officer, plan.id, plan.version, "请审批").await?;
    }
    clock.set(Moment::at(days.solicitation, 9, 0));
    if plans.iter().any(|plan| plan.district == NANSHAN) {
        let plan = stage.revise(NANSHAN, "学区优化方案").await?;
        let officer = stage.acting(PostKind::SectionOfficer, NANSHAN).await?;
        plans::acts::solicit(db, &officer, plan.id, plan.version, WORKING_DAYS_TO_ANSWER).await?;
    }
    clock.set(Moment::at(days.solicitation, 14, 0));
    gaps::open(db, &stage.cast, days.solicitation).await
}

/// Whether a district has a plan in hand: nothing else is played there, so that its plan stands on what was.
pub(crate) fn is_at_work(district: &str) -> bool {
    [NANSHAN, FUTIAN].contains(&district)
}

/// Where the play is given.
struct Stage<'a> {
    db: &'a Db,
    clock: &'a StandingClock,
    cast: Cast,
    seed: u64,
    level: u32,
}

/// A plan on its way.
struct OnItsWay {
    id: PlanId,
    district: String,
    version: i64,
}

impl Stage<'_> {
    /// Who does it, a few minutes after what was done before.
    async fn acting(&self, kind: PostKind, district: &str) -> Result<Caller, Failure> {
        self.clock.set(self.clock.now().plus_millis(4 * 60_000));
        self.cast.acting(self.db, kind, district).await
    }

    /// The city's officer takes the register over, through the same reading and rules as any upload.
    async fn import(&self, wishes: &Wishes) -> Result<(), Failure> {
        let officer = self.acting(PostKind::CityOfficer, "").await?;
        let csv = to_csv(&register(wishes.seed, wishes.kindergartens));
        let options = Options::on(officer.today());
        let previewed = imports::preview_file(
            self.db,
            &officer,
            "演示名册.csv",
            csv.into_bytes(),
            options,
            Progress::default(),
        )
        .await?;
        imports::apply(self.db, &officer, previewed.id, Choice::AllOrNone).await.map(drop)
    }

    /// The staff, through the same reading and rules as any upload; among them are the gaps that a real city has.
    async fn import_staff(&self, wishes: &Wishes) -> Result<(), Failure> {
        let officer = self.acting(PostKind::CityOfficer, "").await?;
        let rows = register(wishes.seed, wishes.kindergartens);
        let nanshan = Regions::shipped().district(NANSHAN).map_or("", |one| one.name.as_str());
        let played = rows.iter().filter(|row| match wishes.staff {
            StaffOf::OneDistrict => row.district == nanshan,
            StaffOf::WholeCity => true,
        });
        let csv = staff_csv(played, wishes.seed, officer.today());
        let (day, progress) = (officer.today(), Progress::default());
        let previewed = imports::preview_staff(
            self.db,
            &officer,
            "演示教职工名册.csv",
            csv.into_bytes(),
            day,
            progress,
        )
        .await?;
        imports::apply_staff(self.db, &officer, previewed.id, Choice::AllOrNone).await.map(drop)
    }

    /// Districts record the papers by which city-run kindergartens are delegated to them (2.1.2-6).
    async fn delegate(&self, wishes: &Wishes) -> Result<(), Failure> {
        let officer = self.acting(PostKind::CityOfficer, "").await?;
        let known =
            kindergartens::store::known(&self.db.reading(&officer), None, officer.today()).await?;
        for paper in delegations(&register(wishes.seed, wishes.kindergartens)) {
            let Some(kindergarten) = known.get(&paper.kg_id) else { continue };
            let officer =
                self.acting(PostKind::SectionOfficer, &kindergarten.facts.district).await?;
            let (number, dated) = (paper.document.as_str(), paper.issued);
            kindergartens::acts::delegate(
                self.db,
                &officer,
                kindergarten.id,
                number,
                dated,
                paper.valid_from,
                paper.valid_to,
            )
            .await?;
        }
        Ok(())
    }

    /// Every district with kindergartens drafts a plan and has its clusters proposed, several at a time.
    async fn draft_all(&self) -> Result<Vec<OnItsWay>, Failure> {
        let mut drafts = Vec::new();
        let mut runs = JoinSet::new();
        for district in &Regions::shipped().districts {
            let Ok(officer) = self.acting(PostKind::SectionOfficer, &district.code).await else {
                continue;
            };
            let reading = self.db.reading(&officer);
            let facts =
                plans::store::facts(&reading, &district.code, &district.name, officer.today())
                    .await?;
            let clusters = plans::store::share(&reading, &district.code, officer.today()).await?;
            if clusters == 0 {
                continue;
            }
            let id = plans::acts::draft(
                self.db,
                &officer,
                &district.code,
                "学区划分方案",
                Origin::Scratch,
            )
            .await?;
            let (place, effort) = (drafts.len(), self.effort(0));
            drafts.push((id, officer, facts.clone()));
            runs.spawn_blocking(move || {
                (
                    place,
                    plans::propose_district(&facts, &Content::default(), clusters, &effort, &()),
                )
            });
        }
        let mut contents: Vec<Option<Content>> = drafts.iter().map(|_| None).collect();
        while let Some(run) = runs.join_next().await {
            let (place, content) = run.map_err(Failure::broken)?;
            contents[place] = Some(content.map_err(Failure::broken)?);
        }
        let mut taken: Vec<String> = Vec::new();
        let mut plans = Vec::new();
        for ((id, officer, mut facts), content) in
            drafts.into_iter().zip(contents.into_iter().flatten())
        {
            // The districts were divided side by side; names are unique in the city (2.1.2-9), so they are given in turn.
            facts.names_in_use.clone_from(&taken);
            let mut content = content;
            content.clusters.iter_mut().for_each(|cluster| cluster.name.clear());
            let content = plans::settled(content, &facts);
            taken.extend(content.clusters.iter().map(|cluster| cluster.name.clone()));
            plans.push(self.keep(&officer, id, 1, content, &facts).await?);
        }
        Ok(plans)
    }

    /// Keeps a proposal, and applies for exceptions from what it breaks in principle.
    async fn keep(
        &self,
        officer: &Caller,
        id: PlanId,
        seen: i64,
        content: Content,
        facts: &DistrictFacts,
    ) -> Result<OnItsWay, Failure> {
        let plan = plans::acts::save_proposal(self.db, officer, id, seen, content).await?;
        let content = &plan.version.content;
        let open = plans::judge(content, facts).breaches.into_iter().any(|breach| {
            breach.strength() == Strength::InPrinciple
                && !plans::is_excepted(&breach, &content.exceptions, facts.day)
        });
        let mut version = plan.version.number;
        if open {
            let until = facts.day.checked_add_months(chrono::Months::new(24)).unwrap_or(facts.day);
            let change = Change::ExceptAll { reason: REASON.to_owned(), until };
            version = plans::acts::change(self.db, officer, id, version, &change)
                .await?
                .plan
                .version
                .number;
        }
        Ok(OnItsWay { id, district: plan.district, version })
    }

    /// A second plan of a district, on the base of the clusters in force, found with other random numbers.
    async fn revise(&self, district: &str, name: &str) -> Result<OnItsWay, Failure> {
        let officer = self.acting(PostKind::SectionOfficer, district).await?;
        let id = plans::acts::draft(self.db, &officer, district, name, Origin::InForce).await?;
        let reading = self.db.reading(&officer);
        let plan = plans::store::find(&reading, id).await?;
        let facts =
            plans::store::facts(&reading, district, &plan.district_name, officer.today()).await?;
        let (current, effort) = (plan.version.content.clone(), self.effort(1));
        let clusters = current.clusters.len() as u32;
        let proposed = {
            let facts = facts.clone();
            tokio::task::spawn_blocking(move || {
                plans::propose_district(&facts, &current, clusters, &effort, &())
            })
            .await
        };
        let content = proposed.map_err(Failure::broken)?.map_err(Failure::broken)?;
        self.keep(&officer, id, plan.version.number, content, &facts).await
    }

    /// The first centre of 南山 gets its principal's account.
    async fn appoint_principal(&self, from: Date) -> Result<Option<KindergartenId>, Failure> {
        let reading = self.db.reading(self.db.program("演示"));
        let clusters =
            registry::clusters::store::in_district(&reading, NANSHAN, reading.today()).await?;
        let Some(centre) = clusters.into_iter().find_map(|cluster| cluster.centre) else {
            return Ok(None);
        };
        cast::appoint_principal(self.db, centre.id, from).await?;
        Ok(Some(centre.id))
    }

    fn effort(&self, more: u32) -> Effort {
        Effort {
            work: Work::Level(self.level + more),
            seed: self.seed + u64::from(more),
            threads: 1,
        }
    }
}
