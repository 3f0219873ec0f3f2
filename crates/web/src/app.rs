//! What all requests share.

use std::sync::Arc;

use kernel::{Permission, PhoneGateway};
use storage::Db;

/// What the bureau sets about its maps.
#[derive(Debug, Clone, Default)]
pub struct MapSettings {
    /// Address of a tile layer (天地图 …), empty for none.
    pub tiles: String,
    /// The layer's credit line.
    pub credit: String,
    /// 审图号 of the bureau's own map.
    pub approval: String,
}

/// The backups that the server makes by the clock.
#[derive(Debug, Clone)]
pub struct BackupSettings {
    /// Where they are put.
    pub folder: String,
    /// Hours between two.
    pub hours: u32,
    /// How many files are kept.
    pub keep: u32,
}

/// What the server was configured with, as far as pages must know.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The city's name: 深圳市.
    pub city_name: String,
    /// Whether this is the demo city; every page says so.
    pub is_demo: bool,
    /// Whether cookies may only travel over TLS.
    pub secure_cookies: bool,
    /// Maps.
    pub map: MapSettings,
    /// Backups by the clock; none if none are made.
    pub backups: Option<BackupSettings>,
    /// How long sign-ins and passwords hold.
    pub sign_in: SignInSettings,
    /// What delivers codes to telephones; without it nobody signs in by telephone, and no page speaks of it.
    pub phone_gateway: Option<PhoneGateway>,
}

/// How long sign-ins and passwords hold. GB/T 22239 level 3 names the controls and no numbers; these are the common choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInSettings {
    /// Minutes of silence after which a session has ended.
    pub idle_minutes: i64,
    /// Hours after which a session has ended, however busy.
    pub longest_hours: i64,
    /// Days after which a password must be changed; 0 for never.
    pub password_days: i64,
}

impl Default for SignInSettings {
    fn default() -> Self {
        Self { idle_minutes: 30, longest_hours: 12, password_days: 90 }
    }
}

/// One line of the navigation, shown to posts that carry its permission.
#[derive(Debug, Clone, Copy)]
pub struct NavLine {
    /// Where it leads.
    pub href: &'static str,
    /// What it says.
    pub label: &'static str,
    /// Its icon in the sprite.
    pub icon: &'static str,
    /// Who sees it.
    pub permission: Permission,
    /// Smaller comes first.
    pub order: u8,
}

/// The application: cheap to clone, handed to every handler.
#[derive(Debug, Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The settings.
    pub settings: Arc<Settings>,
    /// The navigation, in order.
    pub nav: Arc<Vec<NavLine>>,
}

impl App {
    /// An application around a database.
    pub fn new(db: Db, settings: Settings, mut nav: Vec<NavLine>) -> Self {
        nav.sort_by_key(|line| line.order);
        Self { db, settings: Arc::new(settings), nav: Arc::new(nav) }
    }
}
