mod broker;
mod golden;
mod household;
mod rules;
