use super::*;

#[test]
fn the_first_reading_is_the_opening_balance() {
    let evidence = Evidence::at(Timestamp::UNIX_EPOCH);
    let (life, growth) = Lifetime::begin(5, &Counting::USUAL, &evidence);
    assert_eq!((life.total(), growth), (5, None));
}
