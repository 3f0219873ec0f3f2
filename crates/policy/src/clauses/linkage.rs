//! 三 推进措施 — city and districts together.

use super::Clause;
use crate::obligations::{Capability, Obligation, Scope};
use crate::terms::Strength;

pub(crate) const OBLIGATIONS: &[Obligation] = &[
    Obligation {
        clause: &Clause {
            id: "3.1-1",
            reference: "三（一）",
            wording: "市教育局成立学前教育学区化治理视导工作组，组织专家组对各区学区化治理工作进行巡视指导",
            strength: Strength::Hard,
        },
        demand: "市成立视导工作组，组织专家组巡视指导各区",
        party: "市教育局",
        threshold: "各区均被巡视；频次可配置（默认1次/年）",
        period: "按年",
        evidence: "工作组文件、巡视计划、意见书",
        parameters: &[],
        scope: Scope::City,
        capability: Capability::Linkage,
    },
    Obligation {
        clause: &Clause {
            id: "3.1-2",
            reference: "三（一）",
            wording: "应结合本区管理实际，制定推进学区化治理具体实施方案",
            strength: Strength::Hard,
        },
        demand: "各区制定学区化治理实施方案",
        party: "区教育行政部门",
        threshold: "每区=1份现行方案",
        period: "一次性；修订时",
        evidence: "方案文本与文号",
        parameters: &[],
        scope: Scope::District,
        capability: Capability::Linkage,
    },
    Obligation {
        clause: &Clause {
            id: "3.1-3",
            reference: "三（一）",
            wording: "各区应建立学区化治理联席会议制度，联席会议由区教育局主要领导或分管领导负责召集",
            strength: Strength::Hard,
        },
        demand: "建立联席会议制度，由区局主要或分管领导召集，含学前、督导、教研、培训负责人",
        party: "区教育局",
        threshold: "召集人符合；四类成员齐全",
        period: "每次会议",
        evidence: "制度文件、成员名单、签到",
        parameters: &[],
        scope: Scope::District,
        capability: Capability::Linkage,
    },
    Obligation {
        clause: &Clause {
            id: "3.1-4",
            reference: "三（一）",
            wording: "联席会议应至少每月召开一次",
            strength: Strength::Hard,
        },
        demand: "联席会议至少每月1次，研究行政、督导、教研、培训事项",
        party: "区教育局",
        threshold: "≥1次/自然月（硬性）；四类议题有覆盖",
        period: "按月",
        evidence: "通知、签到、纪要、决定事项",
        parameters: &[],
        scope: Scope::District,
        capability: Capability::Linkage,
    },
    Obligation {
        clause: &Clause {
            id: "3.2-1",
            reference: "三（二）",
            wording: "各区应建立学区交流机制，定期开展学区化治理工作交流展示活动",
            strength: Strength::Hard,
        },
        demand: "各区建立交流机制并定期交流展示，做好媒体宣传",
        party: "区教育行政部门",
        threshold: "“定期”未定量；默认每学期1次",
        period: "按学期（可配置）",
        evidence: "活动方案与材料、宣传记录",
        parameters: &[],
        scope: Scope::District,
        capability: Capability::Linkage,
    },
    Obligation {
        clause: &Clause {
            id: "3.2-2",
            reference: "三（二）",
            wording: "市教育局将每年开展1次经验交流会",
            strength: Strength::Hard,
        },
        demand: "市每年开展1次经验交流会，好经验全市推广",
        party: "市教育局",
        threshold: "=1次/年",
        period: "按年",
        evidence: "会议材料、推广清单",
        parameters: &[],
        scope: Scope::City,
        capability: Capability::Linkage,
    },
];
