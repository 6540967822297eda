//! Every fault of the simulated boxes ends in the documented availability, in one line of the log, and with no wrong
//! value published: the bridge as a process, an embedded broker, and boxes whose troubles come and go.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod outages;
mod page;
mod story;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod watch;

use story::House;

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_freebox_ends_as_documented() {
    House::with_a_box_for_each_fault(&table::FREEBOX).await.lives_through_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_hitron_gateway_ends_as_documented() {
    House::with_a_box_for_each_fault(&table::GATEWAY).await.lives_through_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_hitron_modem_ends_as_documented() {
    House::with_a_box_for_each_fault(&table::MODEM).await.lives_through_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_an_altibox_portal_ends_as_documented() {
    House::with_a_box_for_each_fault(&table::PORTAL).await.lives_through_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_b593_ends_as_documented() {
    House::with_a_box_for_each_fault(&table::B593).await.lives_through_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_hilink_router_ends_as_documented() {
    House::with_a_box_for_each_fault(&table::HILINK).await.lives_through_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_tplink_router_ends_as_documented() {
    House::with_a_box_for_each_fault(&table::TPLINK).await.lives_through_all().await;
}
