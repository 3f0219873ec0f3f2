//! Who is where in the demo city: heads, inspectors, liaisons, leads, trainers and party organisations, taken over district
//! by district through the same rules as any appointment, with gaps, ended terms and terms that end soon.

use std::collections::BTreeMap;

use chrono::{Days, Months};
use institutions::appointments::{NewHolder, acts::take_over};
use institutions::parties::{self, NewParty};
use kernel::{ClusterId, Date, Failure, KindergartenId, OPEN_END, PostKind, PostScope};
use policy::staffing::{PART_TIME_INSPECTORS, TERM_YEARS};
use policy::{Ownership, Status};
use rand::RngExt;
use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_pcg::Pcg64;
use registry::clusters::Cluster;
use registry::kindergartens::{Kindergarten, Role};
use storage::Db;

const FAMILY_NAMES: &str = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾韦夏付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";
const GIVEN_NAMES: &str = "安柏昶晨澄初川丹恩帆芳飞菲枫歌冠涵航荷衡恒宏华慧佳嘉健静娟君凯可兰岚乐磊蕾莉丽立琳玲露曼梅敏明宁诺佩琪启青清晴秋然融瑞若珊诗书舒思松涛婷彤薇维雯希曦贤晓欣星萱雪雅妍燕阳怡艺逸茵颖悠雨玉媛远悦云泽昭哲真之芝致竹卓子";

/// The days and the dice of one district.
struct Dice {
    rng: Pcg64,
    effective: Date,
    today: Date,
}

impl Dice {
    /// Whether something that happens `times` in a hundred happens now.
    fn falls(&mut self, times: u32) -> bool {
        self.rng.random_range(0..100) < times
    }
    fn name(&mut self) -> String {
        let letter = |rng: &mut Pcg64, list: &str| {
            let letters: Vec<char> = list.chars().collect();
            letters.choose(rng).copied().unwrap_or('安')
        };
        let mut name = String::from(letter(&mut self.rng, FAMILY_NAMES));
        for _ in 0..self.rng.random_range(1..=2) {
            name.push(letter(&mut self.rng, GIVEN_NAMES));
        }
        name
    }
    /// The first day of a month some months before the clusters began.
    fn before(&mut self, months: std::ops::Range<u32>) -> Date {
        back(self.effective, self.rng.random_range(months))
    }
    /// A day between the clusters' first and the day of the visitor.
    fn since(&mut self) -> Date {
        let most = self.today.signed_duration_since(self.effective).num_days().max(12) as u64;
        self.effective + Days::new(self.rng.random_range(10..most - 1))
    }
}

fn back(day: Date, months: u32) -> Date {
    day.checked_sub_months(Months::new(months)).unwrap_or(day)
}

fn holder(dice: &mut Dice, kind: PostKind, scope: PostScope, from: Date, to: Date) -> NewHolder {
    let paper_number = match kind {
        PostKind::Liaison => "园发〔2025〕1号".to_owned(),
        _ => {
            format!("演聘〔{}〕{}号", chrono::Datelike::year(&from), dice.rng.random_range(1..400))
        }
    };
    NewHolder { name: dice.name(), kind, scope, from, to, term: None, paper_number }
}

/// Takes over who is in office in a district, and registers its party organisations. `kept` is a kindergarten whose
/// principal has an account of her own.
pub(crate) async fn staff(
    db: &Db,
    district: &str,
    kept: Option<KindergartenId>,
    (effective, today): (Date, Date),
    seed: u64,
) -> Result<(), Failure> {
    let reading = db.reading(db.program("演示"));
    let clusters = registry::clusters::store::in_district(&reading, district, effective).await?;
    let kindergartens =
        registry::kindergartens::store::in_district(&reading, district, effective).await?;
    let open: Vec<&Kindergarten> =
        kindergartens.iter().filter(|each| each.facts.status == Status::Open).collect();
    let letters = district.bytes().fold(seed, |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
    let mut dice = Dice { rng: Pcg64::seed_from_u64(letters), effective, today };
    let mut holders = Vec::new();
    // In some districts a centre waits for its principal, and its committee for a chair.
    let waiting = clusters.get(2).filter(|_| dice.falls(50)).and_then(|own| own.centre.as_ref());
    for each in &open {
        match waiting {
            Some(centre) if centre.id == each.id && kept != Some(each.id) => {
                let (from, to) = (dice.before(20..90), dice.since());
                let scope = PostScope::Kindergarten(each.id);
                holders.push(holder(&mut dice, PostKind::Principal, scope, from, to));
            }
            _ => in_kindergarten(&mut dice, each, kept == Some(each.id), &mut holders),
        }
    }
    for (place, cluster) in clusters.iter().enumerate() {
        in_cluster(&mut dice, cluster.id, place, &mut holders);
    }
    take_over(db, db.program("演示"), district, &holders, effective).await?;
    let parties = party_organisations(&mut dice, &clusters, &open);
    if !parties.is_empty() {
        parties::acts::register_all(db, db.program("演示"), district, &parties).await?;
    }
    Ok(())
}

/// Its head, often with a predecessor; its liaison.
fn in_kindergarten(
    dice: &mut Dice,
    each: &Kindergarten,
    is_kept: bool,
    holders: &mut Vec<NewHolder>,
) {
    let scope = PostScope::Kindergarten(each.id);
    let is_centre = each.cluster.as_ref().is_some_and(|own| own.role == Role::Centre);
    let since = dice.before(1..90);
    if !is_kept {
        let mut head = holder(dice, PostKind::Principal, scope.clone(), since, OPEN_END);
        let (leaves, acts) = (dice.falls(4), dice.falls(60));
        // A centre does not wait for its principal: it gets an acting head at once.
        if leaves {
            head.to = dice.since();
            if acts || is_centre {
                let acting = PostKind::ActingHead;
                holders.push(holder(dice, acting, scope.clone(), head.to, OPEN_END));
            }
        } else if dice.falls(12) {
            let before = back(since, dice.rng.random_range(12..60));
            holders.push(holder(dice, PostKind::Principal, scope.clone(), before, since));
        }
        holders.push(head);
    }
    if !dice.falls(4) {
        let from = dice.effective;
        holders.push(holder(dice, PostKind::Liaison, scope, from, OPEN_END));
    }
}

/// Its inspectors, leads and trainers: mostly since the cluster began, some in a term that ends soon or has ended.
fn in_cluster(dice: &mut Dice, cluster: ClusterId, place: usize, holders: &mut Vec<NewHolder>) {
    let scope = PostScope::Cluster(cluster);
    // Every district has clusters where all nine are there, and some where they are not.
    let missing = match place % 5 {
        0 | 1 => 0,
        2 => 1,
        _ => u32::from(dice.falls(35)) + u32::from(dice.falls(15)),
    };
    let years = |day: Date| day.checked_add_months(Months::new(12 * TERM_YEARS)).unwrap_or(day);
    if place % 11 != 3 {
        let kind = PostKind::FullTimeInspector;
        let from = dice.effective;
        holders.push(holder(dice, kind, scope.clone(), from, years(from)));
    }
    for number in 0..PART_TIME_INSPECTORS - missing {
        let (from, term) = if place.is_multiple_of(3) && number == 0 {
            // Ends within the next weeks, in its second or third term.
            let last = dice.today + Days::new(dice.rng.random_range(12..85));
            (back(last, 12 * TERM_YEARS), Some(dice.rng.random_range(2..=3)))
        } else if place % 8 == 5 && number == 1 {
            // Ended a while ago, and nobody came after.
            (back(dice.since(), 12 * TERM_YEARS), Some(3))
        } else {
            (dice.effective, None)
        };
        let kind = PostKind::PartTimeInspector;
        let own = holder(dice, kind, scope.clone(), from, years(from));
        holders.push(NewHolder { term, ..own });
    }
    for kind in [PostKind::ResearchLead, PostKind::Trainer] {
        if !dice.falls(7) {
            let from = dice.effective;
            holders.push(holder(dice, kind, scope.clone(), from, OPEN_END));
        }
    }
}

/// Public kindergartens mostly form branches of their own; the others of a cluster a joint branch, in a large cluster a
/// joint committee. A few belong nowhere yet.
fn party_organisations(
    dice: &mut Dice,
    clusters: &[Cluster],
    open: &[&Kindergarten],
) -> Vec<NewParty> {
    let mut own = Vec::new();
    let mut joint: BTreeMap<ClusterId, Vec<KindergartenId>> = BTreeMap::new();
    for each in open {
        if dice.falls(3) {
            continue;
        }
        let name = &each.facts.name;
        let paper_number = format!("演党〔2025〕{}号", dice.rng.random_range(1..600));
        if each.facts.ownership == Ownership::Public && dice.falls(80) {
            own.push(NewParty {
                kind: parties::Kind::Branch,
                name: format!("中共{name}支部委员会"),
                paper_number,
                established_on: dice.effective,
                kindergartens: vec![each.id],
            });
        } else if let Some(cluster) = &each.cluster {
            joint.entry(cluster.id).or_default().push(each.id);
        }
    }
    for cluster in clusters {
        let Some(kindergartens) = joint.remove(&cluster.id) else { continue };
        let (kind, ending) = if kindergartens.len() > 9 {
            (parties::Kind::JointCommittee, "联合委员会")
        } else {
            (parties::Kind::JointBranch, "联合支部委员会")
        };
        own.push(NewParty {
            kind,
            name: format!("中共{}{ending}", cluster.name),
            paper_number: format!("演党〔2025〕{}号", dice.rng.random_range(1..600)),
            established_on: dice.effective,
            kindergartens,
        });
    }
    own
}
