#![allow(clippy::float_cmp, reason = "sums of whole numbers")]

mod damage;
mod home;
mod keeping;
mod trouble;
mod upkeep;
