//! 二（三） 加强资源共享 — resources, teachers and culture in common.

use super::Clause;
use crate::obligations::{Capability, Obligation, Scope};
use crate::terms::Strength;

pub(crate) const OBLIGATIONS: &[Obligation] = &[
    Obligation {
        clause: &Clause {
            id: "2.3.1-1",
            reference: "二（三）1",
            wording: "搭建优质资源共享平台，完善学区优质资源开发、共享、利用机制，分类建设学区优质资源库",
            strength: Strength::Hard,
        },
        demand: "搭建共享平台、分类建设优质资源库；鼓励网上共享、一体化网上教研和培训",
        party: "学区治理委员会；中心园",
        threshold: "每条资源有分类、来源、授权；死链=0",
        period: "持续",
        evidence: "资源目录、分类、授权信息",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Sharing,
    },
    Obligation {
        clause: &Clause {
            id: "2.3.1-2",
            reference: "二（三）1",
            wording: "切实做好学区管理经验辐射、课程资源共建、优质师资流动、教研科研互通等核心环节",
            strength: Strength::Hard,
        },
        demand: "做实四个环节：管理经验、课程资源、师资流动、教研科研",
        party: "学区治理委员会",
        threshold: "四类当年均有记录=4/4",
        period: "按年",
        evidence: "四类共享记录",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Sharing,
    },
    Obligation {
        clause: &Clause {
            id: "2.3.1-3",
            reference: "二（三）1",
            wording: "相关的社会场馆资源、社区文体资源、社会专业团体资源应当在学区内充分共享",
            strength: Strength::Hard,
        },
        demand: "场馆、社区文体、专业团体资源在学区内充分共享",
        party: "学区治理委员会；成员园",
        threshold: "每园可见可约；使用按园分布",
        period: "持续",
        evidence: "外部资源登记与预约记录",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Sharing,
    },
    Obligation {
        clause: &Clause {
            id: "2.3.2-1",
            reference: "二（三）2",
            wording: "通过骨干教师柔性流动、开展联合教研、示范跟岗学习等形式",
            strength: Strength::Hard,
        },
        demand: "骨干教师柔性流动，实现优秀师资共享",
        party: "学区治理委员会；各园",
        threshold: "人事关系不变；重叠派出=0",
        period: "按学期/学年",
        evidence: "流动协议（派出园、接收园、起止、任务）、评价",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Training,
    },
    Obligation {
        clause: &Clause {
            id: "2.3.2-2",
            reference: "二（三）2",
            wording: "加强学区内幼儿园教学科研研讨与交流",
            strength: Strength::Hard,
        },
        demand: "开展联合教研、示范、跟岗学习",
        party: "研训部门；各园",
        threshold: "有计划有考核",
        period: "按学期",
        evidence: "跟岗计划、日志、考核",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Training,
    },
    Obligation {
        clause: &Clause {
            id: "2.3.3-1",
            reference: "二（三）3",
            wording: "各学区要积极统合区域文化资源，组织开展园际间文化、艺术等交流活动",
            strength: Strength::Hard,
        },
        demand: "开展园际文化艺术交流、形成品牌，推进优质园创建",
        party: "学区治理委员会；各园",
        threshold: "≥1次/年（建议默认）；创建数逐年",
        period: "按年",
        evidence: "活动记录、创建申报与结果",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Sharing,
    },
];
