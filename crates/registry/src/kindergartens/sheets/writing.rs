//! The workbooks that offices receive: the template, the returned table, the list.

use geography::Regions;
use policy::{Grade, Ownership, RunBy, Status};
use sheets::{
    Column, Field as TemplateField, Kind, Problem, Severity, Sheet, Table, Unwritable, Value,
};

use crate::kindergartens::rules;
use crate::kindergartens::types::{Facts, Field, Preview};

/// Room for the lines of the largest district.
const TEMPLATE_ROWS: u32 = 2_000;

/// The empty register to fill in, with drop-downs for the regions' districts and streets and the policy's terms.
///
/// # Errors
/// [`Unwritable`] when the workbook can't be made.
pub fn template(regions: &Regions) -> Result<Vec<u8>, Unwritable> {
    let guidance = [
        "一行一所幼儿园；橙色表头为必填项。不要改动表头名称，可以删去不需要的选填列。",
        "编号相同的视为同一所幼儿园：名册中已有的按变更处理，没有的按新增处理。留空的选填项保持原值不变。",
        "坐标请注明坐标系：高德、腾讯地图为 GCJ-02，百度地图为 BD-09，天地图、GPS、CGCS2000 按 WGS-84。",
        "请填数值和文字，不要使用公式。上传后先预览，确认之前不会保存。",
    ];
    sheets::write_template("幼儿园名册", &fields(regions), &guidance, TEMPLATE_ROWS)
}

fn fields(regions: &Regions) -> Vec<TemplateField> {
    let labels = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let terms = |texts: Vec<&'static str>| labels(&texts);
    let districts = regions.districts.iter().map(|district| district.name.clone()).collect();
    let streets = regions.streets.iter().map(|street| street.name.clone()).collect();
    let field = |title: &str, required: bool, note: &str, example: &str| TemplateField {
        title: title.to_owned(),
        required,
        note: note.to_owned(),
        example: example.to_owned(),
        choices: Vec::new(),
        strict: true,
    };
    let chosen = |title: &str, required: bool, note: &str, example: &str, choices: Vec<String>| {
        TemplateField { choices, ..field(title, required, note, example) }
    };
    vec![
        field("编号", true, "本区名册中的编号，不重复，不随改名而变。", "NS0001"),
        field(
            "标识码",
            false,
            "学校（机构）标识码，10 位数字，1144 开头；没有的留空。",
            "1144012345",
        ),
        field("名称", true, "办学许可证上的全称。", "青禾幼儿园"),
        field("曾用名", false, "有多个的用顿号分隔。", "青禾托儿所"),
        chosen("区", true, "所在行政区（含功能区）。", "南山区", districts),
        TemplateField {
            strict: false,
            ..chosen("街道", false, "所在街道，须属于所填的区。", "粤海街道", streets)
        },
        field("社区", false, "所在社区。", "青禾社区"),
        field("地址", false, "门牌地址。", "青禾路1号"),
        field("经度", true, "以度为单位的小数，至少 5 位小数。", "113.936512"),
        field("纬度", true, "以度为单位的小数，至少 5 位小数。", "22.528310"),
        chosen(
            "坐标系",
            false,
            "经纬度取自哪种地图；留空按 GCJ-02。",
            "GCJ-02",
            labels(&["GCJ-02", "WGS-84", "BD-09", "CGCS2000"]),
        ),
        chosen(
            "办园性质",
            true,
            "公办、普惠性民办、民办（即其他民办）。",
            "公办",
            terms(Ownership::ALL.iter().map(|term| term.label()).collect()),
        ),
        chosen(
            "隶属",
            false,
            "市属或区属；留空按区属。",
            "区属",
            terms(RunBy::ALL.iter().map(|term| term.label()).collect()),
        ),
        chosen(
            "等级",
            true,
            "最近一次评定的等级。",
            "市一级",
            terms(Grade::ALL.iter().map(|term| term.label()).collect()),
        ),
        field("开办时间", false, "年、年月或日期。", "2015-09"),
        field("园区数", false, "含分园，没有分园的填 1。", "1"),
        field("班级数", false, "现有班级数。", "9"),
        field("学位数", false, "核定学位数。", "270"),
        field("在园幼儿数", false, "现有在园幼儿人数。", "260"),
        field("专任教师", false, "人数。", "18"),
        field("保育员", false, "人数。", "9"),
        field("其他教职工", false, "人数。", "6"),
        field("建筑面积", false, "平方米。", "2800"),
        chosen(
            "状态",
            false,
            "留空按在办。",
            "在办",
            terms(Status::ALL.iter().map(|term| term.label()).collect()),
        ),
    ]
}

/// The rows that were refused or warned about, as they came, with the cells in colour and the messages beside them.
/// Corrected in place it can be uploaded again.
///
/// # Errors
/// [`Unwritable`] when the workbook can't be made.
pub fn returned(table: &Table, preview: &Preview) -> Result<Vec<u8>, Unwritable> {
    let grave = preview
        .rows
        .iter()
        .filter(|row| row.messages.iter().any(|message| message.severity != Severity::Mended));
    let problems: Vec<Problem<'_>> =
        grave.map(|row| Problem { line: row.line, messages: &row.messages }).collect();
    sheets::write_returned(table, &problems)
}

/// A list of kindergartens as a sheet, under the titles that an import understands: what was exported can be corrected
/// and imported again. `notes` say which filters were in force and on what day.
pub fn list(kindergartens: &[Facts], regions: &Regions, title: &str, notes: Vec<String>) -> Sheet {
    let mut columns = Vec::new();
    for field in Field::ALL {
        let kind = match field {
            Field::Point => {
                columns.push(Column::new("WGS84经度", Kind::Decimal(6)));
                columns.push(Column::new("WGS84纬度", Kind::Decimal(6)));
                continue;
            }
            // The exported point is WGS-84, whatever the source gave.
            Field::Datum => continue,
            field if rules::ceiling(*field).is_some() => Kind::Integer,
            _ => Kind::Text,
        };
        columns.push(Column::new(field.label(), kind));
    }
    let rows = kindergartens.iter().map(|facts| values(facts, regions)).collect();
    Sheet { name: "幼儿园".to_owned(), title: Some(title.to_owned()), notes, columns, rows }
}

fn values(facts: &Facts, regions: &Regions) -> Vec<Value> {
    let numbers = rules::counted(facts);
    let mut values = Vec::new();
    for (field, text) in Field::ALL.iter().zip(rules::readable(facts, regions)) {
        match field {
            Field::Point => {
                values.extend([Value::from(facts.point.lon), Value::from(facts.point.lat)]);
            }
            Field::Datum => {}
            field => values.push(match numbers.iter().find(|(counted, _)| counted == field) {
                Some((_, number)) => Value::from(*number),
                None => Value::from(text),
            }),
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use sheets::Limits;

    use super::*;
    use crate::kindergartens::sheets::preview;
    use crate::kindergartens::tests::samples::day;
    use crate::kindergartens::types::{Existing, Reading, Verdict};

    #[test]
    fn the_examples_of_the_template_are_a_register_without_a_message() {
        let fields = fields(Regions::shipped());
        let line = |text: fn(&TemplateField) -> &str| {
            fields.iter().map(text).collect::<Vec<_>>().join(",")
        };
        let text = format!("{}\n{}\n", line(|field| &field.title), line(|field| &field.example));
        let table = sheets::read(text.as_bytes(), &Limits::default()).unwrap();
        let preview = preview(
            &table,
            Regions::shipped(),
            &Existing::new(),
            &Reading::on(day()),
            &mut |_, _| {},
        );
        let row = preview.unwrap().rows.remove(0);
        assert_eq!((row.verdict, row.messages.as_slice()), (Verdict::New, &[][..]));
        let facts = row.facts.unwrap();
        assert!(
            facts.national_code.is_some()
                && facts.run_by.is_some()
                && facts.floor_area_m2.is_some()
        );
    }

    #[test]
    fn every_choice_of_the_template_is_understood() {
        for field in fields(Regions::shipped()) {
            for choice in &field.choices {
                let cell = sheets::Cell::Text(choice.clone());
                let understood =
                    match field.title.as_str() {
                        "区" => Regions::shipped().district_named(choice).is_some(),
                        "街道" => {
                            Regions::shipped().streets.iter().any(|street| street.name == *choice)
                        }
                        "坐标系" => super::super::cells::datum(&cell).is_ok(),
                        "办园性质" => super::super::cells::ownership(&cell)
                            .is_ok_and(|read| read.mended.is_none()),
                        "隶属" => super::super::cells::run_by(&cell)
                            .is_ok_and(|read| read.mended.is_none()),
                        "等级" => super::super::cells::grade(&cell)
                            .is_ok_and(|read| read.mended.is_none()),
                        "状态" => super::super::cells::status(&cell)
                            .is_ok_and(|read| read.mended.is_none()),
                        _ => false,
                    };
                assert!(understood, "{}: {choice}", field.title);
            }
        }
    }
}
