//! Dated parameters: the figures that the policy names, leaves open or may change. Each has a code, a unit, a source and
//! a default from a start date; a city or a district may set its own from a day on ([`Setting`], kept in the store).

use crate::clauses::{self, Clause};
use crate::terms::Grade;
use kernel::{Date, OPEN_END, coded};
use serde::{Deserialize, Serialize};

coded! {
    /// A figure that can be set, for the city or for a district, from a day on.
    Parameter {
        /// Most kindergartens in a cluster, the centre included.
        LargestCluster = "largest_cluster", "每个学区幼儿园数上限";
        /// Grades that count as good (优质).
        GoodGrades = "good_grades", "优质园等级";
        /// Whether the centre must be public.
        CentreMustBePublic = "centre_must_be_public", "中心园须为公办园";
        /// How far a cluster's share of an ownership may lie from the district's.
        OwnershipTolerance = "ownership_tolerance", "办园性质占比允许偏差";
        /// Fewest kinds of ownership in a cluster.
        LeastKinds = "least_kinds", "办园性质最少种类";
        /// Fewest good kindergartens in a cluster, the centre included.
        LeastGood = "least_good", "优质园最少数量";
        /// Longest mean distance of the members to the centre.
        MeanDistance = "mean_distance", "成员园到中心园平均距离上限";
        /// Longest distance of a member to the centre.
        FarthestDistance = "farthest_distance", "成员园到中心园最远距离上限";
        /// Clusters in the city.
        CityClusters = "city_clusters", "全市学区数目标";
    }
}

/// What a parameter is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Kindergartens (所).
    Kindergartens,
    /// Kinds of ownership (种).
    Kinds,
    /// Percentage points (个百分点).
    Points,
    /// Metres (米), as the crow flies.
    Metres,
    /// Clusters (个).
    Clusters,
    /// A set of grades.
    Grades,
    /// Yes or no.
    Flag,
}

impl Unit {
    /// The measure word in the interface; empty where none is said.
    pub fn label(self) -> &'static str {
        match self {
            Self::Kindergartens => "所",
            Self::Kinds => "种",
            Self::Points => "个百分点",
            Self::Metres => "米",
            Self::Clusters => "个",
            Self::Grades | Self::Flag => "",
        }
    }
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A count, points or metres.
    Whole(u32),
    /// Yes or no.
    Flag(bool),
    /// A set of grades, best first.
    Grades(Vec<Grade>),
}

impl std::fmt::Display for Value {
    /// The stored text: `16`, `yes`, `provincial,municipal`. [`Parameter::parse`] reads it back.
    fn fmt(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(number) => write!(text, "{number}"),
            Self::Flag(flag) => text.write_str(if *flag { "yes" } else { "no" }),
            Self::Grades(grades) => text
                .write_str(&grades.iter().map(|grade| grade.code()).collect::<Vec<_>>().join(",")),
        }
    }
}

/// A value that a parameter cannot take. The text is a sentence to the user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{}”不能设为“{given}”：应为{expected}", .parameter.label())]
pub struct UnfitValue {
    /// The parameter.
    pub parameter: Parameter,
    /// What was given.
    pub given: String,
    /// What it takes.
    pub expected: String,
}

/// A value that a city or a district has set, as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What is set.
    pub parameter: Parameter,
    /// The district's code; `None` for the whole city.
    pub district: Option<String>,
    /// The first day on which it holds.
    pub valid_from: Date,
    /// The first day on which it no longer holds.
    pub valid_to: Date,
    /// The value; of the parameter's kind, as [`Parameter::parse`] makes it.
    pub value: Value,
}

impl Setting {
    /// A setting that holds from a day on, for the city or one district.
    pub fn from(day: Date, parameter: Parameter, district: Option<&str>, value: Value) -> Self {
        Self {
            parameter,
            district: district.map(str::to_owned),
            valid_from: day,
            valid_to: OPEN_END,
            value,
        }
    }

    fn holds(&self, district: Option<&str>, day: Date) -> bool {
        self.valid_from <= day
            && day < self.valid_to
            && (self.district.is_none() || self.district.as_deref() == district)
    }
}

impl Parameter {
    /// What it is measured in.
    pub fn unit(self) -> Unit {
        match self {
            Self::LargestCluster | Self::LeastGood => Unit::Kindergartens,
            Self::GoodGrades => Unit::Grades,
            Self::CentreMustBePublic => Unit::Flag,
            Self::OwnershipTolerance => Unit::Points,
            Self::LeastKinds => Unit::Kinds,
            Self::MeanDistance | Self::FarthestDistance => Unit::Metres,
            Self::CityClusters => Unit::Clusters,
        }
    }

    /// The clause that it fills in.
    pub fn clause(self) -> &'static Clause {
        match self {
            Self::LargestCluster => &clauses::formation::SIZE,
            Self::GoodGrades | Self::CentreMustBePublic => &clauses::formation::CENTRE,
            Self::OwnershipTolerance => &clauses::formation::PROPORTION,
            Self::LeastKinds | Self::LeastGood => &clauses::function::DIFFERENT_KINDS,
            Self::MeanDistance | Self::FarthestDistance => &clauses::formation::NEARNESS,
            Self::CityClusters => &clauses::goals::CITY_TARGET,
        }
    }

    /// Where the default comes from, as the settings page says it.
    pub fn basis(self) -> &'static str {
        match self {
            Self::LargestCluster | Self::CityClusters => "实施意见（征求意见稿）原文数字",
            Self::GoodGrades => "意见稿只说“优质”，默认按省一级、市一级认定，区可另定",
            Self::CentreMustBePublic => {
                "意见稿为“优质公办园”；新闻通稿为“优质幼儿园”，因此可按生效日调整"
            }
            Self::OwnershipTolerance => "意见稿未给数字，默认 20 个百分点",
            Self::LeastKinds | Self::LeastGood => {
                "意见稿只说“不同类型、不同水平”，默认至少 2 种性质、1 所优质园"
            }
            Self::MeanDistance | Self::FarthestDistance => {
                "意见稿只说“相对就近”，默认值按各区幼儿园疏密给出，由区确定"
            }
        }
    }

    /// Reads a stored or typed value: `16`, `yes`/`是`, `provincial,municipal`/`省一级、市一级`.
    pub fn parse(self, text: &str) -> Result<Value, UnfitValue> {
        let text = text.trim();
        let unfit =
            |expected: String| UnfitValue { parameter: self, given: text.to_owned(), expected };
        match self.unit() {
            Unit::Flag => match text {
                "yes" | "是" => Ok(Value::Flag(true)),
                "no" | "否" => Ok(Value::Flag(false)),
                _ => Err(unfit("是或否".to_owned())),
            },
            Unit::Grades => {
                let named = |word: &str| {
                    let word = word.trim();
                    Grade::ALL
                        .iter()
                        .copied()
                        .find(|grade| grade.code() == word || grade.label() == word)
                };
                let grades: Option<Vec<Grade>> = text.split([',', '，', '、']).map(named).collect();
                let mut grades = grades.ok_or_else(|| unfit("以顿号分隔的等级".to_owned()))?;
                grades.sort_unstable();
                grades.dedup();
                Ok(Value::Grades(grades))
            }
            unit => {
                let (least, most) = self.bounds();
                let number = text.parse().ok().filter(|number| (least..=most).contains(number));
                number
                    .map(Value::Whole)
                    .ok_or_else(|| unfit(format!("{least} 至 {most} {}", unit.label())))
            }
        }
    }

    /// The least and the largest number it takes; beyond them lies a slip of the pen.
    fn bounds(self) -> (u32, u32) {
        match self {
            Self::LargestCluster => (2, 64),
            Self::LeastKinds => (1, 3),
            Self::LeastGood => (0, 16),
            Self::OwnershipTolerance => (0, 100),
            Self::CityClusters => (1, 10_000),
            // No place in a city lies farther than this from another.
            Self::MeanDistance | Self::FarthestDistance => (100, 200_000),
            Self::GoodGrades | Self::CentreMustBePublic => (0, 0),
        }
    }
}

/// The figures that hold on a day in a district, ready for the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    /// Most kindergartens in a cluster, the centre included (`2.1.2-2`).
    pub largest_cluster: u32,
    /// Grades that count as good, best first (`2.1.2-4`).
    pub good_grades: Vec<Grade>,
    /// Whether the centre must be public (`2.1.2-4`).
    pub centre_must_be_public: bool,
    /// Percentage points by which a share of ownership may differ from the district's (`2.1.2-3`).
    pub ownership_tolerance_points: u32,
    /// Fewest kinds of ownership in a cluster (`2.1.1-2`).
    pub least_kinds: u32,
    /// Fewest good kindergartens in a cluster, the centre included (`2.1.1-2`).
    pub least_good: u32,
    /// Longest mean distance of the members to the centre, in metres (`2.1.2-1`).
    pub mean_distance_m: u32,
    /// Longest distance of a member to the centre, in metres (`2.1.2-1`).
    pub farthest_distance_m: u32,
    /// Clusters in the city (`1.2-1`).
    pub city_clusters: u32,
}

/// One step in the history of the defaults.
struct Step {
    from: Date,
    parameters: fn() -> Parameters,
}

/// The defaults, oldest first. A change of the policy adds a step; a day before the first follows the first.
const DEFAULTS: &[Step] = &[Step { from: POLICY_IN_FORCE, parameters: draft_of_2021 }];

/// The final opinions are reported in force from this day (`standards.md` §0).
const POLICY_IN_FORCE: Date = match Date::from_ymd_opt(2022, 2, 1) {
    Some(day) => day,
    None => Date::MIN,
};

fn draft_of_2021() -> Parameters {
    Parameters {
        largest_cluster: 16,
        good_grades: vec![Grade::Provincial, Grade::Municipal],
        centre_must_be_public: true,
        ownership_tolerance_points: 20,
        least_kinds: 2,
        least_good: 1,
        mean_distance_m: 2_500,
        farthest_distance_m: 5_000,
        city_clusters: 200,
    }
}

/// Mean and farthest distance by district where it is sparser than the city's default: new towns with wide industrial
/// land, and the two coasts. Suggested figures of this program, measured on a made-up register; a district sets its own.
const SPARSE_DISTRICTS: &[(&str, u32, u32)] = &[
    ("440306", 3_500, 7_000),
    ("440307", 4_500, 8_000),
    ("440310", 4_500, 8_000),
    ("440311", 3_500, 7_000),
    ("dapeng", 7_000, 12_000),
    ("shenshan", 7_000, 12_000),
];

impl Parameters {
    /// The city's defaults on a day.
    pub fn on(day: Date) -> Self {
        let in_force = DEFAULTS.iter().rev().find(|step| step.from <= day).or(DEFAULTS.first());
        in_force.map_or_else(draft_of_2021, |step| (step.parameters)())
    }

    /// What holds in a district on a day: the defaults, over them the city's settings, over them the district's. Among
    /// settings of equal reach the one that began last holds.
    pub fn of(district: &str, day: Date, settings: &[Setting]) -> Self {
        let mut parameters = Self::on(day);
        if let Some((_, mean, farthest)) =
            SPARSE_DISTRICTS.iter().find(|(code, ..)| *code == district)
        {
            parameters.mean_distance_m = *mean;
            parameters.farthest_distance_m = *farthest;
        }
        parameters.under(Some(district), day, settings)
    }

    /// What holds in the city as a whole on a day: the defaults, over them the city's settings.
    pub fn of_city(day: Date, settings: &[Setting]) -> Self {
        Self::on(day).under(None, day, settings)
    }

    fn under(mut self, district: Option<&str>, day: Date, settings: &[Setting]) -> Self {
        let mut holding: Vec<&Setting> =
            settings.iter().filter(|setting| setting.holds(district, day)).collect();
        holding.sort_by_key(|setting| (setting.district.is_some(), setting.valid_from));
        for setting in holding {
            self.take(setting.parameter, &setting.value);
        }
        self
    }

    /// The value of one parameter, for the settings page.
    pub fn value(&self, parameter: Parameter) -> Value {
        match parameter {
            Parameter::LargestCluster => Value::Whole(self.largest_cluster),
            Parameter::GoodGrades => Value::Grades(self.good_grades.clone()),
            Parameter::CentreMustBePublic => Value::Flag(self.centre_must_be_public),
            Parameter::OwnershipTolerance => Value::Whole(self.ownership_tolerance_points),
            Parameter::LeastKinds => Value::Whole(self.least_kinds),
            Parameter::LeastGood => Value::Whole(self.least_good),
            Parameter::MeanDistance => Value::Whole(self.mean_distance_m),
            Parameter::FarthestDistance => Value::Whole(self.farthest_distance_m),
            Parameter::CityClusters => Value::Whole(self.city_clusters),
        }
    }

    /// Whether a grade counts as good.
    pub fn is_good(&self, grade: Grade) -> bool {
        self.good_grades.contains(&grade)
    }

    /// A value of another kind than the parameter's cannot come from [`Parameter::parse`] and changes nothing.
    fn take(&mut self, parameter: Parameter, value: &Value) {
        match (parameter, value) {
            (Parameter::LargestCluster, Value::Whole(number)) => self.largest_cluster = *number,
            (Parameter::GoodGrades, Value::Grades(grades)) => self.good_grades.clone_from(grades),
            (Parameter::CentreMustBePublic, Value::Flag(flag)) => {
                self.centre_must_be_public = *flag;
            }
            (Parameter::OwnershipTolerance, Value::Whole(number)) => {
                self.ownership_tolerance_points = *number;
            }
            (Parameter::LeastKinds, Value::Whole(number)) => self.least_kinds = *number,
            (Parameter::LeastGood, Value::Whole(number)) => self.least_good = *number,
            (Parameter::MeanDistance, Value::Whole(number)) => self.mean_distance_m = *number,
            (Parameter::FarthestDistance, Value::Whole(number)) => {
                self.farthest_distance_m = *number;
            }
            (Parameter::CityClusters, Value::Whole(number)) => self.city_clusters = *number,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(year: i32, month: u32, day: u32) -> Date {
        Date::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn the_defaults_are_the_figures_of_the_draft() {
        let parameters = Parameters::on(on(2026, 3, 1));
        assert_eq!((parameters.largest_cluster, parameters.city_clusters), (16, 200));
        assert!(parameters.centre_must_be_public);
        assert!(parameters.is_good(Grade::Municipal) && !parameters.is_good(Grade::District));
    }

    #[test]
    fn a_day_before_the_policy_follows_its_first_figures() {
        assert_eq!(Parameters::on(on(2019, 1, 1)), Parameters::on(on(2022, 2, 1)));
    }

    #[test]
    fn a_setting_holds_from_its_first_day_until_its_end() {
        let setting = Setting {
            valid_to: on(2027, 1, 1),
            ..Setting::from(on(2026, 1, 1), Parameter::LargestCluster, None, Value::Whole(18))
        };
        let largest =
            |day| Parameters::of("440305", day, std::slice::from_ref(&setting)).largest_cluster;
        assert_eq!(largest(on(2025, 12, 31)), 16);
        assert_eq!(largest(on(2026, 1, 1)), 18);
        assert_eq!(largest(on(2026, 12, 31)), 18);
        assert_eq!(largest(on(2027, 1, 1)), 16);
    }

    #[test]
    fn a_districts_setting_beats_the_citys_and_leaves_other_districts_alone() {
        let day = on(2026, 1, 1);
        let city =
            Setting::from(on(2026, 6, 1), Parameter::OwnershipTolerance, None, Value::Whole(25));
        let own =
            Setting::from(day, Parameter::OwnershipTolerance, Some("440305"), Value::Whole(15));
        let tolerance = |district, settings: &[Setting]| {
            Parameters::of(district, on(2026, 7, 1), settings).ownership_tolerance_points
        };
        assert_eq!(tolerance("440305", &[own.clone(), city.clone()]), 15);
        assert_eq!(tolerance("440304", &[own.clone(), city.clone()]), 25);
        assert_eq!(
            Parameters::of_city(on(2026, 7, 1), &[own, city]).ownership_tolerance_points,
            25
        );
    }

    #[test]
    fn of_two_settings_the_one_that_began_last_holds() {
        let early =
            Setting::from(on(2026, 1, 1), Parameter::MeanDistance, None, Value::Whole(3_000));
        let late =
            Setting::from(on(2026, 5, 1), Parameter::MeanDistance, None, Value::Whole(2_000));
        let parameters = Parameters::of("440305", on(2026, 7, 1), &[late, early]);
        assert_eq!(parameters.mean_distance_m, 2_000);
    }

    #[test]
    fn a_sparse_district_has_longer_default_distances() {
        let day = on(2026, 3, 1);
        assert_eq!(Parameters::of("dapeng", day, &[]).farthest_distance_m, 12_000);
        assert_eq!(Parameters::of("440305", day, &[]).farthest_distance_m, 5_000);
    }

    #[test]
    fn that_the_centre_must_be_public_can_be_lifted_from_a_day_on() {
        let lifted =
            Setting::from(on(2026, 9, 1), Parameter::CentreMustBePublic, None, Value::Flag(false));
        let must = |day| {
            Parameters::of("440305", day, std::slice::from_ref(&lifted)).centre_must_be_public
        };
        assert!(must(on(2026, 8, 31)));
        assert!(!must(on(2026, 9, 1)));
    }

    #[test]
    fn every_value_reads_back_as_it_was_written() {
        let parameters = Parameters::on(on(2026, 3, 1));
        for parameter in Parameter::ALL {
            let value = parameters.value(*parameter);
            assert_eq!(parameter.parse(&value.to_string()), Ok(value));
        }
    }

    #[test]
    fn every_parameter_can_be_set() {
        let defaults = Parameters::on(on(2026, 3, 1));
        for parameter in Parameter::ALL {
            let other = match defaults.value(*parameter) {
                Value::Whole(number) => Value::Whole(number + 1),
                Value::Flag(flag) => Value::Flag(!flag),
                Value::Grades(_) => Value::Grades(vec![Grade::Provincial]),
            };
            let setting = Setting::from(on(2026, 1, 1), *parameter, Some("440305"), other.clone());
            assert_eq!(
                Parameters::of("440305", on(2026, 3, 1), &[setting]).value(*parameter),
                other
            );
        }
    }

    #[test]
    fn an_absurd_value_is_refused_with_what_is_expected() {
        let fault = Parameter::LargestCluster.parse("1600").unwrap_err();
        assert_eq!(fault.to_string(), "“每个学区幼儿园数上限”不能设为“1600”：应为2 至 64 所");
        assert!(Parameter::GoodGrades.parse("特级").is_err());
        assert!(Parameter::CentreMustBePublic.parse("maybe").is_err());
        assert!(Parameter::MeanDistance.parse("-5").is_err());
    }

    #[test]
    fn grades_are_read_from_an_offices_words() {
        let value = Parameter::GoodGrades.parse("市一级、省一级、市一级");
        assert_eq!(value, Ok(Value::Grades(vec![Grade::Provincial, Grade::Municipal])));
    }
}
