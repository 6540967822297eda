use std::time::Duration;

use reqwest::header::HeaderMap;

use super::certificate::Certificate;
use super::server::{says, says_over_tls};
use crate::model::{Fault, FaultClass};
use crate::transport::{Postbox, Receipt, Trust};

async fn posted(url: &str, trust: Trust) -> Result<Receipt, Fault> {
    let postbox = Postbox::new(trust, Duration::from_secs(5)).unwrap();
    postbox.post(url.parse().unwrap(), HeaderMap::new(), Vec::new()).await
}

#[tokio::test]
async fn a_receipt_has_the_status_and_when_to_come_back() {
    let url = says("HTTP/1.1 429 Slow\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n").await;
    let receipt = posted(&url, Trust::Authorities("")).await;
    assert_eq!(receipt, Ok(Receipt { status: 429, retry_after: Some("5".to_owned()) }));
}

#[tokio::test]
async fn nothing_is_posted_to_a_stranger() {
    let certificate = Certificate::new();
    let url = says_over_tls(certificate.server(), "HTTP/1.1 204 Fine\r\n\r\n").await;
    let fault = posted(&url, Trust::Authorities("")).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::PinMissing);
    let receipt = posted(&url, Trust::Pinned(vec![certificate.pin()])).await.unwrap();
    assert_eq!(receipt.status, 204);
}
