use serde_json::Value;

/// One field before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The field, in Chinese if it is known.
    pub label: String,
    /// What stood there; empty for nothing.
    pub before: String,
    /// What stands there; empty for nothing.
    pub after: String,
    /// Whether they differ.
    pub differs: bool,
}

/// Fields of the states that acts note, as readers know them.
const FIELDS: &[(&str, &str)] = &[
    ("address", "地址"),
    ("campuses", "园区数"),
    ("capacity", "核定规模"),
    ("carers", "保育员"),
    ("cause", "原因"),
    ("centre", "中心园"),
    ("children", "在园幼儿"),
    ("classes", "班级数"),
    ("cluster", "学区"),
    ("cluster_id", "学区"),
    ("community", "社区"),
    ("content", "内容"),
    ("district", "行政区"),
    ("district_code", "行政区"),
    ("effective_on", "生效日期"),
    ("floor_area_m2", "建筑面积（平方米）"),
    ("grade", "等级"),
    ("kindergarten", "幼儿园"),
    ("kindergarten_id", "幼儿园"),
    ("kind", "类别"),
    ("lat", "纬度"),
    ("lon", "经度"),
    ("login", "账号"),
    ("members", "成员园"),
    ("name", "名称"),
    ("national_code", "机构编码"),
    ("opened_on", "开办日期"),
    ("other_staff", "其他人员"),
    ("ownership", "办园性质"),
    ("paper_number", "文号"),
    ("place", "所在地"),
    ("post", "岗位"),
    ("reason", "理由"),
    ("register_id", "园所编号"),
    ("remark", "备注"),
    ("role", "角色"),
    ("rows_changed", "变更行数"),
    ("rows_new", "新增行数"),
    ("rows_refused", "拒绝行数"),
    ("rows_unchanged", "无变化行数"),
    ("run_by", "隶属"),
    ("source_datum", "坐标系"),
    ("stage", "阶段"),
    ("status", "状态"),
    ("street", "街道"),
    ("street_code", "街道"),
    ("teachers", "教师"),
    ("valid_from", "起始日期"),
    ("valid_to", "终止日期"),
    ("version", "版本"),
];

/// The states before and after as one table, field by field in the order of the later state. What is no JSON object is
/// one field.
pub fn changes(before: Option<&str>, after: Option<&str>) -> Vec<Change> {
    let (before, after) = (fields(before), fields(after));
    let find = |fields: &[(String, String)], name: &str| {
        fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    };
    let gone = before.iter().filter(|(name, _)| after.iter().all(|(known, _)| known != name));
    after
        .iter()
        .chain(gone)
        .map(|(name, _)| {
            let (before, after) = (find(&before, name), find(&after, name));
            Change { label: label(name), differs: before != after, before, after }
        })
        .collect()
}

fn label(name: &str) -> String {
    FIELDS.iter().find(|(known, _)| *known == name).map_or(name, |(_, label)| label).to_owned()
}

fn fields(state: Option<&str>) -> Vec<(String, String)> {
    let Some(state) = state else { return Vec::new() };
    match serde_json::from_str::<Value>(state) {
        Ok(Value::Object(fields)) => {
            fields.into_iter().map(|(name, value)| (name, shown(&value))).collect()
        }
        Ok(value) => vec![("content".to_owned(), shown(&value))],
        Err(_) => vec![("content".to_owned(), state.to_owned())],
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_shows_both_sides_of_each_field() {
        let found = changes(
            Some(r#"{"name":"青禾幼儿园","children":180,"old":1}"#),
            Some(r#"{"name":"青禾幼儿园","children":200}"#),
        );
        let lines: Vec<_> = found
            .iter()
            .map(|c| (c.label.as_str(), c.before.as_str(), c.after.as_str(), c.differs))
            .collect();
        assert!(lines.contains(&("名称", "青禾幼儿园", "青禾幼儿园", false)));
        assert!(lines.contains(&("在园幼儿", "180", "200", true)));
        assert_eq!(lines.last(), Some(&("old", "1", "", true)));
    }

    #[test]
    fn what_is_no_object_is_one_field() {
        assert_eq!(changes(None, None), []);
        let found = changes(Some("not json"), Some("[1,2]"));
        assert_eq!(
            (found.len(), found[0].before.as_str(), found[0].after.as_str()),
            (1, "not json", "[1,2]")
        );
    }

    #[test]
    fn each_field_has_one_label() {
        for (place, (name, _)) in FIELDS.iter().enumerate() {
            assert!(FIELDS.iter().skip(place + 1).all(|(other, _)| other != name), "{name}");
        }
    }
}
