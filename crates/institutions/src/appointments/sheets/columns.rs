//! Which column means what, under the names that offices use.

use kernel::PostKind;
use sheets::{Table, Titles, Unfit};

use super::rows::Draft;
use crate::appointments::types::Field;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// One field of the post.
    Of(Field),
    /// The name or id of a cluster.
    Cluster,
    /// The register id of a kindergarten.
    KindergartenId,
    /// Its national code.
    KindergartenCode,
    /// Its name.
    Kindergarten,
}

/// The columns of a table that are understood.
pub(super) type Columns<'t> = sheets::Columns<'t, Meaning>;

/// Titles for each meaning, without blanks, brackets and case. The first is ours.
const TITLES: &Titles<Meaning> = &[
    (
        Meaning::Of(Field::District),
        &["区", "行政区", "所属区", "所在区", "区县", "所属行政区", "区名", "区新区", "district"],
    ),
    (
        Meaning::Of(Field::Kind),
        &[
            "岗位",
            "职务",
            "任职岗位",
            "聘任岗位",
            "现任岗位",
            "现任职务",
            "任职职务",
            "聘任职务",
            "岗位名称",
            "岗位类别",
            "岗位类型",
            "职务名称",
            "督学类别",
            "督学类型",
            "人员类别",
            "人员类型",
            "专兼职",
            "专职兼职",
            "kind",
            "post",
        ],
    ),
    (
        Meaning::Of(Field::Name),
        &[
            "姓名",
            "人员姓名",
            "任职人员",
            "任职人员姓名",
            "园长姓名",
            "园长",
            "负责人姓名",
            "督学姓名",
            "责任督学姓名",
            "责任督学",
            "教研员姓名",
            "培训师姓名",
            "视导员姓名",
            "名字",
            "name",
        ],
    ),
    (
        Meaning::Of(Field::Place),
        &[
            "学区或幼儿园",
            "幼儿园或学区",
            "任职单位",
            "所在单位",
            "单位",
            "单位名称",
            "工作单位",
            "任职地点",
            "place",
        ],
    ),
    (
        Meaning::Cluster,
        &[
            "学区",
            "学区名称",
            "学区名",
            "所属学区",
            "所在学区",
            "任职学区",
            "聘任学区",
            "责任学区",
            "负责学区",
            "挂牌学区",
            "督导学区",
            "服务学区",
            "cluster",
        ],
    ),
    (
        Meaning::KindergartenId,
        &[
            "幼儿园编号",
            "园所编号",
            "园编号",
            "单位编号",
            "机构编号",
            "园所编码",
            "幼儿园编码",
            "单位编码",
            "机构编码",
            "幼儿园代码",
            "园所代码",
            "单位代码",
            "kgid",
            "registerid",
        ],
    ),
    (
        Meaning::KindergartenCode,
        &[
            "标识码",
            "幼儿园标识码",
            "学校标识码",
            "机构标识码",
            "学校机构标识码",
            "园所标识码",
            "全国标识码",
            "nationalcode",
        ],
    ),
    (
        Meaning::Kindergarten,
        &[
            "幼儿园",
            "幼儿园名称",
            "园名",
            "园所",
            "园所名称",
            "所在幼儿园",
            "任职幼儿园",
            "学校名称",
            "机构名称",
            "kindergarten",
        ],
    ),
    (
        Meaning::Of(Field::From),
        &[
            "任职日期",
            "任职时间",
            "任命日期",
            "任命时间",
            "聘任日期",
            "聘任时间",
            "任职开始日期",
            "任职起始日期",
            "任职自",
            "任期开始",
            "任期开始日期",
            "任期起始",
            "任期起始日期",
            "任期起",
            "聘期开始",
            "聘期开始日期",
            "聘期起始",
            "聘期起",
            "起聘日期",
            "起聘时间",
            "本届任职日期",
            "到任日期",
            "到任时间",
            "上任时间",
            "起始日期",
            "开始日期",
            "from",
        ],
    ),
    (
        Meaning::Of(Field::To),
        &[
            "任期截止",
            "任期截止日期",
            "任期截止时间",
            "任期届满",
            "任期届满日期",
            "任期结束",
            "任期结束日期",
            "任期止",
            "任职截止",
            "任职截止日期",
            "任职结束日期",
            "任职至",
            "聘期截止",
            "聘期截止日期",
            "聘期结束",
            "聘期结束日期",
            "聘期届满",
            "聘期止",
            "截止日期",
            "结束日期",
            "终止日期",
            "到期日期",
            "到期时间",
            "until",
        ],
    ),
    (
        Meaning::Of(Field::Term),
        &["届次", "第几届", "任期届次", "聘任届次", "任届", "届", "第几任期", "term"],
    ),
    (
        Meaning::Of(Field::Paper),
        &[
            "文号",
            "聘书编号",
            "聘书文号",
            "聘书号",
            "任命文号",
            "聘任文号",
            "任职文号",
            "任免文号",
            "任命文件",
            "任命文件文号",
            "聘任文件",
            "文件号",
            "文件文号",
            "文件编号",
            "发文字号",
            "证书编号",
            "papernumber",
        ],
    ),
    (
        Meaning::Of(Field::Namesake),
        &[
            "同名人员",
            "同名",
            "同名另一人",
            "同名是另一人",
            "是否同名另一人",
            "是否另一人",
            "namesake",
        ],
    ),
    (
        Meaning::Of(Field::Predecessor),
        &[
            "原任离任",
            "原任是否离任",
            "前任离任",
            "前任是否离任",
            "接替原任",
            "是否接任",
            "replaces",
        ],
    ),
];

/// Recognises the columns of a table that may hold these kinds of post.
pub(super) fn of<'t>(table: &'t Table, kinds: &[PostKind]) -> Result<Columns<'t>, Unfit> {
    let columns = Columns::of(table, TITLES);
    let mut needed = vec![Field::Name, Field::From, Field::Paper];
    // Where one kind alone is given, or principals and only rarely somebody who acts for one, files need not say which.
    if assumed(kinds).is_none() {
        needed.push(Field::Kind);
    }
    let mut missing: Vec<&'static str> = needed
        .into_iter()
        .filter(|field| !columns.has(Meaning::Of(*field)))
        .map(Field::label)
        .collect();
    if !where_of(kinds).iter().any(|meaning| columns.has(*meaning)) {
        let of_cluster = |kind: &PostKind| kind.is_of_cluster();
        missing.push(match (kinds.iter().all(of_cluster), kinds.iter().any(of_cluster)) {
            (true, _) => "学区",
            (false, true) => "学区或幼儿园",
            (false, false) => "幼儿园编号或幼儿园",
        });
    }
    columns.complete(missing)
}

/// The kind of post of a file that names none.
pub(super) fn assumed(kinds: &[PostKind]) -> Option<PostKind> {
    match kinds {
        [only] => Some(*only),
        [PostKind::Principal, PostKind::ActingHead] => Some(PostKind::Principal),
        _ => None,
    }
}

/// The columns that tell where posts of these kinds stand, the surest first.
pub(super) fn where_of(kinds: &[PostKind]) -> Vec<Meaning> {
    let mut meanings = Vec::new();
    if kinds.iter().any(|kind| kind.is_of_cluster()) {
        meanings.push(Meaning::Cluster);
    }
    if kinds.iter().any(|kind| !kind.is_of_cluster()) {
        meanings.extend([
            Meaning::KindergartenId,
            Meaning::KindergartenCode,
            Meaning::Kindergarten,
        ]);
    }
    meanings.push(Meaning::Of(Field::Place));
    meanings
}

/// The title under which a field stands in the file, as a line has it; empty when it does not.
pub(super) fn title<'t>(columns: &Columns<'t>, field: Field, draft: &Draft) -> &'t str {
    match field {
        Field::Place => {
            let kinds = draft.kind.map_or(PostKind::ALL.to_vec(), |kind| vec![kind]);
            let all = where_of(&kinds);
            let filled: Vec<Meaning> =
                all.iter().copied().filter(|meaning| draft.names_place_by(*meaning)).collect();
            columns.title(if filled.is_empty() { &all } else { &filled })
        }
        Field::Namesake | Field::Predecessor => {
            columns.title(&[Meaning::Of(field), Meaning::Of(Field::Name)])
        }
        field => columns.title(&[Meaning::Of(field)]),
    }
}

#[cfg(test)]
mod tests {
    use sheets::meaning;

    use super::*;

    #[test]
    fn the_names_that_offices_use_are_understood() {
        for (title, expected) in [
            ("姓 名*", Meaning::Of(Field::Name)),
            ("职务（必填）", Meaning::Of(Field::Kind)),
            ("专职/兼职", Meaning::Of(Field::Kind)),
            ("所在学区", Meaning::Cluster),
            ("学校（机构）标识码", Meaning::KindergartenCode),
            ("园名", Meaning::Kindergarten),
            ("学区或幼儿园", Meaning::Of(Field::Place)),
            ("任期截止（含当日）", Meaning::Of(Field::To)),
            ("聘期起", Meaning::Of(Field::From)),
            ("第几届", Meaning::Of(Field::Term)),
            ("聘书编号", Meaning::Of(Field::Paper)),
            ("是否同名另一人（是/否）", Meaning::Of(Field::Namesake)),
        ] {
            assert_eq!(meaning(TITLES, title), Some(expected), "{title}");
        }
        for title in
            ["序号", "性别", "身份证号", "联系电话", "备注", "状态", "离任事由", "离任日期"]
        {
            assert_eq!(meaning(TITLES, title), None, "{title}");
        }
    }

    #[test]
    fn no_title_stands_for_two_things() {
        let mut seen = std::collections::BTreeSet::new();
        for title in TITLES.iter().flat_map(|(_, titles)| *titles) {
            assert!(seen.insert(title), "{title}");
        }
    }
}
