//! The workbooks of uploads: what an officer corrects and uploads again, and the table of existing clusters to fill in.

use kernel::Failure;
use sheets::{Field, Message, Problem, Severity, Table};

/// Room for the kindergartens of the largest district.
const TEMPLATE_ROWS: u32 = 1_000;

/// The lines of an uploaded file that were refused or warned about, as they came, with what was said of them.
pub fn returned(table: &Table, said: &[(u32, Vec<Message>)]) -> Result<Vec<u8>, Failure> {
    let problems: Vec<Problem<'_>> = said
        .iter()
        .filter(|(_, messages)| messages.iter().any(|message| message.severity != Severity::Mended))
        .map(|(line, messages)| Problem { line: *line, messages })
        .collect();
    sheets::write_returned(table, &problems).map_err(Failure::broken)
}

/// The empty table of existing clusters, one line a kindergarten.
pub fn clusters_template() -> Result<Vec<u8>, Failure> {
    let guidance = [
        "一行一所幼儿园；同一学区的各行填写相同的学区名称、文号和日期。",
        "也可以一行一个学区：改用“中心园”“成员园”两列，成员园之间用顿号分隔。",
        "同一学区有过几次划分的，各次分别填写，写明各次的生效日期；失效日期留空表示仍然有效。",
        "请填数值和文字，不要使用公式。上传后先预览，确认之前不会保存。",
    ];
    sheets::write_template("学区", &fields(), &guidance, TEMPLATE_ROWS).map_err(Failure::broken)
}

fn fields() -> Vec<Field> {
    let field = |title: &str, required: bool, note: &str, example: &str| Field {
        title: title.to_owned(),
        required,
        note: note.to_owned(),
        example: example.to_owned(),
        choices: Vec::new(),
        strict: true,
    };
    let roles = vec!["中心园".to_owned(), "成员园".to_owned()];
    vec![
        field("学区名称", true, "全市不重复，如街道或社区名加“学区”。", "粤海学区"),
        field("编号", false, "幼儿园在名册中的编号；填了编号的以编号为准。", "NS0001"),
        field("幼儿园", true, "名册中的名称；同名的请改填编号。", "青禾幼儿园"),
        Field {
            choices: roles,
            ..field("角色", true, "一个学区一所中心园，其余为成员园。", "中心园")
        },
        field("文号", false, "设立或调整学区的文件。", "深南教〔2026〕12号"),
        field("生效日期", true, "自这一天起。", "2026-03-01"),
        field("失效日期", false, "到这一天为止；留空表示仍然有效。", ""),
    ]
}
