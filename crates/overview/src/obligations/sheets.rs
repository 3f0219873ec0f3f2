//! The workbook of all gaps (政策落实缺口).

use std::collections::BTreeMap;

use kernel::Failure;
use policy::obligations::{Evaluation, Scope, State};
use sheets::{Column, Kind, Sheet, Value};

use super::rules::who_acts;
use super::types::Standing;

const GAPS: &[(&str, Kind)] = &[
    ("条目", Kind::Text),
    ("义务", Kind::Text),
    ("强度", Kind::Text),
    ("区", Kind::Text),
    ("学区", Kind::Text),
    ("对象", Kind::Text),
    ("状态", Kind::Text),
    ("情况", Kind::Text),
    ("责任主体", Kind::Text),
    ("佐证材料", Kind::Text),
];

const TALLIES: &[(&str, Kind)] = &[
    ("条目", Kind::Text),
    ("出处", Kind::Text),
    ("义务", Kind::Text),
    ("强度", Kind::Text),
    ("能否判定", Kind::Text),
    ("对象", Kind::Text),
    ("应落实", Kind::Integer),
    ("已落实", Kind::Integer),
    ("未落实", Kind::Integer),
    ("例外", Kind::Integer),
    ("尚无记录", Kind::Integer),
    ("由哪个功能判定", Kind::Text),
];

/// Every place where an obligation is not kept, with or without an exception, and the tallies of all ninety.
pub(super) fn gaps(evaluation: &Evaluation) -> Result<Vec<u8>, Failure> {
    let name = |scope: Scope| -> BTreeMap<&str, &str> {
        evaluation
            .places
            .of(scope)
            .iter()
            .map(|place| (place.id.as_str(), place.name.as_str()))
            .collect()
    };
    let (districts, clusters) = (name(Scope::District), name(Scope::Cluster));
    let (mut gaps, mut tallies): (Vec<Vec<Value>>, Vec<Vec<Value>>) = (Vec::new(), Vec::new());
    for outcome in &evaluation.outcomes {
        let one = outcome.obligation;
        for (place, verdict) in outcome.each(&evaluation.places) {
            let state = verdict.state();
            if !matches!(state, State::Failed | State::Excepted) {
                continue;
            }
            let district = districts.get(place.district.as_str()).copied().unwrap_or_default();
            let cluster = place.cluster.as_ref().and_then(|id| clusters.get(id.as_str())).copied();
            gaps.push(vec![
                one.id().into(),
                one.demand.into(),
                one.clause.strength.label().into(),
                district.into(),
                cluster.unwrap_or_default().into(),
                place.name.as_str().into(),
                state.label().into(),
                verdict.reason().into(),
                who_acts(one, place, district, cluster).into(),
                one.evidence.into(),
            ]);
        }
        let Standing { tally, is_decided, .. } = Standing::of(outcome, evaluation);
        let count = |number: usize| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
        tallies.push(vec![
            one.id().into(),
            one.clause.reference.into(),
            one.demand.into(),
            one.clause.strength.label().into(),
            if is_decided { "可判定" } else { "尚无记录" }.into(),
            one.scope.label().into(),
            count(tally.in_scope),
            count(tally.met),
            count(tally.failed),
            count(tally.excepted),
            count(tally.unknown),
            one.capability.label().into(),
        ]);
    }
    let day = evaluation.day;
    let sheet = |name: &str, notes: String, columns: &[(&str, Kind)], rows| Sheet {
        name: name.to_owned(),
        title: Some("政策落实情况".to_owned()),
        notes: vec![notes],
        columns: columns.iter().map(|(title, kind)| Column::new(*title, *kind)).collect(),
        rows,
    };
    let count = gaps.len();
    let all = [
        sheet("缺口", format!("{day} 的情况；共 {count} 处未落实或例外。"), GAPS, gaps),
        sheet("各项义务", format!("{day} 的情况；“尚无记录”不等于未落实。"), TALLIES, tallies),
    ];
    sheets::write_lists(&all).map_err(Failure::broken)
}
