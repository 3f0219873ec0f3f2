//! 二（一）2 组建方式 — how clusters are formed.

use super::Clause;
use crate::terms::Strength;

const REFERENCE: &str = "二（一）2";

/// The paragraph's first sentence as a whole: a district divides its own kindergartens, and no others.
pub const ONE_DISTRICT: Clause = Clause {
    id: "2.1.2",
    reference: REFERENCE,
    wording: "将辖区内各类幼儿园组合划分为若干学区",
    strength: Strength::Hard,
};

/// Near one another, resources reasonably spread.
pub const NEARNESS: Clause = Clause {
    id: "2.1.2-1",
    reference: REFERENCE,
    wording: "区教育行政部门按照地理位置相对就近、合理配置教育资源的原则，将辖区内各类幼儿园组合划分为若干学区。",
    strength: Strength::InPrinciple,
};

/// At most sixteen.
pub const SIZE: Clause = Clause {
    id: "2.1.2-2",
    reference: REFERENCE,
    wording: "每个学区幼儿园数量原则上不超过16所",
    strength: Strength::InPrinciple,
};

/// Public, inclusive private and private in a proportion like the district's.
pub const PROPORTION: Clause = Clause {
    id: "2.1.2-3",
    reference: REFERENCE,
    wording: "各区根据辖区内公办园、普惠性民办园、民办园的比例结构和分布情况合理组合",
    strength: Strength::InPrinciple,
};

/// One good public kindergarten is the centre.
pub const CENTRE: Clause = Clause {
    id: "2.1.2-4",
    reference: REFERENCE,
    wording: "每个学区选定一所优质公办园担任学区中心园",
    strength: Strength::Hard,
};

/// The others are members, each of one cluster.
pub const MEMBERSHIP: Clause = Clause {
    id: "2.1.2-5",
    reference: REFERENCE,
    wording: "其他幼儿园统筹安排为学区成员园",
    strength: Strength::Hard,
};

/// A city-run kindergarten is a centre only when the district has asked it.
pub const CITY_RUN_CENTRE: Clause = Clause {
    id: "2.1.2-6",
    reference: REFERENCE,
    wording: "市属公办园可以接受所在区教育行政部门的委托，担任学区中心园",
    strength: Strength::Hard,
};

/// The two forms of a name.
pub const NAME: Clause = Clause {
    id: "2.1.2-9",
    reference: REFERENCE,
    wording: "学区可以中心园所在街道（社区）名称或行政区+序号的方式命名，具体由区教育行政部门确定",
    strength: Strength::Hard,
};

pub(super) const ALL: &[&Clause] =
    &[&ONE_DISTRICT, &NEARNESS, &SIZE, &PROPORTION, &CENTRE, &MEMBERSHIP, &CITY_RUN_CENTRE, &NAME];
