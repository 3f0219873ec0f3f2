//! Which column means what, under the names that offices use.

use sheets::{Table, Titles, Unfit, meaning};

use crate::staff::types::Field;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// The register id of the kindergarten.
    KindergartenId,
    /// Its national code.
    KindergartenCode,
    /// Its name.
    KindergartenName,
    /// One field of the member.
    Of(Field),
}

/// Titles for each field, without blanks, brackets and case. The first is ours.
const TITLES: &Titles<Meaning> = &[
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
        Meaning::KindergartenName,
        &[
            "幼儿园",
            "幼儿园名称",
            "园名",
            "园所",
            "园所名称",
            "所在幼儿园",
            "任职幼儿园",
            "工作单位",
            "单位名称",
            "所在单位",
            "单位",
            "学校名称",
            "机构名称",
            "kindergarten",
        ],
    ),
    (
        Meaning::Of(Field::Name),
        &["姓名", "教职工姓名", "教师姓名", "人员姓名", "职工姓名", "员工姓名", "名字", "name"],
    ),
    (
        Meaning::Of(Field::Position),
        &[
            "岗位",
            "职务",
            "岗位类别",
            "工作岗位",
            "现任岗位",
            "岗位名称",
            "岗位类型",
            "人员类别",
            "人员类型",
            "职位",
            "职务岗位",
            "岗位职务",
            "任职岗位",
            "现任职务",
            "position",
        ],
    ),
    (
        Meaning::Of(Field::Title),
        &[
            "职称",
            "专业技术职称",
            "专业技术职务",
            "职称等级",
            "职称级别",
            "教师职称",
            "现有职称",
            "职级",
            "title",
        ],
    ),
    (
        Meaning::Of(Field::Education),
        &["学历", "最高学历", "文化程度", "学历层次", "现有学历", "学历程度", "education"],
    ),
    (
        Meaning::Of(Field::Certificate),
        &[
            "教师资格",
            "教师资格证",
            "教师资格证书",
            "教师资格种类",
            "教师资格证种类",
            "教师资格类型",
            "教师资格证类型",
            "资格证",
            "certificate",
        ],
    ),
    (
        Meaning::Of(Field::Backbone),
        &["骨干教师", "是否骨干教师", "是否骨干", "骨干", "是否为骨干教师", "骨干称号", "backbone"],
    ),
    (
        Meaning::Of(Field::Phone),
        &[
            "联系电话",
            "手机",
            "手机号",
            "手机号码",
            "电话",
            "电话号码",
            "联系方式",
            "移动电话",
            "phone",
        ],
    ),
    (
        Meaning::Of(Field::HiredOn),
        &[
            "入职日期",
            "入职时间",
            "入园时间",
            "入园日期",
            "到岗时间",
            "到岗日期",
            "到园时间",
            "聘用日期",
            "聘用时间",
            "进园时间",
            "来园时间",
            "来园日期",
            "任职时间",
            "hiredon",
        ],
    ),
    (
        Meaning::Of(Field::LeftOn),
        &["离职日期", "离职时间", "离园时间", "离园日期", "离岗时间", "离岗日期", "lefton"],
    ),
    (
        Meaning::Of(Field::Identity),
        &[
            "身份证号",
            "身份证号码",
            "身份证",
            "公民身份号码",
            "居民身份证号码",
            "居民身份证号",
            "证件号码",
            "证件号",
            "身份证件号",
            "身份证件号码",
            "idnumber",
            "identity",
        ],
    ),
];

/// The columns of a table that are understood.
pub(super) type Columns<'t> = sheets::Columns<'t, Meaning>;

/// What tells the kindergarten of a line, the surest first.
const KINDERGARTEN: [Meaning; 3] =
    [Meaning::KindergartenId, Meaning::KindergartenCode, Meaning::KindergartenName];

/// Recognises the columns of a table.
pub(super) fn of(table: &Table) -> Result<Columns<'_>, Unfit> {
    let columns = Columns::of(table, TITLES);
    let mut missing: Vec<&'static str> = [Field::Name, Field::Position]
        .into_iter()
        .filter(|field| !columns.has(Meaning::Of(*field)))
        .map(Field::label)
        .collect();
    if !KINDERGARTEN.iter().any(|meaning| columns.has(*meaning)) {
        missing.push("幼儿园编号或幼儿园名称");
    }
    columns.complete(missing)
}

/// The title under which a field stands in the file; empty when it does not.
pub(super) fn title<'t>(columns: &Columns<'t>, field: Field) -> &'t str {
    match field {
        Field::Kindergarten => columns.title(&KINDERGARTEN),
        field => columns.title(&[Meaning::Of(field)]),
    }
}

/// Every column of a table, recognised or not, that holds identity numbers.
pub(super) fn identity_columns(table: &Table) -> Vec<usize> {
    let columns = table.header.iter().enumerate();
    columns
        .filter(|(_, title)| meaning(TITLES, title) == Some(Meaning::Of(Field::Identity)))
        .map(|(index, _)| index)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_that_offices_use_are_understood() {
        for (title, expected) in [
            ("姓 名*", Meaning::Of(Field::Name)),
            ("岗位（必填）", Meaning::Of(Field::Position)),
            ("学校（机构）标识码", Meaning::KindergartenCode),
            ("幼儿园编号", Meaning::KindergartenId),
            ("工作单位", Meaning::KindergartenName),
            ("身份证号码", Meaning::Of(Field::Identity)),
            ("是否骨干教师（是/否）", Meaning::Of(Field::Backbone)),
            ("入园时间", Meaning::Of(Field::HiredOn)),
            ("手机号码", Meaning::Of(Field::Phone)),
        ] {
            assert_eq!(meaning(TITLES, title), Some(expected), "{title}");
        }
        for title in ["序号", "性别", "民族", "备注", "出生日期", "毕业院校"] {
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
