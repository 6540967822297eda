mod broker;
mod golden;
pub(super) mod household;
mod rules;
