use institutions::staffing::Gap;
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
        /// A cluster without its committee.
        Committee = "committee", "缺治理委员会";
        /// A kindergarten without principal and acting head.
        Head = "head", "缺园长或主持工作人员";
        /// A cluster without full-time inspector.
        FullTime = "full_time", "缺专职责任督学";
        /// A cluster with too few part-time inspectors.
        PartTime = "part_time", "缺兼职责任督学";
        /// A kindergarten without liaison.
        Liaison = "liaison", "缺兼职视导员";
        /// A cluster without teaching-research lead.
        Lead = "lead", "缺兼职教研员";
        /// A cluster without trainer.
        Trainer = "trainer", "缺兼职培训师";
        /// A kindergarten that belongs to no party organisation.
        Party = "party", "缺党组织归属";
        /// A post that ends soon.
        Post = "post", "任职 90 天内到期";
        /// A plan that is being drafted.
        Draft = "draft", "划分方案编制中";
        /// An upload that nobody has applied or discarded.
        Import = "import", "名册已预览、尚未确认";
        /// A kindergarten without a national code.
        Code = "code", "幼儿园缺标识码";
    }
}

impl Kind {
    /// The gap in the staffing that it is.
    pub(crate) fn gap(self) -> Option<Gap> {
        Some(match self {
            Self::Committee => Gap::Committee,
            Self::Head => Gap::Head,
            Self::FullTime => Gap::FullTime,
            Self::PartTime => Gap::PartTime,
            Self::Liaison => Gap::Liaison,
            Self::Lead => Gap::Lead,
            Self::Trainer => Gap::Trainer,
            Self::Party => Gap::Party,
            _ => return None,
        })
    }
    /// Whether what waits follows from tries to sign in or previews of imports, which come and go without an audit entry.
    pub(super) fn is_of_bookkeeping(self) -> bool {
        matches!(self, Self::Locked | Self::Import)
    }
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
            Self::Committee => "登记转入学区的治理委员会（2.1.3-1）",
            Self::Head => "任命园长，或明确主持工作人员（2.1.3-3）",
            Self::FullTime => "每个学区 1 名专职责任督学（2.1.3-6）",
            Self::PartTime => "每个学区 8 名兼职责任督学（2.1.3-6）",
            Self::Liaison => "每所幼儿园配备 1 名兼职视导员（2.1.3-8）",
            Self::Lead => "每个学区至少 1 名兼职教研员（2.1.3-9）",
            Self::Trainer => "每个学区至少 1 名兼职培训师（2.1.3-9）",
            Self::Party => "登记党组织，或归入联合党组织（2.1.3-10）",
            Self::Post => "到期前续聘或另聘",
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
            Self::Exception | Self::Delegation | Self::Post => "clock",
            Self::Committee
            | Self::Head
            | Self::FullTime
            | Self::PartTime
            | Self::Liaison
            | Self::Lead
            | Self::Trainer
            | Self::Party => "users",
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
            Self::Committee => "/staffing?gap=committee",
            Self::Head => "/staffing?gap=head",
            Self::FullTime => "/staffing?gap=full_time",
            Self::PartTime => "/staffing?gap=part_time",
            Self::Liaison => "/tasks?kind=liaison",
            Self::Lead => "/staffing?gap=lead",
            Self::Trainer => "/staffing?gap=trainer",
            Self::Party => "/staffing?gap=party",
            Self::Post => "/appointments?state=ending",
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
