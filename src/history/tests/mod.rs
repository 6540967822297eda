mod home;
mod keeping;
