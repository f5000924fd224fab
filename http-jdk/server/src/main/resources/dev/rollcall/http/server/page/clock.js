// The registry's clock, as far as its answers tell it: leases end by that one, not by this device's.
//
// Each answer has a Date of whole seconds, so it bounds the difference of the two clocks to a second
// and the time that the answer took. The bounds of all answers together leave some hundredths.

const SECOND = 1000;
let low = -Infinity;
let high = Infinity;

// Times are milliseconds of Date.now().
export function learn(dateHeader, sentAt, receivedAt) {
  const date = Date.parse(dateHeader ?? "");
  if (Number.isNaN(date)) {
    return;
  }
  low = Math.max(low, date - receivedAt);
  high = Math.min(high, date + SECOND - sentAt);
  if (low > high) {
    // One of the clocks was set meanwhile: only this answer counts.
    low = date - receivedAt;
    high = date + SECOND - sentAt;
  }
}

export function now() {
  return Date.now() + (low === -Infinity ? 0 : (low + high) / 2);
}
