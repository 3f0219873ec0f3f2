//! Names of clusters (`2.1.2-9`: 以中心园所在街道（社区）名称或行政区+序号的方式命名): which are lawful, and lawful ones proposed.
//!
//! Lawful are the centre's street or community, with or without its 街道 or 社区 (粤海学区, 粤海街道学区), and the district
//! with a number (南山区第3学区, 南山3学区, 南山第三学区); both end in 学区 or 学前教育学区.

use crate::plan_rules::{ClusterFacts, KindergartenFacts, PlanFacts};
use kernel::coded;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The endings of a name, the longer first.
const ENDINGS: [&str; 2] = ["学前教育学区", "学区"];

/// What a street's or community's full name ends in, the longer first.
const PLACE_ENDINGS: [&str; 5] = ["街道办事处", "街道", "社区", "镇", "乡"];

/// What a district's full name ends in, the longer first.
const DISTRICT_ENDINGS: [&str; 4] = ["特别合作区", "新区", "区", "县"];

/// Words that make a name sound like an enrolment area.
const ENROLMENT_WORDS: [&str; 11] =
    ["招生", "入学", "入园", "就读", "学位", "地段", "划片", "片区", "施教区", "服务区", "对口"];

coded! {
    /// How a district writes the number of a cluster.
    Numbering {
        /// 南山区第3学区
        Ordinal = "ordinal", "南山区第3学区";
        /// 南山3学区
        Plain = "plain", "南山3学区";
        /// 南山第三学区
        Chinese = "chinese", "南山第三学区";
    }
}

/// Where a centre lies, as far as names go. Either may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CentrePlace<'a> {
    /// The street: 粤海街道.
    pub street: &'a str,
    /// The community: 麻岭社区.
    pub community: &'a str,
}

impl<'a> CentrePlace<'a> {
    /// Where this kindergarten lies.
    pub fn of(centre: &'a KindergartenFacts) -> Self {
        Self { street: centre.street.trim(), community: centre.community.trim() }
    }
}

/// Which lawful form a name has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// After the centre's street.
    Street,
    /// After the centre's community.
    Community,
    /// The district and this number.
    Numbered(u32),
}

/// The form of a name, or `None` if it has no lawful one. Several places are given while several kindergartens are marked
/// as the centre.
pub fn form(name: &str, district_name: &str, centres: &[CentrePlace]) -> Option<Form> {
    let stem = without_ending(name)?;
    if centres.iter().any(|centre| is_named_after(stem, centre.street, "街道")) {
        return Some(Form::Street);
    }
    if centres.iter().any(|centre| is_named_after(stem, centre.community, "社区")) {
        return Some(Form::Community);
    }
    number(stem, district_name).map(Form::Numbered)
}

/// What makes two names the same to a reader: the ending and the way of writing a number do not tell clusters apart.
pub fn identity(name: &str, district_name: &str) -> String {
    let name = name.trim();
    let stem = without_ending(name).unwrap_or(name);
    match number(stem, district_name) {
        Some(number) => format!("{}{number}", short_district(district_name)),
        None => stem.to_owned(),
    }
}

/// The word by which a name sounds like an enrolment area, if it does.
pub fn enrolment_word(name: &str) -> Option<&'static str> {
    ENROLMENT_WORDS.into_iter().find(|word| name.contains(word))
}

/// Lawful names for a cluster with such a centre, to show what is meant.
pub fn examples(district_name: &str, centres: &[CentrePlace]) -> Vec<String> {
    let places = centres.iter().flat_map(|centre| [centre.street, centre.community]);
    let named =
        places.filter(|place| !place.is_empty()).map(|place| format!("{}学区", stem_of(place)));
    named.chain([numbered(district_name, 1, Numbering::Ordinal)]).collect()
}

/// The name of the district's cluster with this number.
pub fn numbered(district_name: &str, number: u32, numbering: Numbering) -> String {
    let short = short_district(district_name);
    match numbering {
        Numbering::Ordinal => format!("{district_name}第{number}学区"),
        Numbering::Plain => format!("{short}{number}学区"),
        Numbering::Chinese => match chinese_numeral(number) {
            Some(numeral) => format!("{short}第{numeral}学区"),
            None => format!("{short}第{number}学区"),
        },
    }
}

/// Names for the clusters that have none, by key, in order of key: the centre's street if no other centre of the plan
/// lies in it, else its community, else the district and the next free number. The names that are there stay, and
/// nothing is proposed that they, the proposals or the rest of the city use. The same plan always gets the same names.
pub fn propose(facts: &PlanFacts, numbering: Numbering) -> Vec<(u32, String)> {
    let district = facts.district_name.as_str();
    let register: BTreeMap<&str, &KindergartenFacts> =
        facts.kindergartens.iter().map(|each| (each.id.as_str(), each)).collect();
    let place = |cluster: &ClusterFacts| match cluster.centres.as_slice() {
        [only] => register.get(only.as_str()).map(|centre| CentrePlace::of(centre)),
        _ => None,
    };
    let mut centres_in: BTreeMap<&str, u32> = BTreeMap::new();
    for centre in facts.clusters.iter().filter_map(place) {
        *centres_in.entry(stem_of(centre.street)).or_default() += 1;
    }
    let is_named = |cluster: &&ClusterFacts| !cluster.name.trim().is_empty();
    let given = facts
        .clusters
        .iter()
        .filter(is_named)
        .map(|cluster| &cluster.name)
        .chain(&facts.names_in_use);
    let mut taken: BTreeSet<String> = given.map(|name| identity(name, district)).collect();
    let mut unnamed: Vec<&ClusterFacts> =
        facts.clusters.iter().filter(|cluster| !is_named(cluster)).collect();
    unnamed.sort_by_key(|cluster| cluster.key);

    let mut proposed: BTreeMap<u32, String> = BTreeMap::new();
    let mut offer = |proposed: &mut BTreeMap<u32, String>, key: u32, candidates: Vec<String>| {
        if !proposed.contains_key(&key)
            && let Some(name) =
                candidates.into_iter().find(|name| !taken.contains(&identity(name, district)))
        {
            taken.insert(identity(&name, district));
            proposed.insert(key, name);
        }
    };
    // All streets before all communities: a community must not take the name of another cluster's street.
    for cluster in &unnamed {
        if let Some(centre) =
            place(cluster).filter(|centre| centres_in.get(stem_of(centre.street)) == Some(&1))
        {
            offer(&mut proposed, cluster.key, names_after(centre.street, "街道"));
        }
    }
    for cluster in &unnamed {
        if let Some(centre) = place(cluster) {
            offer(&mut proposed, cluster.key, names_after(centre.community, "社区"));
        }
    }
    let highest = (taken_bound(facts) + unnamed.len()) as u32;
    for cluster in &unnamed {
        let numbers = (1..=highest).map(|number| numbered(district, number, numbering)).collect();
        offer(&mut proposed, cluster.key, numbers);
    }
    proposed.into_iter().collect()
}

/// No more numbers can be taken than there are names.
fn taken_bound(facts: &PlanFacts) -> usize {
    facts.clusters.len() + facts.names_in_use.len()
}

fn names_after(place: &str, kind: &str) -> Vec<String> {
    if place.is_empty() {
        return Vec::new();
    }
    let stem = stem_of(place);
    let full = if place == stem { format!("{stem}{kind}学区") } else { format!("{place}学区") };
    vec![format!("{stem}学区"), full]
}

fn without_ending(name: &str) -> Option<&str> {
    let stem = ENDINGS.into_iter().find_map(|ending| name.strip_suffix(ending))?;
    (!stem.is_empty()).then_some(stem)
}

fn is_named_after(stem: &str, place: &str, kind: &str) -> bool {
    let short = stem_of(place);
    !short.is_empty() && (stem == place || stem == short || stem.strip_suffix(kind) == Some(short))
}

/// 粤海街道 → 粤海.
fn stem_of(place: &str) -> &str {
    let place = place.trim();
    without(place, &PLACE_ENDINGS)
}

/// 南山区 → 南山, 深汕特别合作区 → 深汕.
fn short_district(name: &str) -> &str {
    without(name.trim(), &DISTRICT_ENDINGS)
}

/// The name without the first ending that leaves something.
fn without<'n>(name: &'n str, endings: &[&str]) -> &'n str {
    let stem = endings.iter().find_map(|ending| name.strip_suffix(ending));
    stem.filter(|stem| !stem.is_empty()).unwrap_or(name)
}

/// The number in 南山区第3, 南山3 or 南山第三.
fn number(stem: &str, district_name: &str) -> Option<u32> {
    let district = district_name.trim();
    let rest =
        stem.strip_prefix(district).or_else(|| stem.strip_prefix(short_district(district)))?;
    let digits = rest.strip_prefix('第').unwrap_or(rest);
    if district.is_empty() || digits.starts_with('0') {
        return None;
    }
    if digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits.parse().ok();
    }
    (1..=LARGEST_NUMERAL).find(|number| chinese_numeral(*number).as_deref() == Some(digits))
}

const LARGEST_NUMERAL: u32 = 99;

/// 一 … 九十九.
fn chinese_numeral(number: u32) -> Option<String> {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (number / 10, DIGITS[(number % 10) as usize]);
    match tens {
        _ if number == 0 || number > LARGEST_NUMERAL => None,
        0 => Some(ones.to_owned()),
        1 => Some(format!("十{ones}")),
        _ => Some(format!("{}十{ones}", DIGITS[tens as usize])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::{Grade, Ownership, RunBy, Status};
    use kernel::Date;

    const YUEHAI: CentrePlace = CentrePlace { street: "粤海街道", community: "麻岭社区" };

    fn form_in_nanshan(name: &str) -> Option<Form> {
        form(name, "南山区", &[YUEHAI])
    }

    #[test]
    fn the_centres_street_and_community_name_a_cluster_with_or_without_their_kind() {
        for name in ["粤海学区", "粤海街道学区", "粤海学前教育学区", "粤海街道学前教育学区"]
        {
            assert_eq!(form_in_nanshan(name), Some(Form::Street), "{name}");
        }
        for name in ["麻岭学区", "麻岭社区学区", "麻岭社区学前教育学区"] {
            assert_eq!(form_in_nanshan(name), Some(Form::Community), "{name}");
        }
    }

    #[test]
    fn the_district_with_a_number_names_a_cluster() {
        for name in
            ["南山区第3学区", "南山3学区", "南山第三学区", "南山区3学区", "南山区第三学前教育学区"]
        {
            assert_eq!(form_in_nanshan(name), Some(Form::Numbered(3)), "{name}");
        }
        assert_eq!(form("大鹏新区第十二学区", "大鹏新区", &[]), Some(Form::Numbered(12)));
        assert_eq!(form("深汕2学区", "深汕特别合作区", &[]), Some(Form::Numbered(2)));
    }

    #[test]
    fn anything_else_is_no_lawful_name() {
        let wrong = [
            "",
            "学区",
            "粤海",
            "粤海园区",
            "蛇口学区",
            "粤海社区学区",
            "麻岭街道学区",
            "南山学区",
            "南山第学区",
            "南山第0学区",
            "南山第03学区",
            "福田3学区",
            "南山第三",
            "南山区第３学区",
            " 粤海学区",
            "南山99999学区",
        ];
        for name in wrong {
            assert_eq!(form_in_nanshan(name), None, "{name}");
        }
    }

    #[test]
    fn two_ways_of_writing_a_name_are_the_same_name() {
        let same = |left, right| identity(left, "南山区") == identity(right, "南山区");
        assert!(same("南山区第3学区", "南山第三学区"));
        assert!(same("粤海学区", "粤海学前教育学区"));
        assert!(!same("粤海学区", "蛇口学区"));
        assert!(!same("南山3学区", "南山13学区"));
    }

    #[test]
    fn numbers_are_written_as_the_district_chooses_and_read_back() {
        assert_eq!(numbered("南山区", 3, Numbering::Ordinal), "南山区第3学区");
        assert_eq!(numbered("南山区", 21, Numbering::Plain), "南山21学区");
        assert_eq!(numbered("南山区", 21, Numbering::Chinese), "南山第二十一学区");
        for numbering in Numbering::ALL {
            for number in [1, 10, 11, 20, 99, 100, 120] {
                let name = numbered("南山区", number, *numbering);
                assert_eq!(form(&name, "南山区", &[]), Some(Form::Numbered(number)), "{name}");
            }
        }
    }

    #[test]
    fn words_of_enrolment_are_found() {
        assert_eq!(enrolment_word("粤海招生学区"), Some("招生"));
        assert_eq!(enrolment_word("粤海学区"), None);
    }

    /// A plan of unnamed clusters, each of one kindergarten in such a street and community.
    fn unnamed(places: &[(&str, &str)]) -> PlanFacts {
        let kindergarten =
            |(index, (street, community)): (usize, &(&str, &str))| KindergartenFacts {
                id: format!("k{index}"),
                name: format!("青禾{index}幼儿园"),
                district: "440305".into(),
                ownership: Ownership::Public,
                grade: Grade::Provincial,
                run_by: RunBy::District,
                status: Status::Open,
                delegated: false,
                position: None,
                street: (*street).into(),
                community: (*community).into(),
            };
        let cluster = |index: usize| ClusterFacts {
            key: index as u32 + 1,
            name: String::new(),
            centres: vec![format!("k{index}")],
            members: vec![format!("k{index}")],
        };
        PlanFacts {
            district: "440305".into(),
            district_name: "南山区".into(),
            day: Date::from_ymd_opt(2026, 3, 1).unwrap(),
            kindergartens: places.iter().enumerate().map(kindergarten).collect(),
            clusters: (0..places.len()).map(cluster).collect(),
            names_in_use: Vec::new(),
        }
    }

    fn proposed(facts: &PlanFacts) -> Vec<String> {
        propose(facts, Numbering::Ordinal).into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn a_street_with_one_centre_gives_its_name_and_a_street_with_several_leaves_it_to_the_communities()
     {
        let facts = unnamed(&[
            ("粤海街道", "麻岭社区"),
            ("蛇口街道", "海湾社区"),
            ("蛇口街道", "渔一社区"),
        ]);
        assert_eq!(proposed(&facts), ["粤海学区", "海湾学区", "渔一学区"]);
    }

    #[test]
    fn what_has_neither_street_nor_community_of_its_own_is_numbered() {
        let facts = unnamed(&[("蛇口街道", "海湾社区"), ("蛇口街道", "海湾社区"), ("", "")]);
        assert_eq!(proposed(&facts), ["海湾学区", "海湾社区学区", "南山区第1学区"]);
    }

    #[test]
    fn names_used_in_the_plan_or_the_city_are_not_proposed_again() {
        let mut facts = unnamed(&[("粤海街道", "麻岭社区"), ("", ""), ("", ""), ("", "")]);
        facts.names_in_use = vec!["粤海学区".into(), "粤海街道学区".into(), "南山第一学区".into()];
        facts.clusters[2].name = "南山3学区".into();
        let names = propose(&facts, Numbering::Plain);
        assert_eq!(
            names,
            [(1, "麻岭学区".into()), (2, "南山2学区".into()), (4, "南山4学区".into())]
        );
    }

    #[test]
    fn a_street_keeps_its_name_before_a_community_of_the_same_name() {
        let facts = unnamed(&[
            ("蛇口街道", "粤海社区"),
            ("蛇口街道", "海湾社区"),
            ("粤海街道", "麻岭社区"),
        ]);
        assert_eq!(proposed(&facts), ["粤海社区学区", "海湾学区", "粤海学区"]);
    }

    #[test]
    fn every_proposed_name_keeps_the_rule_of_names() {
        let places = [
            ("粤海街道", "麻岭社区"),
            ("蛇口街道", "海湾社区"),
            ("蛇口街道", "海湾社区"),
            ("", ""),
            ("葵涌", ""),
        ];
        let mut facts = unnamed(&places);
        for (key, name) in propose(&facts, Numbering::Chinese) {
            facts.clusters[key as usize - 1].name = name;
        }
        let breaches = crate::check(&facts, &crate::Parameters::on(facts.day));
        assert!(breaches.iter().all(|breach| breach.rule != crate::Rule::LawfulName));
    }
}
