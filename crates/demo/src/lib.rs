//! The demo city: real districts, streets and communities; invented kindergartens. Said so on its pages.

pub mod register;
