//! 二（二）4 学区管理运行机制 — charter and monthly meeting.

use super::Clause;
use crate::obligations::{Capability, Obligation, Scope};
use crate::terms::Strength;

pub(crate) const OBLIGATIONS: &[Obligation] = &[
    Obligation {
        clause: &Clause {
            id: "2.2.4-1",
            reference: "二（二）4",
            wording: "每个学区都应制订学区管理章程，明确学区治理委员会的组织与成员、职责、运行、委员权利和义务等事项，学区要将党建工作要求纳入章程",
            strength: Strength::Hard,
        },
        demand: "每学区制订管理章程，写明组织与成员、职责、运行、委员权利义务，并纳入党建要求",
        party: "学区治理委员会",
        threshold: "现行有效章程=1份；必备章节5/5（四项+党建）",
        period: "设立时；修订时",
        evidence: "章程文本、表决、备案",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Meetings,
    },
    Obligation {
        clause: &Clause {
            id: "2.2.4-2",
            reference: "二（二）4",
            wording: "学区管理章程模板由各区教育行政部门根据管理需要制定",
            strength: Strength::Hard,
        },
        demand: "章程模板由区制定",
        party: "区教育行政部门",
        threshold: "每区≥1份现行模板",
        period: "按需更新",
        evidence: "模板版本",
        parameters: &[],
        scope: Scope::District,
        capability: Capability::Meetings,
    },
    Obligation {
        clause: &Clause {
            id: "2.2.4-3",
            reference: "二（二）4",
            wording: "学区治理委员会应定期召开反馈交流会，由中心园召集，一般每月召开一次会议",
            strength: Strength::InPrinciple,
        },
        demand: "建立例会制度，由中心园召集，一般每月1次",
        party: "中心园；学区治理委员会",
        threshold: "≥1次/自然月（一般；缺会须填原因）",
        period: "按月",
        evidence: "会议通知、签到、纪要",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Meetings,
    },
    Obligation {
        clause: &Clause {
            id: "2.2.4-4",
            reference: "二（二）4",
            wording: "听取学区各内设部门工作汇报",
            strength: Strength::Hard,
        },
        demand: "例会听取各内设部门工作汇报",
        party: "部门负责人；学区治理委员会",
        threshold: "每个部门有汇报或缺席说明",
        period: "每次例会",
        evidence: "议程与汇报材料",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Meetings,
    },
    Obligation {
        clause: &Clause {
            id: "2.2.4-5",
            reference: "二（二）4",
            wording: "对责任督学提出的问题进行研究，提出切实有效的整改措施",
            strength: Strength::Hard,
        },
        demand: "例会研究督学提出的问题并给出有效整改措施",
        party: "学区治理委员会",
        threshold: "上次例会以来未结问题100%入议程",
        period: "每次例会",
        evidence: "问题—决议—措施—责任人—期限链",
        parameters: &[],
        scope: Scope::Cluster,
        capability: Capability::Meetings,
    },
];
