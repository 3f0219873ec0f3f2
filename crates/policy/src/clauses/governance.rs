//! 二（一）3 治理结构 — who must be where.

use super::Clause;
use crate::obligations::{Capability, Obligation, Scope};
use crate::terms::Strength;

/// Every cluster has its committee.
pub const COMMITTEE: Clause = Clause {
    id: "2.1.3-1",
    reference: "二（一）3",
    wording: "学区成立学区治理委员会，为学区议事机构",
    strength: Strength::Hard,
};

/// The centre's principal chairs it.
pub const CHAIR: Clause = Clause {
    id: "2.1.3-2",
    reference: "二（一）3",
    wording: "学区治理委员会主要负责人由学区中心园园长担任",
    strength: Strength::Hard,
};

/// Its members are the principals of all kindergartens.
pub const SEATS: Clause = Clause {
    id: "2.1.3-3",
    reference: "二（一）3",
    wording: "成员由学区内全体幼儿园园长出任",
    strength: Strength::Hard,
};

/// One full-time and eight part-time inspectors.
pub const INSPECTORS: Clause = Clause {
    id: "2.1.3-6",
    reference: "二（一）3",
    wording: "每个学区配备1名专职责任督学和8名兼职责任督学",
    strength: Strength::Hard,
};

/// A liaison in each kindergarten.
pub const LIAISON: Clause = Clause {
    id: "2.1.3-8",
    reference: "二（一）3",
    wording: "学区内每所幼儿园应配备1名兼职视导员，负责联络和信息传递、配合督学工作等",
    strength: Strength::Hard,
};

/// At least one teaching-research lead and one trainer.
pub const LEADS_AND_TRAINERS: Clause = Clause {
    id: "2.1.3-9",
    reference: "二（一）3",
    wording: "每个学区还应配备至少1名兼职教研员和1名兼职培训师",
    strength: Strength::Hard,
};

/// Each kindergarten belongs to one party organisation.
pub const PARTY_ORGANISATION: Clause = Clause {
    id: "2.1.3-10",
    reference: "二（一）3",
    wording: "学区内各幼儿园应单独成立党组织，暂时不具备单独组建条件的，应在学区内建立联合党支部或联合党委",
    strength: Strength::Hard,
};

pub(crate) const OBLIGATIONS: &[Obligation] = &[
    Obligation {
        clause: &COMMITTEE,
        demand: "每学区成立治理委员会作为议事机构",
        party: "学区治理委员会",
        threshold: "=1个/学区",
        period: "学区设立后",
        evidence: "成立文件、委员名册",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Institutions,
    },
    Obligation {
        clause: &CHAIR,
        demand: "委员会主要负责人由中心园园长担任",
        party: "中心园园长",
        threshold: "主任=现任中心园园长",
        period: "园长变动时即时",
        evidence: "任职记录",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Institutions,
    },
    Obligation {
        clause: &SEATS,
        demand: "学区全体园长为委员",
        party: "全体园长",
        threshold: "委员数=学区园数；每园恰1名",
        period: "园长变动时即时",
        evidence: "委员名册与园长名册对账",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Institutions,
    },
    Obligation {
        clause: &Clause {
            id: "2.1.3-4",
            reference: "二（一）3",
            wording: "学区治理委员会可根据党建、行政、研训等职能，下设若干个分支部门，各部门负责人由学区治理委员会在本学区择优遴选",
            strength: Strength::Encouraged,
        },
        demand: "可按党建、行政、研训等下设部门，负责人由委员会在本学区择优遴选",
        party: "学区治理委员会",
        threshold: "设部门可选；已设部门负责人=1且属本学区并有决议",
        period: "任命时",
        evidence: "部门设置决议；遴选公告、候选人、任命决议",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Institutions,
    },
    Obligation {
        clause: &Clause {
            id: "2.1.3-5",
            reference: "二（一）3",
            wording: "学区治理委员会办公室设在中心园，各部门日常办事机构设在部门负责人所在幼儿园",
            strength: Strength::Hard,
        },
        demand: "委员会办公室设在中心园；各部门办事点设在其负责人所在园",
        party: "学区治理委员会；部门负责人",
        threshold: "办公室所在园=中心园；办事点所在园=负责人任职园",
        period: "始终",
        evidence: "办公地点登记",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Institutions,
    },
    Obligation {
        clause: &INSPECTORS,
        demand: "每学区配齐1名专职、8名兼职责任督学",
        party: "区教育督导部门",
        threshold: "专职=1且兼职=8（合计9人/学区）",
        period: "任何生效日",
        evidence: "聘书、在岗记录",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Institutions,
    },
    Obligation {
        clause: &Clause {
            id: "2.1.3-7",
            reference: "二（一）3",
            wording: "由区教育督导部门聘任、委派、考核",
            strength: Strength::Hard,
        },
        demand: "责任督学由区督导部门聘任、委派、考核",
        party: "区教育督导部门",
        threshold: "三项主体均为区督导部门；每人每年考核1次（建议）",
        period: "聘期内，按年",
        evidence: "聘任委派文书、年度考核表",
        parameters: &[],
        scope: Scope::District,
        capability: Capability::Institutions,
    },
    Obligation {
        clause: &LIAISON,
        demand: "每园配1名兼职视导员，负责联络、信息传递、配合督学",
        party: "各幼儿园",
        threshold: "=1名/园；签收时限可配置（如2个工作日）",
        period: "任何生效日；每次通知/入园",
        evidence: "视导员登记；通知签收与配合入园记录",
        parameters: &[],
        scope: Scope::Kindergarten,
        capability: Capability::Institutions,
    },
    Obligation {
        clause: &LEADS_AND_TRAINERS,
        demand: "每学区至少1名兼职教研员和1名兼职培训师",
        party: "区教研、培训部门；学区",
        threshold: "教研员≥1且培训师≥1",
        period: "任何生效日",
        evidence: "聘任记录",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Institutions,
    },
    Obligation {
        clause: &PARTY_ORGANISATION,
        demand: "各园单独建立党组织；条件不足的参加学区联合支部或联合党委",
        party: "各幼儿园；学区党组织",
        threshold: "每园归入恰1个党组织",
        period: "任何生效日",
        evidence: "党组织登记（独立/联合）",
        parameters: &[],
        scope: Scope::Kindergarten,
        capability: Capability::Institutions,
    },
    Obligation {
        clause: &Clause {
            id: "2.1.3-11",
            reference: "二（一）3",
            wording: "学区党组织参与学区治理事务，按照党章和有关规定认真履行职责",
            strength: Strength::Hard,
        },
        demand: "学区党组织参与治理事务，抓基层组织和党员队伍，加强对工会、共青团、妇联等群团的领导",
        party: "学区党组织",
        threshold: "列席/参加例会有记录；计划=1份/年（建议）",
        period: "按月/按年",
        evidence: "参会记录、党建计划与活动",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Meetings,
    },
];
