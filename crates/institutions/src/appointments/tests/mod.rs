//! Appointments on both databases: given, refused, many at once, ended, and on their pages.

mod concurring;
mod giving;
mod previewing;
mod showing;
