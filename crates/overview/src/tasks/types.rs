use kernel::{Date, coded};
use serde::{Deserialize, Serialize};

/// How many working days a decision on a submitted or approved plan may take. The opinions name no period; this is the
/// system's own promise to those who wait.
pub(super) const DECISION_DAYS: u16 = 10;

coded! {
    /// A kind of work, most pressing first.
    Kind {
        /// A plan that was submitted.
        Approval = "approval", "划分方案待审批";
        /// A plan that was approved.
        Adoption = "adoption", "划分方案待公布实施";
        /// An opinion on a plan.
        Opinion = "opinion", "划分方案征求意见";
        /// An account that is locked now.
        Locked = "locked", "账号被锁定";
        /// A kindergarten in no cluster.
        LeftOut = "left_out", "在办幼儿园未归属学区";
        /// An exception that ends soon.
        Exception = "exception", "例外 90 天内到期";
        /// A delegation paper that ends soon.
        Delegation = "delegation", "委托书 90 天内到期";
        /// A plan that is being drafted.
        Draft = "draft", "划分方案编制中";
        /// An upload that nobody has applied or discarded.
        Import = "import", "名册已预览、尚未确认";
        /// A kindergarten without a national code.
        Code = "code", "幼儿园缺标识码";
    }
}

impl Kind {
    /// What to do, and why.
    pub(crate) fn demand(self) -> &'static str {
        match self {
            Self::Approval => "核对规则与例外后批准或退回",
            Self::Adoption => "填写文号与生效日期",
            Self::Opinion => "请代表本园反馈意见",
            Self::Locked => "核实本人后解锁",
            Self::LeftOut => "每所在办幼儿园都应归属一个学区（1.2-2）",
            Self::Exception => "到期前调整学区或重新报批",
            Self::Delegation => "市属园担任中心园须有有效委托书（2.1.2-6）",
            Self::Draft => "完成后提交审批",
            Self::Import => "确认导入，或作废",
            Self::Code => "向市局申领后补录",
        }
    }
    /// What is waited for, as who asked for it says.
    pub(crate) fn awaited(self) -> &'static str {
        match self {
            Self::Approval => "等分管领导审批",
            Self::Adoption => "等分管领导公布实施",
            Self::Opinion => "等幼儿园反馈意见",
            _ => self.demand(),
        }
    }
    /// Its icon in the sprite.
    pub(crate) fn icon(self) -> &'static str {
        match self {
            Self::Approval => "rubber-stamp",
            Self::Adoption => "gavel",
            Self::Opinion => "message-2",
            Self::Locked => "lock",
            Self::LeftOut => "alert-triangle",
            Self::Exception | Self::Delegation => "clock",
            Self::Draft => "polygon",
            Self::Import => "file-import",
            Self::Code => "id-badge-2",
        }
    }
    /// The page that shows all of them.
    pub(crate) fn list(self) -> &'static str {
        match self {
            Self::Approval => "/plans?stage=submitted",
            Self::Adoption => "/plans?stage=approved",
            Self::Opinion => "/opinions",
            Self::Locked => "/accounts?state=locked",
            Self::LeftOut => "/kindergartens?cluster=none&status=open",
            Self::Exception => "/tasks?kind=exception",
            Self::Delegation => "/tasks?kind=delegation",
            Self::Draft => "/plans?stage=draft",
            Self::Import => "/imports",
            Self::Code => "/kindergartens?code=none&status=open",
        }
    }
}

/// One record that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// The record's name.
    pub(crate) label: String,
    /// What else tells it apart: who asked, which rule.
    pub(crate) note: String,
    /// The page on which the work is done.
    pub(crate) href: String,
    /// Since when it waits, where that is known.
    pub(crate) since: Option<Date>,
    /// By when it should be done, where something says so.
    pub(crate) due: Option<Date>,
}

/// All that waits of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// The kind.
    pub(crate) kind: Kind,
    /// How many records wait.
    pub(crate) count: i64,
    /// The most pressing of them.
    pub(crate) items: Vec<Item>,
}

impl Group {
    /// The nearest day by which one of them should be done.
    pub(crate) fn due(&self) -> Option<Date> {
        self.items.iter().filter_map(|item| item.due).min()
    }
}

coded! {
    /// How pressing a task is.
    Urgency {
        /// Its day has passed.
        Overdue = "overdue", "已逾期";
        /// Three working days or less are left.
        Soon = "soon", "三个工作日内";
        /// More is left.
        Later = "later", "三个工作日以后";
        /// Nothing says by when.
        Open = "open", "未定期限";
    }
}
