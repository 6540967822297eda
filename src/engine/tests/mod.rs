//! The engine against a scripted box, on a stopped clock.

mod access;
mod commands;
mod events;
mod home;
mod line;
mod news;
mod polling;
mod presence;
mod switches;
mod telling;
mod usage;
