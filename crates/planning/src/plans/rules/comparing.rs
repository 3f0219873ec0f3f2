//! Two plans of one district beside each other: numbers, who moves, and words that a director can sign.

use kernel::KindergartenId;

use super::super::types::{Content, Distances, DistrictFacts};
use super::judge;

/// A kindergarten that changes its cluster between two plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Which.
    pub kindergarten: KindergartenId,
    /// Its name.
    pub name: String,
    /// Its cluster's name in the first plan; empty if it was in none.
    pub from: String,
    /// Its cluster's name in the second plan; empty if it is in none.
    pub to: String,
}

/// The numbers of one of the two plans.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// Clusters.
    pub clusters: usize,
    /// The largest and the smallest cluster, in kindergartens.
    pub sizes: (usize, usize),
    /// Distances.
    pub distances: Distances,
    /// Breaches of hard rules.
    pub hard: usize,
    /// Breaches of in-principle rules, excepted or not.
    pub in_principle: usize,
}

/// Two plans beside each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The first.
    pub first: Side,
    /// The second.
    pub second: Side,
    /// Who changes cluster, by name of the old one.
    pub moved: Vec<Moved>,
    /// How many clusters have another centre in the second plan, or are new in it.
    pub new_centres: usize,
}

/// Compares two contents by the facts of one day. Clusters are the same where most of the smaller one's kindergartens
/// agree, whatever key or name they bear: a renamed cluster moves nobody.
pub fn compare(first: &Content, second: &Content, facts: &DistrictFacts) -> Comparison {
    let twin = twins(first, second);
    let mut moved = Vec::new();
    for site in facts.open() {
        let (from, to) = (first.cluster_of(site.id), second.cluster_of(site.id));
        let same = match (from, to) {
            (Some(from), Some(to)) => {
                twin.iter().any(|&(one, other)| one == from.key && other == to.key)
            }
            (None, None) => true,
            _ => false,
        };
        if !same {
            let name = |cluster: Option<&super::super::types::Cluster>| {
                cluster.map_or_else(String::new, |cluster| cluster.name.clone())
            };
            moved.push(Moved {
                kindergarten: site.id,
                name: site.name.clone(),
                from: name(from),
                to: name(to),
            });
        }
    }
    moved.sort_by(|a, b| (&a.from, &a.to, &a.name).cmp(&(&b.from, &b.to, &b.name)));
    let centres: Vec<_> = first.clusters.iter().filter_map(|cluster| cluster.centre).collect();
    let new_centres = second
        .clusters
        .iter()
        .filter(|cluster| cluster.centre.is_some_and(|centre| !centres.contains(&centre)))
        .count();
    Comparison { first: side(first, facts), second: side(second, facts), moved, new_centres }
}

/// Pairs of clusters that are one and the same in both: those with the most kindergartens in common first.
fn twins(first: &Content, second: &Content) -> Vec<(u32, u32)> {
    let mut shared: Vec<(usize, bool, u32, u32)> = Vec::new();
    for one in &first.clusters {
        for other in &second.clusters {
            let both = one.members.iter().filter(|id| other.members.contains(id)).count();
            if both > 0 {
                shared.push((both, one.centre == other.centre, one.key, other.key));
            }
        }
    }
    shared.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then((a.2, a.3).cmp(&(b.2, b.3))));
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for (_, _, one, other) in shared {
        if !pairs.iter().any(|pair| pair.0 == one || pair.1 == other) {
            pairs.push((one, other));
        }
    }
    pairs
}

fn side(content: &Content, facts: &DistrictFacts) -> Side {
    let legality = judge(content, facts).legality;
    let sizes = content.clusters.iter().map(|cluster| cluster.members.len());
    Side {
        clusters: content.clusters.len(),
        sizes: (sizes.clone().max().unwrap_or(0), sizes.min().unwrap_or(0)),
        distances: content.distances(facts),
        hard: legality.hard,
        in_principle: legality.unexcepted + legality.applied_for + legality.excepted,
    }
}

impl Comparison {
    /// The comparison in words, for a paper that a director signs.
    pub fn sentences(&self, first_name: &str, second_name: &str) -> Vec<String> {
        let (one, two) = (&self.first, &self.second);
        let mut sentences = Vec::new();
        sentences.push(if self.moved.is_empty() {
            format!("与“{first_name}”相比，“{second_name}”没有幼儿园改变学区。")
        } else {
            format!(
                "与“{first_name}”相比，“{second_name}”有 {} 所幼儿园改变学区{}。",
                self.moved.len(),
                if self.new_centres > 0 {
                    format!("，{} 所中心园为新选定", self.new_centres)
                } else {
                    String::new()
                }
            )
        });
        if one.clusters == two.clusters {
            sentences.push(format!("学区数均为 {} 个。", one.clusters));
        } else {
            sentences.push(format!("学区数由 {} 个变为 {} 个。", one.clusters, two.clusters));
        }
        let change = two.distances.mean_m() - one.distances.mean_m();
        let trend = if change.abs() < 1.0 {
            "持平".to_owned()
        } else {
            let share = if one.distances.mean_m() > 0.0 {
                100.0 * change.abs() / one.distances.mean_m()
            } else {
                0.0
            };
            format!("{} {share:.1}%", if change < 0.0 { "缩短" } else { "增加" })
        };
        sentences.push(format!(
            "成员园到中心园的平均距离由 {:.0} 米变为 {:.0} 米（{trend}），最远距离由 {:.0} 米变为 {:.0} 米。",
            one.distances.mean_m(),
            two.distances.mean_m(),
            one.distances.farthest_m,
            two.distances.farthest_m
        ));
        sentences.push(format!(
            "违反硬性规定由 {} 处变为 {} 处，不符合原则性规定由 {} 处变为 {} 处。",
            one.hard, two.hard, one.in_principle, two.in_principle
        ));
        sentences
    }
}

#[cfg(test)]
mod tests {
    use super::super::applied;
    use super::super::sample::{content, facts, kg};
    use super::*;
    use crate::plans::types::Change;

    #[test]
    fn a_plan_compared_with_itself_moves_nobody() {
        let comparison = compare(&content(), &content(), &facts());
        assert_eq!((comparison.moved.len(), comparison.new_centres), (0, 0));
        assert_eq!(comparison.sentences("甲", "乙")[0], "与“甲”相比，“乙”没有幼儿园改变学区。");
    }

    #[test]
    fn a_renamed_cluster_with_another_key_moves_nobody() {
        let mut renamed = content();
        renamed.clusters[0].key = 7;
        renamed.clusters[0].name = "麻岭学区".into();
        assert!(compare(&content(), &renamed, &facts()).moved.is_empty());
    }

    #[test]
    fn a_moved_kindergarten_is_named_with_both_clusters_and_the_distance_told() {
        let other =
            applied(&content(), &Change::Move { kindergarten: kg(4), to: 2 }, &facts()).unwrap().0;
        let comparison = compare(&content(), &other, &facts());
        let expected = Moved {
            kindergarten: kg(4),
            name: "青禾4幼儿园".into(),
            from: "粤海学区".into(),
            to: "蛇口学区".into(),
        };
        assert_eq!(comparison.moved, [expected]);
        let words = comparison.sentences("甲方案", "乙方案");
        assert_eq!(words[0], "与“甲方案”相比，“乙方案”有 1 所幼儿园改变学区。");
        assert!(words[2].contains("增加"), "{}", words[2]);
    }
}
