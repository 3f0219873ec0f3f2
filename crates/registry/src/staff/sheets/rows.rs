//! From one line of a table to what it says of one member.

use kernel::Date;
use sheets::cells::{self, Read, expected, term};
use sheets::{Cell, Hand, Line, Message};

use super::columns::{Columns, Meaning};
use crate::kindergartens::yes_or_no;
use crate::staff::types::{
    Certificate, Education, Facts, Field, IdentityNumber, PersonName, Phone, Position, Title,
    is_masked,
};

/// What a line says. A field that its file does not have, or that the line leaves empty, is `None` and stays as it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Draft {
    pub(super) kindergarten_id: Option<String>,
    pub(super) kindergarten_code: Option<String>,
    pub(super) kindergarten_name: Option<String>,
    pub(super) name: Option<PersonName>,
    pub(super) position: Option<Position>,
    pub(super) title: Option<Title>,
    pub(super) education: Option<Education>,
    pub(super) certificate: Option<Certificate>,
    pub(super) backbone: Option<bool>,
    pub(super) phone: Option<Phone>,
    pub(super) hired_on: Option<Date>,
    pub(super) left_on: Option<Date>,
    pub(super) number: Option<IdentityNumber>,
    /// The number stands there as an export shows it.
    pub(super) is_masked: bool,
}

/// A line that was read.
pub(super) struct Row {
    pub(super) line: u32,
    pub(super) draft: Draft,
    pub(super) messages: Vec<Message>,
}

/// Reads a line. Whatever can't be read is a message; the draft then lacks it.
pub(super) fn read(line: &Line, columns: &Columns<'_>, today: Date, has_key: bool) -> Row {
    use Meaning::Of;
    let mut hand = Hand::on(line, columns);
    let mut draft = Draft {
        kindergarten_id: hand.text(Meaning::KindergartenId, cells::code),
        kindergarten_code: hand.text(Meaning::KindergartenCode, cells::code),
        kindergarten_name: hand.text(Meaning::KindergartenName, cells::phrase),
        name: hand.value(Of(Field::Name), |cell| {
            let Read { value, mended } = cells::phrase(cell);
            let name = PersonName::new(&value);
            name.map(|value| Read { value, mended })
                .ok_or_else(|| "姓名应为 1 至 40 个字。请改正。".to_owned())
        }),
        position: hand.value(Of(Field::Position), position),
        title: hand.answer(Of(Field::Title), &NONE, title),
        education: hand.value(Of(Field::Education), education),
        certificate: hand.answer(Of(Field::Certificate), &NONE, certificate),
        backbone: hand.answer(Of(Field::Backbone), &NONE, backbone),
        phone: hand.value(Of(Field::Phone), |cell| {
            let Read { value, mended } = cells::code(cell);
            let phone = Phone::new(&value);
            phone.map(|value| Read { value, mended }).ok_or_else(|| {
                format!("联系电话“{}”不对，应为 7 至 15 位数字。请改正。", cells::excerpt(&value))
            })
        }),
        hired_on: hand.value(Of(Field::HiredOn), |cell| cells::day(cell).map(Read::plain)),
        left_on: hand.value(Of(Field::LeftOn), |cell| cells::day(cell).map(Read::plain)),
        ..Draft::default()
    };
    read_identity(&mut hand, &mut draft, today, has_key);
    Row { line: line.line, draft, messages: hand.into_messages() }
}

/// 无 is an answer to title, certificate and backbone, and no answer to anything else.
const NONE: [&str; 1] = ["无"];

/// The identity number. No message repeats a digit of it, nor its formula.
fn read_identity(hand: &mut Hand<'_, Meaning>, draft: &mut Draft, today: Date, has_key: bool) {
    let Some((cell, title)) = hand.raw(Meaning::Of(Field::Identity)) else { return };
    if cells::unusable(cell).is_some() {
        let text = "单元格是公式或错误值，没有读取。请改成实际内容。";
        hand.say(Message::refused(title, text));
        return;
    }
    if cells::says_nothing(cell) {
        return;
    }
    if !has_key {
        let text = "系统没有配置密钥，身份证号没有读取，其他内容照常导入。";
        hand.say(Message::warning(title, text));
        return;
    }
    if matches!(cell, Cell::Number(_)) {
        let text = "身份证号被 Excel 存成了数值，末几位已丢失。请把该列设为文本格式后重填。";
        hand.say(Message::refused(title, text));
        return;
    }
    let written = cells::code(cell).value;
    if is_masked(&written) {
        draft.is_masked = true;
        return;
    }
    match IdentityNumber::read(&written, today) {
        Ok(number) => draft.number = Some(number),
        Err(why) => hand.say(Message::refused(title, format!("{why}。"))),
    }
}

impl Draft {
    /// What will be known: what the line says, for the rest what is known already. Else the fields that are missing.
    pub(super) fn onto(&self, known: Option<&Facts>) -> Result<Facts, Vec<Field>> {
        let name = self.name.clone().or_else(|| known.map(|known| known.name.clone()));
        let position = self.position.or_else(|| known.map(|known| known.position));
        let hired_on = self.hired_on.or_else(|| known.map(|known| known.hired_on));
        let missing: Vec<Field> = [
            (Field::Name, name.is_none()),
            (Field::Position, position.is_none()),
            (Field::HiredOn, hired_on.is_none()),
        ]
        .into_iter()
        .filter_map(|(field, is_missing)| is_missing.then_some(field))
        .collect();
        let (Some(name), Some(position), Some(hired_on)) = (name, position, hired_on) else {
            return Err(missing);
        };
        Ok(Facts {
            name,
            position,
            title: self.title.or_else(|| known.and_then(|known| known.title)),
            education: self.education.or_else(|| known.and_then(|known| known.education)),
            certificate: self.certificate.or_else(|| known.and_then(|known| known.certificate)),
            backbone: self.backbone.or_else(|| known.map(|known| known.backbone)).unwrap_or(false),
            phone: self.phone.clone().or_else(|| known.and_then(|known| known.phone.clone())),
            hired_on,
            left_on: self.left_on.or_else(|| known.and_then(|known| known.left_on)),
        })
    }
}

/// What somebody does.
pub(super) fn position(cell: &Cell) -> Result<Read<Position>, String> {
    const TERMS: &[(Position, &[&str], &[&str])] = &[
        (Position::Principal, &["园长"], &["正园长", "法人园长", "执行园长", "principal"]),
        (
            Position::VicePrincipal,
            &["副园长"],
            &["业务副园长", "后勤副园长", "教学副园长", "园长助理", "vice_principal"],
        ),
        (
            Position::Teacher,
            &["专任教师"],
            &[
                "教师",
                "老师",
                "班主任",
                "主班",
                "主班教师",
                "配班",
                "配班教师",
                "副班教师",
                "带班教师",
                "幼师",
                "教研主任",
                "保教主任",
                "teacher",
            ],
        ),
        (Position::Carer, &["保育员"], &["保育", "保育师", "保育老师", "生活老师", "carer"]),
        (
            Position::HealthWorker,
            &["卫生保健人员"],
            &[
                "保健",
                "保健医",
                "保健医生",
                "保健员",
                "保健老师",
                "卫生保健",
                "保健人员",
                "校医",
                "医生",
                "护士",
                "health_worker",
            ],
        ),
        (
            Position::Administrator,
            &["行政人员"],
            &[
                "行政",
                "文员",
                "会计",
                "出纳",
                "财务",
                "财务人员",
                "资料员",
                "办公室",
                "办公室主任",
                "人事",
                "administrator",
            ],
        ),
        (
            Position::Cook,
            &["炊事员"],
            &["厨师", "厨工", "炊事人员", "食堂人员", "厨房", "面点师", "cook"],
        ),
        (Position::Guard, &["安保人员"], &["保安", "保安员", "门卫", "安保", "guard"]),
        (
            Position::Logistics,
            &["后勤人员"],
            &[
                "后勤",
                "工勤",
                "工勤人员",
                "教辅人员",
                "教辅",
                "清洁工",
                "保洁",
                "保洁员",
                "司机",
                "仓管",
                "其他",
                "logistics",
            ],
        ),
    ];
    term(cell, TERMS, Position::label)
        .ok_or_else(|| expected(cell, "岗位", Position::ALL, Position::label))
}

/// A professional title.
pub(super) fn title(cell: &Cell) -> Result<Read<Title>, String> {
    const TERMS: &[(Title, &[&str], &[&str])] = &[
        (Title::SeniorFirst, &["正高级教师"], &["正高级", "正高", "senior_first"]),
        (
            Title::Senior,
            &["高级教师"],
            &[
                "高级",
                "副高级",
                "副高",
                "幼儿园高级教师",
                "小学高级教师",
                "小教高级",
                "幼教高级",
                "senior",
            ],
        ),
        (
            Title::First,
            &["一级教师"],
            &["一级", "幼儿园一级教师", "中级", "小教一级", "幼教一级", "first"],
        ),
        (
            Title::Second,
            &["二级教师"],
            &["二级", "幼儿园二级教师", "初级", "助理级", "小教二级", "幼教二级", "second"],
        ),
        (Title::Third, &["三级教师"], &["三级", "幼儿园三级教师", "员级", "third"]),
        (
            Title::None,
            &["未定职级"],
            &["无", "未评", "未评定", "未定级", "无职称", "暂无职称", "未评职称", "none"],
        ),
    ];
    term(cell, TERMS, Title::label).ok_or_else(|| expected(cell, "职称", Title::ALL, Title::label))
}

/// An education.
pub(super) fn education(cell: &Cell) -> Result<Read<Education>, String> {
    const TERMS: &[(Education, &[&str], &[&str])] = &[
        (
            Education::Postgraduate,
            &["研究生"],
            &["硕士", "博士", "硕士研究生", "博士研究生", "研究生毕业", "postgraduate"],
        ),
        (
            Education::Bachelor,
            &["本科"],
            &["大学本科", "学士", "大学", "本科毕业", "全日制本科", "bachelor"],
        ),
        (Education::College, &["大专"], &["专科", "大学专科", "高职", "专科毕业", "college"]),
        (
            Education::Secondary,
            &["高中（中专）", "高中(中专)"],
            &["高中", "中专", "职高", "中职", "中师", "技校", "高中阶段", "高中中专", "secondary"],
        ),
        (Education::Basic, &["初中及以下"], &["初中", "小学", "高中以下", "初中以下", "basic"]),
    ];
    term(cell, TERMS, Education::label)
        .ok_or_else(|| expected(cell, "学历", Education::ALL, Education::label))
}

/// A teaching certificate.
pub(super) fn certificate(cell: &Cell) -> Result<Read<Certificate>, String> {
    const TERMS: &[(Certificate, &[&str], &[&str])] = &[
        (
            Certificate::Preschool,
            &["幼儿园教师资格"],
            &[
                "幼儿园教师资格证",
                "幼儿教师资格证",
                "幼儿教师资格",
                "幼儿园",
                "幼师资格证",
                "幼师证",
                "有",
                "是",
                "preschool",
            ],
        ),
        (
            Certificate::Other,
            &["其他教师资格"],
            &[
                "小学教师资格",
                "小学教师资格证",
                "初中教师资格",
                "初中教师资格证",
                "高中教师资格",
                "高中教师资格证",
                "中职教师资格证",
                "其他",
                "其它",
                "other",
            ],
        ),
        (Certificate::None, &["无教师资格"], &["无", "没有", "否", "无证", "未取得", "none"]),
    ];
    term(cell, TERMS, Certificate::label)
        .ok_or_else(|| expected(cell, "教师资格", Certificate::ALL, Certificate::label))
}

/// Whether somebody is a backbone teacher: 是, or the level of the title.
pub(super) fn backbone(cell: &Cell) -> Result<Read<bool>, String> {
    let text = cell.text();
    if ["省级", "市级", "区级", "园级", "国家级", "骨干"].iter().any(|level| text.contains(level))
    {
        return Ok(Read::plain(true));
    }
    yes_or_no(cell).map(Read::plain).map_err(|text| format!("骨干教师{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn the_words_that_offices_use_are_understood() {
        assert_eq!(position(&cell("专任教师")).unwrap(), Read::plain(Position::Teacher));
        assert_eq!(position(&cell("保健医生")).unwrap().value, Position::HealthWorker);
        assert_eq!(position(&cell("保安员")).unwrap().value, Position::Guard);
        assert!(position(&cell("顾问")).unwrap_err().contains("专任教师"));
        assert_eq!(title(&cell("无")).unwrap().value, Title::None);
        assert_eq!(education(&cell("中专")).unwrap().value, Education::Secondary);
        assert_eq!(education(&cell("高中（中专）")).unwrap().value, Education::Secondary);
        assert_eq!(certificate(&cell("幼儿园教师资格证")).unwrap().value, Certificate::Preschool);
        assert!(backbone(&cell("区级骨干")).unwrap().value);
        assert!(!backbone(&cell("否")).unwrap().value);
        assert!(backbone(&cell("待定")).is_err());
    }
}
