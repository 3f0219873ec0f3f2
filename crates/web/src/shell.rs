//! What `base.html` shows around every page.

/// One entry of the navigation as shown.
#[derive(Debug, Clone)]
pub struct NavEntry {
    /// Where it leads.
    pub href: &'static str,
    /// What it says.
    pub label: &'static str,
    /// Its icon in the sprite.
    pub icon: &'static str,
    /// Whether the page belongs to it.
    pub current: bool,
}

/// Who acts, as the top bar shows it.
#[derive(Debug, Clone)]
pub struct Acting {
    /// The person's name.
    pub name: String,
    /// The post acted in: 南山区学前科科员.
    pub post: String,
    /// Whether another post could be chosen.
    pub has_other_posts: bool,
}

/// The frame of a page. Every page template has a field `shell` of this type.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// For `<title>`; the page writes its own `<h1>`.
    pub title: String,
    /// Navigation, already filtered by permission.
    pub nav: Vec<NavEntry>,
    /// Who acts; none on the porch.
    pub person: Option<Acting>,
    /// The token of every form on the page.
    pub csrf: String,
    /// A line above everything: the demo says what it is.
    pub notice: Option<String>,
    /// The day shown, when it is not today.
    pub day: Option<String>,
    /// Where the same page shows today; empty where nothing is dated.
    pub today_href: String,
    /// The request's number, for error pages.
    pub request: String,
}

/// What the demo city says on its pages (issue §8: invented where it could hurt someone).
pub(crate) const DEMO_NOTICE: &str =
    "演示城市：幼儿园、人员与位置均为虚构，边界仅供演示，非标准地图";

/// For lists that switch between districts alone: the streets of the place switcher (`m::place_filter`).
pub const NO_STREETS: &[(String, String)] = &[];
