//! 二（四） 实施联动考核 — appraisal, advice and encouragement.

use super::Clause;
use crate::obligations::{Capability, Obligation, Scope};
use crate::terms::Strength;

pub(crate) const OBLIGATIONS: &[Obligation] = &[
    Obligation {
        clause: &Clause {
            id: "2.4.1-1",
            reference: "二（四）1",
            wording: "区教育行政部门负责对学区中心园、成员园及其园长进行年度考核和评价",
            strength: Strength::Hard,
        },
        demand: "区对中心园、成员园及园长进行年度考核",
        party: "区教育行政部门",
        threshold: "每园每园长每年1次",
        period: "按年",
        evidence: "考核方案、打分、结果",
        parameters: &[],
        scope: Scope::Kindergarten,
        capability: Capability::Appraisal,
    },
    Obligation {
        clause: &Clause {
            id: "2.4.1-2",
            reference: "二（四）1",
            wording: "把学区内每一所幼儿园的发展进步作为对中心园园长年度绩效考核的重要依据",
            strength: Strength::Hard,
        },
        demand: "学区各园发展进步作为中心园园长绩效重要依据",
        party: "区教育行政部门",
        threshold: "该指标权重>0（“重要”权重由区定）",
        period: "按年",
        evidence: "考核方案权重、进步度计算",
        parameters: &[],
        scope: Scope::District,
        capability: Capability::Appraisal,
    },
    Obligation {
        clause: &Clause {
            id: "2.4.1-3",
            reference: "二（四）1",
            wording: "把参与学区共建共治作为对成员园园长年度绩效考核、民办园年度检查考核的重要内容",
            strength: Strength::Hard,
        },
        demand: "参与共建共治作为成员园园长绩效、民办园年检重要内容",
        party: "区教育行政部门",
        threshold: "该指标权重>0（由区定）",
        period: "按年",
        evidence: "参与度数据（到会、交流、整改）",
        parameters: &[],
        scope: Scope::District,
        capability: Capability::Appraisal,
    },
    Obligation {
        clause: &Clause {
            id: "2.4.2-1",
            reference: "二（四）2",
            wording: "应事先充分听取学区中心园的意见",
            strength: Strength::Hard,
        },
        demand: "考核成员园前应充分听取中心园意见",
        party: "区教育行政部门；中心园",
        threshold: "每个成员园意见=1份且早于定级日期",
        period: "按年",
        evidence: "征求意见函、书面意见、采纳说明",
        parameters: &[],
        scope: Scope::Kindergarten,
        capability: Capability::Appraisal,
    },
    Obligation {
        clause: &Clause {
            id: "2.4.2-2",
            reference: "二（四）2",
            wording: "有条件的区可赋权学区中心园对成员园进行年度考核，或结合民办园日常管理积分制进行年度检查等",
            strength: Strength::Encouraged,
        },
        demand: "有条件的区可授权中心园考核成员园，或结合民办园积分制开展年检",
        party: "区教育行政部门",
        threshold: "有授权才开放；中心园考核自身=0",
        period: "授权期内",
        evidence: "授权文件（范围、期限）",
        parameters: &[],
        scope: Scope::District,
        capability: Capability::Appraisal,
    },
    Obligation {
        clause: &Clause {
            id: "2.4.3-1",
            reference: "二（四）3",
            wording: "由区教育行政部门予以通报表扬",
            strength: Strength::Hard,
        },
        demand: "对优秀学区和提升明显的园通报表扬；先进单位和个人在考核、职称、评优上倾斜",
        party: "区教育行政部门；各园",
        threshold: "通报1次/年（建议默认）；每项倾斜有依据文件",
        period: "按年",
        evidence: "通报文件、依据数据、结果应用登记",
        parameters: &[],
        scope: Scope::District,
        capability: Capability::Appraisal,
    },
];
