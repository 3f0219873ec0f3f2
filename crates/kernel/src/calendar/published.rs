//! The State Council's holiday notices that ship with the program. A year that is not here is not known: later notices
//! are loaded as tables (`WorkingDays::with_table`), and until then its days are provisional.

/// One holiday of a notice: its name, first and last day off as (month, day), and the weekend days worked for it.
/// All days lie in the notice's own year.
pub(super) struct Holiday {
    pub(super) name: &'static str,
    pub(super) first: (u32, u32),
    pub(super) last: (u32, u32),
    pub(super) worked: &'static [(u32, u32)],
}

/// One notice with its number or date, as it is cited.
pub(super) struct Notice {
    pub(super) year: i32,
    pub(super) source: &'static str,
    pub(super) holidays: &'static [Holiday],
}

const fn holiday(
    name: &'static str,
    first: (u32, u32),
    last: (u32, u32),
    worked: &'static [(u32, u32)],
) -> Holiday {
    Holiday { name, first, last, worked }
}

/// Both notices were read in full in a stored copy of 光明网 (m.gmw.cn/2024-11/12/content_1303894933.htm and
/// politics.gmw.cn/2025-11/04/content_38391083.htm).
pub(super) const NOTICES: &[Notice] = &[
    Notice {
        year: 2025,
        source: "国务院办公厅关于2025年部分节假日安排的通知（国办发明电〔2024〕12号，2024年11月12日）",
        holidays: &[
            holiday("元旦", (1, 1), (1, 1), &[]),
            holiday("春节", (1, 28), (2, 4), &[(1, 26), (2, 8)]),
            holiday("清明节", (4, 4), (4, 6), &[]),
            holiday("劳动节", (5, 1), (5, 5), &[(4, 27)]),
            holiday("端午节", (5, 31), (6, 2), &[]),
            holiday("国庆节、中秋节", (10, 1), (10, 8), &[(9, 28), (10, 11)]),
        ],
    },
    Notice {
        year: 2026,
        source: "国务院办公厅关于2026年部分节假日安排的通知（2025年11月4日）",
        holidays: &[
            holiday("元旦", (1, 1), (1, 3), &[(1, 4)]),
            holiday("春节", (2, 15), (2, 23), &[(2, 14), (2, 28)]),
            holiday("清明节", (4, 4), (4, 6), &[]),
            holiday("劳动节", (5, 1), (5, 5), &[(5, 9)]),
            holiday("端午节", (6, 19), (6, 21), &[]),
            holiday("中秋节", (9, 25), (9, 27), &[]),
            holiday("国庆节", (10, 1), (10, 7), &[(9, 20), (10, 10)]),
        ],
    },
];
