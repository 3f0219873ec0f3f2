//! The program as an officer or a script would call it, on registers of the demo's generator.

mod checking;
mod importing;
mod planning;
mod program;
mod solving;
