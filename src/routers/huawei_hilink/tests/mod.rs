mod readings;
mod scripted;
mod sessions;
