//! The engine against a scripted box, on a stopped clock.

mod commands;
mod home;
mod line;
mod polling;
mod presence;
mod telling;
