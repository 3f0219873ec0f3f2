//! 学区划分一览表: a plan as a workbook, by clusters, by kindergartens, with what the rules say.

use kernel::Failure;
use sheets::{Column, Kind, Sheet, Value, write_lists};

use super::rules;
use super::types::{DistrictFacts, Plan, Stage};

/// The workbook of a plan.
pub fn workbook(plan: &Plan, facts: &DistrictFacts) -> Result<Vec<u8>, Failure> {
    let content = &plan.version.content;
    let judgement = rules::judge(content, facts);
    let standing = match (&plan.paper_number, plan.effective_on) {
        (Some(number), Some(day)) if plan.stage == Stage::Adopted => {
            format!("{number}，自 {day} 起实施")
        }
        _ => format!("{}（{}），第 {} 版", plan.name, plan.stage.label(), plan.version.number),
    };
    let notes = vec![
        standing,
        format!("名册以 {} 为准；距离为到中心园的直线距离。学区不是招生片区。", facts.day),
    ];
    let metres = |value: Option<f64>| {
        value.map_or(Value::Empty, |metres| Value::Integer(metres.round() as i64))
    };

    let clusters = content.clusters.iter().zip(&judgement.measures).enumerate().map(
        |(place, (cluster, measures))| {
            let members = cluster.members.iter().filter(|id| cluster.centre != Some(**id));
            vec![
                Value::from(place as i64 + 1),
                Value::from(cluster.name.clone()),
                Value::from(cluster.centre.map(|centre| facts.name_of(centre))),
                Value::from(members.map(|id| facts.name_of(*id)).collect::<Vec<_>>().join("、")),
                Value::from(measures.size),
                Value::from(measures.by_ownership[0]),
                Value::from(measures.by_ownership[1]),
                Value::from(measures.by_ownership[2]),
                Value::from(measures.good),
                metres(measures.mean_m),
                metres(measures.farthest_m),
            ]
        },
    );
    let kindergartens = content.clusters.iter().flat_map(|cluster| {
        let order = |id: &kernel::KindergartenId| cluster.centre != Some(*id);
        let mut members = cluster.members.clone();
        members.sort_by_key(|id| (order(id), *id));
        members.into_iter().map(move |id| {
            let site = facts.site(id);
            let is_centre = cluster.centre == Some(id);
            let distance = cluster
                .centre
                .filter(|_| !is_centre)
                .and_then(|centre| facts.distance_m(id, centre));
            vec![
                Value::from(cluster.name.clone()),
                Value::from(site.map(|site| site.register_id.clone())),
                Value::from(facts.name_of(id)),
                Value::from(if is_centre { "中心园" } else { "成员园" }),
                Value::from(site.map(|site| site.ownership.label())),
                Value::from(site.map(|site| site.grade.label())),
                Value::from(site.map(|site| site.run_by.label())),
                Value::from(site.map(|site| site.street.clone())),
                Value::from(site.map(|site| site.community.clone())),
                distance.map_or(Value::Empty, |metres| Value::Integer(metres.round() as i64)),
            ]
        })
    });
    let breaches = judgement.breaches.iter().map(|breach| {
        let exception = content.exceptions.iter().find(|exception| {
            rules::is_excepted(breach, std::slice::from_ref(exception), facts.day)
        });
        vec![
            Value::from(
                breach
                    .cluster
                    .and_then(|key| content.cluster(key))
                    .map(|cluster| cluster.name.clone()),
            ),
            Value::from(breach.rule.label()),
            Value::from(breach.strength().label()),
            Value::from(format!("{} {}", breach.clause().reference, breach.clause().id)),
            Value::from(breach.text.clone()),
            Value::from(exception.map(|exception| exception.reason.clone())),
            Value::from(exception.map(|exception| exception.until)),
        ]
    });
    let sheet = |name: &str, columns: &[(&str, Kind)], rows: Vec<Vec<Value>>| Sheet {
        name: name.to_owned(),
        title: Some(format!("{}学区划分一览表（{name}）", plan.district_name)),
        notes: notes.clone(),
        columns: columns.iter().map(|(title, kind)| Column::new(*title, *kind)).collect(),
        rows,
    };
    let by_cluster = [
        ("序号", Kind::Integer),
        ("学区名称", Kind::Text),
        ("中心园", Kind::Text),
        ("成员园", Kind::Text),
        ("幼儿园数", Kind::Integer),
        ("公办", Kind::Integer),
        ("普惠性民办", Kind::Integer),
        ("民办", Kind::Integer),
        ("优质园", Kind::Integer),
        ("平均距离（米）", Kind::Integer),
        ("最远距离（米）", Kind::Integer),
    ];
    let by_kindergarten = [
        ("学区名称", Kind::Text),
        ("编号", Kind::Text),
        ("幼儿园", Kind::Text),
        ("角色", Kind::Text),
        ("办园性质", Kind::Text),
        ("等级", Kind::Text),
        ("隶属", Kind::Text),
        ("街道", Kind::Text),
        ("社区", Kind::Text),
        ("到中心园距离（米）", Kind::Integer),
    ];
    let by_rule = [
        ("学区名称", Kind::Text),
        ("规则", Kind::Text),
        ("性质", Kind::Text),
        ("依据", Kind::Text),
        ("问题", Kind::Text),
        ("例外理由", Kind::Text),
        ("例外有效期至", Kind::Date),
    ];
    write_lists(&[
        sheet("学区", &by_cluster, clusters.collect()),
        sheet("幼儿园", &by_kindergarten, kindergartens.collect()),
        sheet("合规检查", &by_rule, breaches.collect()),
    ])
    .map_err(Failure::broken)
}
