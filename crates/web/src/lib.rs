//! What every page stands on: the route table, the desk of a request, forms, failure pages, the shell, the assets.
//!
//! A family declares its [`Routes`]; each names the permission it needs, so that no route can forget it. A handler takes
//! a [`Desk`], calls one act or reads from a store, and answers with a page, a redirect or a [`Failure`](kernel::Failure).

mod app;
mod assets;
mod desk;
mod ending;
mod forms;
mod paging;
mod routes;
mod shell;
mod upload;

pub use app::{App, BackupSettings, MapSettings, NavLine, Settings, SignInSettings};
pub use assets::assets;
pub use desk::{Desk, Porch, Visit};
pub use ending::{Ended, Page, finish};
pub use forms::{Faults, Form, Path, Query};
pub use paging::Paging;
pub use routes::{Access, RouteLine, Routes};
pub use shell::{Acting, NO_STREETS, NavEntry, Shell};
pub use upload::{UPLOAD_LIMIT_BYTES, Upload};

/// Downloads and small answers.
pub mod answer;
/// The token that proves that a form was written by us for this session.
pub mod csrf;
