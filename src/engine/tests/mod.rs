//! The engine against a scripted box, on a stopped clock.

mod commands;
mod home;
mod polling;
mod presence;
mod telling;
