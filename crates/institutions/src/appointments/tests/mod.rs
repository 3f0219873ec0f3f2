//! Appointments on both databases: given, refused, many at once, ended, brought by files, and on their pages.

mod concurring;
mod giving;
mod importing;
mod previewing;
mod showing;
