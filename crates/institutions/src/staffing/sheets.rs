//! Staffing as a workbook: clusters, and kindergartens.

use std::collections::BTreeMap;

use kernel::{ClusterId, Date, Failure};
use sheets::{Column, Kind, Sheet, Value};

use super::types::{ClusterStaffing, Gap, KindergartenStaffing};

const CLUSTER_COLUMNS: &[(&str, Kind)] = &[
    ("区", Kind::Text),
    ("学区", Kind::Text),
    ("治理委员会", Kind::Text),
    ("专职责任督学", Kind::Integer),
    ("兼职责任督学", Kind::Integer),
    ("兼职教研员", Kind::Integer),
    ("兼职培训师", Kind::Integer),
    ("幼儿园数", Kind::Integer),
    ("缺园长（主持工作）", Kind::Integer),
    ("缺兼职视导员", Kind::Integer),
    ("未归入党组织", Kind::Integer),
    ("缺口合计", Kind::Integer),
];

const KINDERGARTEN_COLUMNS: &[(&str, Kind)] = &[
    ("区", Kind::Text),
    ("学区", Kind::Text),
    ("幼儿园", Kind::Text),
    ("隶属", Kind::Text),
    ("园长", Kind::Text),
    ("兼职视导员", Kind::Integer),
    ("党组织", Kind::Text),
];

/// Writes 人员配备一览表 as of a day. Spreadsheets are slow to write: call it off the runtime.
pub fn workbook(
    clusters: &[ClusterStaffing],
    kindergartens: &[KindergartenStaffing],
    day: Date,
) -> Result<Vec<u8>, Failure> {
    let of_cluster = |each: &ClusterStaffing| -> Vec<Value> {
        vec![
            each.district_name.as_str().into(),
            each.name.as_str().into(),
            (if each.has_committee { "已成立" } else { "未成立" }).into(),
            each.full_time.into(),
            each.part_time.into(),
            each.leads.into(),
            each.trainers.into(),
            each.kindergartens.into(),
            each.without_head.into(),
            each.without_liaison.into(),
            each.without_party.into(),
            each.gaps().into(),
        ]
    };
    let names: BTreeMap<ClusterId, &ClusterStaffing> =
        clusters.iter().map(|each| (each.cluster, each)).collect();
    let of_kindergarten = |each: &KindergartenStaffing| -> Option<Vec<Value>> {
        let cluster = names.get(&each.cluster?)?;
        let head = match (each.has_principal, each.has_acting_head) {
            (true, _) => "在任",
            (false, true) => "主持工作",
            (false, false) => "空缺",
        };
        Some(vec![
            cluster.district_name.as_str().into(),
            cluster.name.as_str().into(),
            each.name.as_str().into(),
            each.run_by.label().into(),
            head.into(),
            each.liaisons.into(),
            (if each.lacks(Gap::Party) { "未归入" } else { "已归入" }).into(),
        ])
    };
    let sheet = |name: &str, columns: &[(&str, Kind)], rows: Vec<Vec<Value>>| Sheet {
        name: name.to_owned(),
        title: Some("人员配备一览表".to_owned()),
        notes: vec![format!(
            "{day} 的情况。每个学区配备 1 名专职、8 名兼职责任督学，至少 1 名兼职教研员和 1 名兼职培训师；每园 1 名兼职视导员。"
        )],
        columns: columns.iter().map(|(title, kind)| Column::new(*title, *kind)).collect(),
        rows,
    };
    let all = [
        sheet("学区", CLUSTER_COLUMNS, clusters.iter().map(of_cluster).collect()),
        sheet(
            "幼儿园",
            KINDERGARTEN_COLUMNS,
            kindergartens.iter().filter_map(of_kindergarten).collect(),
        ),
    ];
    sheets::write_lists(&all).map_err(Failure::broken)
}
