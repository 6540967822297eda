mod cases;
mod truth;
