mod figures;
mod line;
mod patience;
