//! 二（一）2 组建方式 — how clusters are formed.

use super::Clause;
use crate::obligations::{Capability, Obligation, Scope};
use crate::parameters::Parameter;
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

/// A cluster is no legal person.
pub const NO_LEGAL_PERSON: Clause = Clause {
    id: "2.1.2-7",
    reference: "二（一）2",
    wording: "学区不设为独立法人机构",
    strength: Strength::Hard,
};

/// A kindergarten stays under whom it was, and decides for itself.
pub const AUTONOMY: Clause = Clause {
    id: "2.1.2-8",
    reference: "二（一）2",
    wording: "学区内各类幼儿园原有行政隶属关系不变，各自独立行使办园自主权",
    strength: Strength::Hard,
};

pub(crate) const OBLIGATIONS: &[Obligation] = &[
    Obligation {
        clause: &NEARNESS,
        demand: "按位置相对就近、资源合理配置的原则划分学区",
        party: "区教育行政部门",
        threshold: "最大/平均距离可配置；“相对就近”为原则",
        period: "划分或调整时",
        evidence: "划分方案版本、各园坐标、到中心园距离",
        parameters: &[Parameter::MeanDistance, Parameter::FarthestDistance],
        scope: Scope::Cluster,
        capability: Capability::Register,
    },
    Obligation {
        clause: &SIZE,
        demand: "每学区幼儿园数一般不多于16所",
        party: "区教育行政部门",
        threshold: "≤16所（原则上；超出须写明理由并由区审批）",
        period: "任何生效日",
        evidence: "学区归属表（按生效日）",
        parameters: &[Parameter::LargestCluster],
        scope: Scope::Cluster,
        capability: Capability::Register,
    },
    Obligation {
        clause: &PROPORTION,
        demand: "按公办、普惠性民办、民办的比例和分布合理搭配",
        party: "区教育行政部门",
        threshold: "与全区占比偏差可配置（如±20个百分点）",
        period: "划分或调整时",
        evidence: "学区与全区三类园占比对照",
        parameters: &[Parameter::OwnershipTolerance],
        scope: Scope::Cluster,
        capability: Capability::Register,
    },
    Obligation {
        clause: &CENTRE,
        demand: "每学区选定1所优质公办园为中心园",
        party: "区教育行政部门",
        threshold: "=1所；性质=公办；优质等级可配置",
        period: "任何生效日",
        evidence: "中心园认定文件、办园性质、等级证明",
        parameters: &[Parameter::GoodGrades, Parameter::CentreMustBePublic],
        scope: Scope::Cluster,
        capability: Capability::Register,
    },
    Obligation {
        clause: &MEMBERSHIP,
        demand: "其余园统筹为成员园，一园只属一个学区",
        party: "区教育行政部门",
        threshold: "每园在任一日期恰属1个学区",
        period: "任何生效日",
        evidence: "归属表（起止日期）",
        parameters: &[],
        scope: Scope::Kindergarten,
        capability: Capability::Register,
    },
    Obligation {
        clause: &CITY_RUN_CENTRE,
        demand: "市属公办园受区委托方可担任中心园",
        party: "市属公办园；区教育行政部门",
        threshold: "市属中心园委托书=1份且在有效期",
        period: "委托期内",
        evidence: "委托书（文号、日期、期限）",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Register,
    },
    Obligation {
        clause: &NO_LEGAL_PERSON,
        demand: "学区不是独立法人",
        party: "区教育行政部门；学区治理委员会",
        threshold: "名册中以学区名义登记的机构=0，以学区名义开设的账号=0；合同与资金账户由“专项经费与合同”接续核对",
        period: "始终",
        evidence: "机构名册与账号登记",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Register,
    },
    Obligation {
        clause: &AUTONOMY,
        demand: "各园行政隶属不变、办园自主权不变",
        party: "学区治理委员会；中心园",
        threshold: "编入学区后隶属（市属、区属）变动=0；中心园对成员园人、财、招生数据的写权限=0，由权限矩阵保证",
        period: "始终",
        evidence: "编入前后的隶属登记；权限矩阵、越权尝试日志",
        parameters: &[],
        scope: Scope::Kindergarten,
        capability: Capability::Register,
    },
    Obligation {
        clause: &NAME,
        demand: "学区用中心园街道（社区）名或“行政区+序号”命名，由区定",
        party: "区教育行政部门",
        threshold: "名称全市唯一且符合两种格式之一",
        period: "设立或更名时",
        evidence: "学区名称与命名方式",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Register,
    },
];
