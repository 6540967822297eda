mod damage;
mod home;
mod keeping;
mod trouble;
mod upkeep;
