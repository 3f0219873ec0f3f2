//! What a post may do at all. Where (reach) is judged in the store, whether now in the rule.

use serde::{Deserialize, Serialize};

/// An enum whose variants have a stored code and a Chinese label; needs serde's derives in scope.
#[macro_export]
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $variant,)* }
        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The stored code.
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code),* } }
            /// The Chinese label.
            pub const fn label(self) -> &'static str { match self { $(Self::$variant => $label),* } }
            /// The variant of a stored code.
            pub fn from_code(code: &str) -> Option<Self> { match code { $($code => Some(Self::$variant),)* _ => None } }
        }
    };
}

coded! {
    /// One thing that a post may or may not do. Every route names one.
    Permission {
        /// The workbench and one's own account.
        Workbench = "workbench", "使用工作台";
        /// City, district, cluster and kindergarten pages, and their lists.
        ReadPlaces = "read_places", "查看辖区、学区与幼儿园";
        /// Upload a register, look at its preview, apply it.
        ImportRegister = "import_register", "导入幼儿园名册";
        /// Correct one kindergarten's facts and its delegation papers.
        EditRegister = "edit_register", "维护幼儿园信息";
        /// See plans with their maps, rules and papers.
        ReadPlans = "read_plans", "查看学区划分方案";
        /// Draft, propose, edit and submit plans; solicit opinions; bring existing clusters along.
        DraftPlans = "draft_plans", "编制学区划分方案";
        /// Answer a solicited opinion for one's own kindergarten.
        AnswerOpinions = "answer_opinions", "反馈划分意见";
        /// Approve or return a submitted plan, with its exceptions.
        ApprovePlans = "approve_plans", "审批学区划分方案";
        /// Adopt an approved plan with a document number.
        AdoptPlans = "adopt_plans", "公布实施学区划分方案";
        /// Amend clusters in force: transfer, admit, release, change the centre.
        AmendClusters = "amend_clusters", "调整已设立的学区";
        /// Read and export the audit trail.
        ReadAudit = "read_audit", "查阅审计日志";
        /// Unlock accounts, set passwords, end sessions, appoint and end posts.
        KeepAccounts = "keep_accounts", "管理账号与岗位";
        /// Regions, map settings, working-day calendar, dated parameters.
        ConfigureSystem = "configure_system", "配置系统";
        /// See who holds which post, committees, party organisations and staffing.
        ReadPosts = "read_posts", "查看任职、治理委员会与人员配备";
        /// Appoint, renew and end inspectors (2.1.3-7: the supervision office alone).
        AppointInspectors = "appoint_inspectors", "聘任责任督学";
        /// Appoint and end principals and acting heads.
        AppointHeads = "appoint_heads", "任免园长与主持工作人员";
        /// Appoint and end the liaison of one's own kindergarten.
        AppointLiaison = "appoint_liaison", "确定本园兼职视导员";
        /// Appoint and end teaching-research leads.
        AppointLeads = "appoint_leads", "聘任兼职教研员";
        /// Appoint and end trainers.
        AppointTrainers = "appoint_trainers", "聘任兼职培训师";
        /// Register party organisations, and who belongs to them (2.1.3-10).
        KeepParties = "keep_parties", "登记党组织";
        /// See how the policy's obligations are kept in the places within reach.
        ReadObligations = "read_obligations", "查看政策落实情况";
        /// See the staff of the kindergartens within one's own reach: never those of another kindergarten of the cluster.
        ReadStaff = "read_staff", "查看教职工";
        /// Keep staff records: one's own kindergarten's; a bureau corrects (2.1.2-8).
        KeepStaff = "keep_staff", "维护教职工信息";
        /// See an identity number whole, for a reason that is recorded.
        UnmaskIdentity = "unmask_identity", "查看完整身份证号";
    }
}

coded! {
    /// A kind of post. Which permissions it carries is code; where it reaches is stored with the appointment.
    PostKind {
        /// 市教育局学前教育管理人员
        CityOfficer = "city_officer", "市局学前科科员";
        /// 区学前教育管理科室人员
        SectionOfficer = "section_officer", "学前科科员";
        /// 区教育局分管领导
        DeputyInCharge = "deputy_in_charge", "分管领导";
        /// 区教育督导室人员
        SupervisionOfficer = "supervision_officer", "督导室科员";
        /// 园长
        Principal = "principal", "园长";
        /// 审计人员
        Auditor = "auditor", "审计员";
        /// 系统管理员
        SystemAdministrator = "system_administrator", "系统管理员";
        /// 安全管理员
        SecurityAdministrator = "security_administrator", "安全管理员";
        /// 审计管理员
        AuditAdministrator = "audit_administrator", "审计管理员";
        /// 教育局主要领导
        Head = "head", "主要领导";
        /// 财务人员
        FinanceOfficer = "finance_officer", "财务人员";
        /// 教研部门人员
        ResearchOfficer = "research_officer", "教研部门人员";
        /// 培训部门人员
        TrainingOfficer = "training_officer", "培训部门人员";
        /// 主持工作：园长空缺期间主持幼儿园工作的人
        ActingHead = "acting_head", "主持工作";
        /// 专职责任督学
        FullTimeInspector = "full_time_inspector", "专职责任督学";
        /// 兼职责任督学
        PartTimeInspector = "part_time_inspector", "兼职责任督学";
        /// 兼职视导员
        Liaison = "liaison", "兼职视导员";
        /// 兼职教研员
        ResearchLead = "research_lead", "兼职教研员";
        /// 兼职培训师
        Trainer = "trainer", "兼职培训师";
    }
}

impl PostKind {
    /// What the post may do, wherever it reaches. The default answer is no.
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::CityOfficer => &[
                P::Workbench,
                P::ReadPlaces,
                P::ImportRegister,
                P::EditRegister,
                P::ReadPlans,
                P::ReadPosts,
                P::ReadObligations,
                P::AppointHeads,
                P::ReadStaff,
                P::KeepStaff,
                P::UnmaskIdentity,
            ],
            Self::SectionOfficer => &[
                P::Workbench,
                P::ReadPlaces,
                P::ImportRegister,
                P::EditRegister,
                P::ReadPlans,
                P::DraftPlans,
                P::AmendClusters,
                P::ReadPosts,
                P::ReadObligations,
                P::AppointHeads,
                P::KeepParties,
                P::ReadStaff,
                P::KeepStaff,
                P::UnmaskIdentity,
            ],
            Self::DeputyInCharge => &[
                P::Workbench,
                P::ReadPlaces,
                P::ReadPlans,
                P::ApprovePlans,
                P::AdoptPlans,
                P::ReadPosts,
                P::ReadObligations,
            ],
            Self::SupervisionOfficer => &[
                P::Workbench,
                P::ReadPlaces,
                P::ReadPlans,
                P::ReadPosts,
                P::ReadObligations,
                P::AppointInspectors,
            ],
            // Whoever acts as head does a principal's work (主持工作).
            Self::Principal | Self::ActingHead => &[
                P::Workbench,
                P::ReadPlaces,
                P::AnswerOpinions,
                P::ReadPosts,
                P::ReadObligations,
                P::AppointLiaison,
                P::ReadStaff,
                P::KeepStaff,
                P::UnmaskIdentity,
            ],
            Self::Auditor => &[
                P::Workbench,
                P::ReadPlaces,
                P::ReadPlans,
                P::ReadAudit,
                P::ReadPosts,
                P::ReadObligations,
            ],
            Self::SystemAdministrator => &[P::Workbench, P::ConfigureSystem],
            Self::SecurityAdministrator => &[P::Workbench, P::KeepAccounts],
            Self::AuditAdministrator => &[P::Workbench, P::ReadAudit],
            Self::Head => {
                &[P::Workbench, P::ReadPlaces, P::ReadPlans, P::ReadPosts, P::ReadObligations]
            }
            Self::ResearchOfficer => {
                &[P::Workbench, P::ReadPlaces, P::ReadPosts, P::ReadObligations, P::AppointLeads]
            }
            Self::TrainingOfficer => {
                &[P::Workbench, P::ReadPlaces, P::ReadPosts, P::ReadObligations, P::AppointTrainers]
            }
            Self::FinanceOfficer => &[P::Workbench, P::ReadPlaces, P::ReadObligations],
            Self::FullTimeInspector
            | Self::PartTimeInspector
            | Self::Liaison
            | Self::ResearchLead
            | Self::Trainer => &[P::Workbench, P::ReadPlaces, P::ReadPosts, P::ReadObligations],
        }
    }
    /// The permission with which this kind of post is given and ended; none for posts that the security administrator gives.
    pub const fn given_with(self) -> Option<Permission> {
        match self {
            Self::FullTimeInspector | Self::PartTimeInspector => {
                Some(Permission::AppointInspectors)
            }
            Self::Principal | Self::ActingHead => Some(Permission::AppointHeads),
            Self::Liaison => Some(Permission::AppointLiaison),
            Self::ResearchLead => Some(Permission::AppointLeads),
            Self::Trainer => Some(Permission::AppointTrainers),
            _ => None,
        }
    }
    /// The kinds of post that a holder of this post gives and ends.
    pub fn gives(self) -> impl Iterator<Item = Self> {
        let is_given = move |kind: &Self| kind.given_with().is_some_and(|with| self.may(with));
        Self::ALL.iter().copied().filter(is_given)
    }
    /// Whether the post is that of an inspector (责任督学), which runs in terms.
    pub const fn is_inspector(self) -> bool {
        matches!(self, Self::FullTimeInspector | Self::PartTimeInspector)
    }
    /// Whether the post holds the seat of a kindergarten in its cluster's committee (园长 or 主持工作).
    pub const fn holds_seat(self) -> bool {
        matches!(self, Self::Principal | Self::ActingHead)
    }
    /// Whether the post stands in a cluster.
    pub const fn is_of_cluster(self) -> bool {
        self.is_inspector() || matches!(self, Self::ResearchLead | Self::Trainer)
    }
    /// Whether the post is one of the three administrators', of whom none may do another's work (三员分立).
    pub const fn is_administrator(self) -> bool {
        matches!(
            self,
            Self::SystemAdministrator | Self::SecurityAdministrator | Self::AuditAdministrator
        )
    }
    /// Whether the post is one of a bureau or an administrator's: what the security administrator gives and ends.
    pub const fn is_of_office(self) -> bool {
        self.is_administrator()
            || matches!(
                self,
                Self::CityOfficer
                    | Self::SectionOfficer
                    | Self::DeputyInCharge
                    | Self::SupervisionOfficer
                    | Self::Auditor
                    | Self::Head
                    | Self::FinanceOfficer
                    | Self::ResearchOfficer
                    | Self::TrainingOfficer
            )
    }
    /// Whether the post carries `permission`.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_administrator_can_do_another_administrators_work() {
        use PostKind::*;
        let administrators = [SystemAdministrator, SecurityAdministrator, AuditAdministrator];
        for permission in
            [Permission::ConfigureSystem, Permission::KeepAccounts, Permission::ReadAudit]
        {
            let holders = administrators.iter().filter(|post| post.may(permission)).count();
            assert_eq!(holders, 1, "{permission:?}");
        }
    }

    #[test]
    fn who_drafts_a_plan_can_neither_approve_nor_adopt_it() {
        for post in PostKind::ALL {
            let drafts = post.may(Permission::DraftPlans);
            assert!(!(drafts && post.may(Permission::ApprovePlans)), "{post:?}");
            assert!(!(drafts && post.may(Permission::AdoptPlans)), "{post:?}");
        }
    }

    #[test]
    fn inspectors_are_appointed_by_the_supervision_office_and_never_by_a_kindergarten() {
        let holders: Vec<_> =
            PostKind::ALL.iter().filter(|post| post.may(Permission::AppointInspectors)).collect();
        assert_eq!(holders, [&PostKind::SupervisionOfficer]);
        assert!(PostKind::ALL.iter().filter(|post| post.holds_seat()).all(|post| {
            !post.may(Permission::AppointInspectors) && !post.may(Permission::AppointHeads)
        }));
    }

    #[test]
    fn a_post_is_given_by_an_office_or_by_the_security_administrator_and_never_by_both() {
        for post in PostKind::ALL {
            assert!(!(post.is_of_office() && post.given_with().is_some()), "{post:?}");
        }
        assert!(
            PostKind::ALL
                .iter()
                .filter(|post| post.is_administrator())
                .all(|post| post.is_of_office())
        );
    }

    #[test]
    fn codes_read_back() {
        for permission in Permission::ALL {
            assert_eq!(Permission::from_code(permission.code()), Some(*permission));
        }
        for post in PostKind::ALL {
            assert_eq!(PostKind::from_code(post.code()), Some(*post));
        }
        assert_eq!(PostKind::from_code("emperor"), None);
    }
}
