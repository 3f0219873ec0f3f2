//! What is not as the policy says in the demo city, so that every obligation that records decide can be seen failing: the
//! register moves on after the clusters were adopted, a paper ends, a figure is changed. Each is an act that the program lets its
//! people do. Which posts are vacant is played in `posts`.
//!
//! What the program's own rules make impossible can't be played: that the city has too few clusters (1.2-1; it is divided by
//! the target's own shares), a kindergarten in two clusters (2.1.2-5; a guard in the database), a cluster without a committee
//! (2.1.3-1; adoption establishes it), an office elsewhere than in the centre (2.1.3-5; it follows the centre).

use kernel::{Date, Failure, KindergartenId, PostKind};
use people::accounts::{self, Password};
use policy::{Grade, Ownership, Parameter, RunBy, Status};
use registry::clusters::{self, Cluster};
use registry::kindergartens::{self, Facts, Kindergarten, Role};
use registry::settings::{NewValue, set_parameter};
use registry::{places, settings};
use storage::Db;

use crate::cast::Cast;

/// The district whose register moves on: the largest, so that each gap has a cluster of its own.
const LONGGANG: &str = "440307";
/// The district whose largest size is lowered.
const YANTIAN: &str = "440308";
/// Some ten metres in degrees, so that two don't stand on one spot.
const BESIDE: f64 = 0.0001;

/// Plays the gaps; the clock stands on `day`.
pub(crate) async fn open(db: &Db, cast: &Cast, day: Date) -> Result<(), Failure> {
    let ground = Ground { db, cast, day };
    let reading = db.reading(db.program("演示"));
    let found = clusters::store::in_district(&reading, LONGGANG, day).await?;
    let mut clusters = found.iter().cycle().take(found.len() * 8);
    let mut next = || clusters.next().ok_or(Failure::NotFound);
    if found.is_empty() {
        return Ok(());
    }

    // 1.2-2: it no longer runs, and its cluster still counts it.
    let [idle, ..] = ground.members(next()?).await?[..] else { return Ok(()) };
    ground.correct(idle, "园舍修缮，暂停办园", |facts| facts.status = Status::Suspended).await?;
    // 2.1.2-4 and 2.1.1-2: of the good kindergartens of a cluster, the centre among them, none keeps its grade.
    let lowered = next()?;
    for good in ground.good(lowered).await? {
        ground.correct(good, "等级复核", |facts| facts.grade = Grade::District).await?;
    }
    // 2.1.2-3: the ownership of many in one cluster changes.
    let turned = ground.most_private(&found).await?;
    for id in turned {
        ground
            .correct(id, "转为普惠性民办园", |facts| {
                facts.ownership = Ownership::InclusivePrivate;
            })
            .await?;
    }
    // 2.1.2-1: one moves to the other end of the district.
    ground.move_away(next()?).await?;
    // 2.1.2-8: one answers to the city from now on.
    let [.., taken] = ground.members(next()?).await?[..] else { return Ok(()) };
    ground.hand_over(taken).await?;
    // 2.1.2-9: the centre's community is another one, and the cluster is still called after the first.
    ground.redraw_community(&found).await?;
    // 2.1.2-6: a delegation ends.
    ground.end_delegation().await?;
    // 2.1.2-7: an account is opened in a cluster's name; nobody has its password.
    let nobody = Password::stored("!".to_owned());
    let name = format!("{}治理委员会", next()?.name);
    accounts::open(db, db.program("演示"), &name, "cluster-account", &nobody).await?;
    // 2.1.2-2: the largest size is lowered where clusters are larger.
    ground.lower_size().await
}

struct Ground<'a> {
    db: &'a Db,
    cast: &'a Cast,
    day: Date,
}

impl Ground<'_> {
    async fn everybody(&self, cluster: &Cluster) -> Result<Vec<Kindergarten>, Failure> {
        let reading = self.db.reading(self.db.program("演示"));
        kindergartens::store::in_clusters(&reading, &[cluster.id], self.day).await
    }

    /// The open members that the district runs, without the centre.
    async fn members(&self, cluster: &Cluster) -> Result<Vec<KindergartenId>, Failure> {
        let all = self.everybody(cluster).await?;
        let is_member = |each: &&Kindergarten| {
            each.cluster.as_ref().is_some_and(|own| own.role == Role::Member)
                && each.facts.status == Status::Open
                && each.facts.answers_to() == RunBy::District
        };
        Ok(all.iter().filter(is_member).map(|each| each.id).collect())
    }

    async fn good(&self, cluster: &Cluster) -> Result<Vec<KindergartenId>, Failure> {
        let is_good =
            |each: &&Kindergarten| matches!(each.facts.grade, Grade::Provincial | Grade::Municipal);
        Ok(self.everybody(cluster).await?.iter().filter(is_good).map(|each| each.id).collect())
    }

    /// The private kindergartens of the cluster that has most of them for its size.
    async fn most_private(&self, clusters: &[Cluster]) -> Result<Vec<KindergartenId>, Failure> {
        let mut most: (usize, Vec<KindergartenId>) = (0, Vec::new());
        for cluster in clusters {
            let all = self.everybody(cluster).await?;
            let is_private = |each: &&Kindergarten| {
                each.facts.ownership == Ownership::Private && each.facts.status == Status::Open
            };
            let own: Vec<KindergartenId> =
                all.iter().filter(is_private).map(|each| each.id).collect();
            let share = own.len() * 1000 / all.len().max(1);
            if share > most.0 {
                most = (share, own);
            }
        }
        Ok(most.1)
    }

    /// Changes one kindergarten's facts as its officer would: a city-run one the city's.
    async fn correct(
        &self,
        id: KindergartenId,
        cause: &str,
        change: impl FnOnce(&mut Facts),
    ) -> Result<(), Failure> {
        let reading = self.db.reading(self.db.program("演示"));
        let now = kindergartens::store::find(&reading, id, self.day).await?;
        let mut facts = now.facts.clone();
        change(&mut facts);
        let is_citys = [now.facts.answers_to(), facts.answers_to()].contains(&RunBy::City);
        let officer = if is_citys {
            self.cast.acting(self.db, PostKind::CityOfficer, "").await?
        } else {
            self.cast.acting(self.db, PostKind::SectionOfficer, &now.facts.district).await?
        };
        kindergartens::acts::correct(self.db, &officer, id, now.state, self.day, cause, facts).await
    }

    async fn hand_over(&self, id: KindergartenId) -> Result<(), Failure> {
        // What was never stated can't have changed: it is stated first, on the same day.
        let reading = self.db.reading(self.db.program("演示"));
        let now = kindergartens::store::find(&reading, id, self.day).await?;
        if now.facts.run_by.is_none() {
            self.correct(id, "补录隶属", |facts| facts.run_by = Some(RunBy::District)).await?;
        }
        self.correct(id, "划归市属", |facts| facts.run_by = Some(RunBy::City)).await
    }

    /// A member moves beside the kindergarten of the district that is farthest from its centre.
    async fn move_away(&self, cluster: &Cluster) -> Result<(), Failure> {
        let Some(centre) = cluster.centre.as_ref() else { return Ok(()) };
        let reading = self.db.reading(self.db.program("演示"));
        let all = kindergartens::store::in_district(&reading, LONGGANG, self.day).await?;
        let farthest = all.iter().map(|each| each.facts.point).max_by(|one, other| {
            one.distance_m(centre.point).total_cmp(&other.distance_m(centre.point))
        });
        let (Some(farthest), [.., moved]) = (farthest, &self.members(cluster).await?[..]) else {
            return Ok(());
        };
        self.correct(*moved, "迁至新址", |facts| {
            facts.point = farthest;
            facts.point.lat += BESIDE;
        })
        .await
    }

    /// The community of a centre after which its cluster is called is drawn anew.
    async fn redraw_community(&self, clusters: &[Cluster]) -> Result<(), Failure> {
        let reading = self.db.reading(self.db.program("演示"));
        for cluster in clusters {
            let Some(centre) = &cluster.centre else { continue };
            let found = kindergartens::store::find(&reading, centre.id, self.day).await?;
            let (Some(street), Some(community)) = (&found.facts.street, &found.facts.community)
            else {
                continue;
            };
            let stem = cluster.name.trim_end_matches("学区");
            if stem.is_empty() || !community.as_str().starts_with(stem) {
                continue;
            }
            let others = places::store::communities(&reading, street).await?;
            let streets = places::store::streets(&reading, LONGGANG).await?;
            if streets.iter().any(|each| each.code == *street && each.name.starts_with(stem)) {
                continue;
            }
            let other = others.iter().find(|each| !each.name.starts_with(stem));
            if let Some(other) =
                other.and_then(|other| kindergartens::CommunityName::new(&other.name))
            {
                return self
                    .correct(centre.id, "社区调整", |facts| facts.community = Some(other))
                    .await;
            }
        }
        Ok(())
    }

    /// The first delegation that is found in force, of a centre in a district where nothing else is played.
    async fn end_delegation(&self) -> Result<(), Failure> {
        let reading = self.db.reading(self.db.program("演示"));
        let filter = clusters::Filter::default();
        for cluster in
            clusters::store::list(&reading, &filter, self.day, clusters::store::MOST, 0).await?
        {
            let Some(centre) = cluster.centre else { continue };
            let papers = kindergartens::store::delegations(&reading, centre.id).await?;
            let paper = papers.iter().find(|paper| paper.from < self.day && self.day < paper.to);
            if let Some(paper) = paper.filter(|_| !crate::play::is_at_work(&cluster.district)) {
                let officer =
                    self.cast.acting(self.db, PostKind::SectionOfficer, &cluster.district).await?;
                return kindergartens::acts::end_delegation(
                    self.db, &officer, centre.id, paper.id, self.day,
                )
                .await;
            }
        }
        Ok(())
    }

    /// The largest size in a district becomes one less than that of its largest cluster.
    async fn lower_size(&self) -> Result<(), Failure> {
        let reading = self.db.reading(self.db.program("演示"));
        let found = clusters::store::in_district(&reading, YANTIAN, self.day).await?;
        let largest = found.iter().map(|cluster| cluster.size).max().unwrap_or_default();
        let allowed = settings::parameters_of(&reading, YANTIAN, self.day).await?.largest_cluster;
        if largest < 3 || largest > i64::from(allowed) {
            return Ok(());
        }
        let administrator = self.cast.acting(self.db, PostKind::SystemAdministrator, "").await?;
        let new = NewValue {
            parameter: Parameter::LargestCluster.code().to_owned(),
            district: YANTIAN.to_owned(),
            content: (largest - 1).to_string(),
            basis: "盐田区学区规模调整通知（演示）".to_owned(),
            from: self.day.to_string(),
        };
        set_parameter(self.db, &administrator, &new).await
    }
}
