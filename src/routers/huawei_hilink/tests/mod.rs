mod readings;
mod sessions;
