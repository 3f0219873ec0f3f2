//! Why a file is refused whole.

use crate::table::Table;

/// The reason a file can't be read, as a sentence to the user: what it is, what was expected, what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// No bytes at all.
    #[error("文件是空的。请上传填好内容的 Excel 工作簿（.xlsx）或 CSV 文件。")]
    Empty,
    /// More bytes than [`crate::Limits::bytes`].
    #[error("文件有 {} MB，超过 {} MB 的上限。请删去图片和多余的工作表，或分成几个文件上传。", .found >> 20, .limit >> 20)]
    TooLarge {
        /// Bytes of the file.
        found: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// A workbook of Excel 97–2003.
    #[error(
        "这是旧版 Excel 文件（.xls）。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传。"
    )]
    OldExcel,
    /// A workbook that needs a password to open.
    #[error("文件设有打开密码，无法读取。请在 Excel 或 WPS 中取消密码、另存为 .xlsx 后再上传。")]
    Encrypted,
    /// Another kind of file, whatever its name says.
    #[error(
        "这个文件的内容是{kind}，不是表格。请上传 Excel 工作簿（.xlsx）或 CSV 文件；若是从网页系统导出的，请用 Excel 打开后另存为 .xlsx。"
    )]
    NotATable {
        /// What it is: 网页, Word 文档, PDF …
        kind: &'static str,
    },
    /// A table in a format that is not read.
    #[error(
        "这是{kind}，暂不能读取。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传。"
    )]
    OtherTable {
        /// What it is: ODS, XLSB …
        kind: &'static str,
    },
    /// A package that unpacks to more than [`crate::Limits::unpacked_bytes`], declared or not.
    #[error("工作簿解压后超过 {} MB，没有打开。正常的名册远小于此；请把内容复制到新建的工作簿中再上传。", .limit >> 20)]
    Swollen {
        /// Bytes allowed.
        limit: u64,
    },
    /// More lines than [`crate::Limits::rows`].
    #[error(
        "表格超过 {limit} 行，没有读取。请检查是否选错了文件；名册确实很大时，请分成几个文件上传。"
    )]
    TooManyRows {
        /// Lines allowed.
        limit: usize,
    },
    /// Something stands to the right of the last column of [`crate::Limits::columns`].
    #[error("第 {line} 行的内容超出第 {limit} 列。请删去右侧多余的内容后再上传。")]
    TooManyColumns {
        /// Row number.
        line: u32,
        /// Columns allowed.
        limit: usize,
    },
    /// A package or sheet that contradicts itself.
    #[error(
        "工作簿已损坏或不完整（可能是上传中断）。请用 Excel 或 WPS 打开检查，另存一份 .xlsx 后再上传。"
    )]
    Broken,
    /// Text that is in no encoding we read.
    #[error(
        "无法识别文件的文字编码，应为 UTF-8 或 GBK。请用 Excel 打开后另存为“CSV UTF-8”或 .xlsx。"
    )]
    Encoding,
    /// A quotation mark without its fellow.
    #[error(
        "第 {line} 行有一个没有成对的英文双引号，后面的内容无法分列。请改正后再上传，或另存为 .xlsx。"
    )]
    OpenQuote {
        /// Row number where the cell begins.
        line: u32,
    },
    /// No line that looks like column titles.
    #[error("没有找到表头。表头应在前 20 行之内，一列一个名称（如“编号”“名称”）。请下载模板对照。")]
    NoHeader,
    /// A header and nothing below it.
    #[error("表头（第 {header_line} 行）下面没有内容。请填写后再上传。")]
    NoRows {
        /// Row number of the header.
        header_line: u32,
    },
}

/// Why a table is refused whole: it can't be read, or it is not the table that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The file itself can't be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A necessary column was not found under any of its names.
    #[error(
        "没有找到必需的列：{}。第 {header_line} 行读到的列名是：{}。请按模板的列名修改表头后再上传。",
        missing.join("、"),
        found.join("、")
    )]
    MissingColumns {
        /// Labels of what is missing.
        missing: Vec<&'static str>,
        /// The titles as they stand in the file.
        found: Vec<String>,
        /// Where they stand.
        header_line: u32,
    },
}

impl Unfit {
    /// A table that lacks these columns.
    pub fn missing(table: &Table, missing: Vec<&'static str>) -> Unfit {
        let found = table.header.iter().filter(|title| !title.is_empty()).cloned().collect();
        Unfit::MissingColumns { missing, found, header_line: table.header_line }
    }
}
