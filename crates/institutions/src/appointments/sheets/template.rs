//! The empty file to fill in, with drop-downs for what is known already.

use kernel::{Failure, PostKind, PostScope};
use sheets::Field as TemplateField;

use crate::appointments::types::{Field, Namesake, Stand};

/// Room for the posts of a large district.
const TEMPLATE_ROWS: u32 = 5_000;

/// The empty file for these kinds of post, which stand in one of these places.
pub fn template(
    kinds: &[PostKind],
    scope: &PostScope,
    stands: &[Stand],
) -> Result<Vec<u8>, Failure> {
    let mut guidance = vec![
        "一行一项任职：同一人的几项任职、几届任期各占一行；橙色表头为必填项。不要改动表头名称，可以删去不需要的选填列。",
        "已登记的任职（同一处、同一岗位、同一人、同一任职日期）不重复登记，文号和届次不同的按更正处理；没有的按新增处理。",
        "同名人员：本区已有同名的人，或表中不同单位的人同名时，须写明是“同一人”还是“另一人”；其他情况留空。",
    ];
    if kinds.iter().any(|kind| kind.is_inspector()) {
        guidance.push("责任督学每届任期不超过三年，连续任职不超过三届；以前的任期没有在本系统登记的，届次按聘书填写。");
    }
    if kinds.iter().any(|kind| kind.holds_seat()) {
        guidance.push("一所幼儿园同一天只有一位园长或主持工作人员；接任的，原任离任填“是”，原任自新任任职之日起离任。");
    }
    guidance.push("请填数值和文字，不要使用公式。上传后先预览，确认之前不会保存。");
    let fields = fields(kinds, scope, stands);
    sheets::write_template("任职名册", &fields, &guidance, TEMPLATE_ROWS).map_err(Failure::broken)
}

/// The columns of the empty file.
pub(in crate::appointments) fn fields(
    kinds: &[PostKind],
    scope: &PostScope,
    stands: &[Stand],
) -> Vec<TemplateField> {
    let field = |title: &str, required: bool, note: &str, example: &str| TemplateField {
        title: title.to_owned(),
        required,
        note: note.to_owned(),
        example: example.to_owned(),
        choices: Vec::new(),
        strict: true,
    };
    let known = |is_wanted: fn(&PostScope) -> bool| {
        let own = stands.iter().filter(|stand| stand.to.is_none() && is_wanted(&stand.scope));
        own.map(|stand| stand.name.clone()).collect::<Vec<String>>()
    };
    let is_of_cluster = |kind: &PostKind| kind.is_of_cluster();
    let mut fields = Vec::new();
    if *scope == PostScope::City {
        let note = "同名幼儿园在不同的区时填写。";
        fields.push(field(Field::District.label(), false, note, "南山区"));
    }
    if kinds.iter().any(is_of_cluster) {
        fields.push(TemplateField {
            choices: known(|scope| matches!(scope, PostScope::Cluster(_))),
            strict: false,
            ..field("学区", true, "学区现在的名称。", "青禾学区")
        });
    }
    if !kinds.iter().all(is_of_cluster) {
        let note = "幼儿园在名册中的编号；填了编号的以编号为准。";
        fields.push(field("幼儿园编号", false, note, "NS0001"));
        fields.push(TemplateField {
            choices: known(|scope| matches!(scope, PostScope::Kindergarten(_))),
            strict: false,
            ..field("幼儿园", true, "名册中的名称；同名的请改填编号。", "青禾幼儿园")
        });
    }
    if let [first, _, ..] = kinds {
        fields.push(TemplateField {
            choices: kinds.iter().map(|kind| kind.label().to_owned()).collect(),
            ..field(Field::Kind.label(), true, "聘任或任命的岗位。", first.label())
        });
    }
    fields.push(field(Field::Name.label(), true, "与身份证件一致。", "陈静"));
    if kinds.iter().any(|kind| kind.is_inspector()) {
        fields.push(TemplateField {
            choices: ["1", "2", "3"].map(str::to_owned).to_vec(),
            ..field(Field::Term.label(), false, "聘书上的届次；留空按已登记的任期推算。", "1")
        });
    }
    let note = "任职的第一天。";
    fields.push(field(Field::From.label(), true, note, "2025-09-01"));
    let note = if kinds.iter().any(|kind| kind.is_inspector()) {
        "任职的最后一天（含当日）；责任督学留空按三年计。"
    } else {
        "任职的最后一天（含当日）；没有定期限的留空。"
    };
    fields.push(field(Field::To.label(), false, note, "2028-08-31"));
    fields.push(field(Field::Paper.label(), true, "聘书或任命文件的文号。", "深南教督〔2025〕8号"));
    if kinds.iter().any(|kind| kind.holds_seat()) {
        fields.push(TemplateField {
            choices: ["是", "否"].map(str::to_owned).to_vec(),
            ..field(Field::Predecessor.label(), false, "接任现任园长或主持工作人员的填“是”。", "否")
        });
    }
    fields.push(TemplateField {
        choices: Namesake::ALL.iter().map(|one| one.label().to_owned()).collect(),
        ..field(Field::Namesake.label(), false, "本区有同名的人时填写，其他情况留空。", "")
    });
    fields
}
