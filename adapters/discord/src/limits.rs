//! Holds requests back: by what Discord's headers say, by its limit for a whole bot, and before too many refused ones
//! lead to a ban.

use std::{collections::HashMap, time::Duration};

use parking_lot::Mutex;
use reqwest::{StatusCode, header::HeaderMap};
use serenity::http::RatelimitingBucket;
use tokio::time::Instant;

/// Discord takes 50 requests a second from one bot.
const EACH_SECOND: u32 = 45;
/// Discord bans an address for a while after 10,000 refused requests in ten minutes.
const REFUSED: u32 = 2_000;
/// The time over which refused requests are counted.
const WINDOW: Duration = Duration::from_secs(600);
/// So many buckets are kept before those that are over are thrown away.
const KEPT: usize = 1_024;

/// The one limiter of a token.
#[derive(Debug)]
pub(crate) struct Limiter(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Nothing is sent before this.
    closed_until: Instant,
    second: Count,
    refused: Count,
    buckets: HashMap<RatelimitingBucket, Bucket>,
}

/// How often something happened since a moment.
#[derive(Debug, Clone, Copy)]
struct Count {
    since: Instant,
    times: u32,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    remaining: u32,
    reset: Instant,
}

/// When a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Now. It is counted.
    Now,
    /// Ask again at this moment.
    At(Instant),
    /// Too many requests were refused; nothing goes before this moment.
    Stopped(Instant),
}

/// What a refusal for speed asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SlowDown {
    /// How long to wait.
    pub(crate) wait: Duration,
    /// Whether it is meant for everything that the bot sends.
    pub(crate) global: bool,
}

impl Limiter {
    /// A limiter that knows of nothing yet.
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        let none = Count { since: now, times: 0 };
        Self(Mutex::new(State { closed_until: now, second: none, refused: none, buckets: HashMap::new() }))
    }

    /// Whether a request of this bucket may go.
    pub(crate) fn turn(&self, bucket: RatelimitingBucket) -> Turn {
        let now = Instant::now();
        let mut state = self.0.lock();
        if state.refused.within(now, WINDOW) >= REFUSED {
            return Turn::Stopped(state.refused.since + WINDOW);
        }
        if state.closed_until > now {
            return Turn::At(state.closed_until);
        }
        if let Some(bucket) = state.buckets.get(&bucket).filter(|bucket| bucket.remaining == 0 && bucket.reset > now) {
            return Turn::At(bucket.reset);
        }
        if state.second.within(now, Duration::from_secs(1)) >= EACH_SECOND {
            return Turn::At(state.second.since + Duration::from_secs(1));
        }
        state.second.times += 1;
        if let Some(bucket) = state.buckets.get_mut(&bucket) {
            bucket.remaining = bucket.remaining.saturating_sub(1);
        }
        Turn::Now
    }

    /// Learns from an answer's headers.
    pub(crate) fn heard(&self, bucket: RatelimitingBucket, status: StatusCode, headers: &HeaderMap) {
        let now = Instant::now();
        let mut state = self.0.lock();
        let shared = text(headers, "x-ratelimit-scope") == Some("shared");
        if matches!(status.as_u16(), 401 | 403) || (status.as_u16() == 429 && !shared) {
            state.refused.within(now, WINDOW);
            state.refused.times += 1;
            if state.refused.times == REFUSED {
                tracing::error!("Discord refused {REFUSED} requests within ten minutes; nothing is sent for a while");
            }
        }
        let remaining = text(headers, "x-ratelimit-remaining").and_then(|text| text.parse().ok());
        let reset = text(headers, "x-ratelimit-reset-after").and_then(seconds);
        if let (Some(remaining), Some(reset), false) = (remaining, reset, bucket.is_none()) {
            if state.buckets.len() >= KEPT {
                state.buckets.retain(|_, bucket| bucket.reset > now);
            }
            state.buckets.insert(bucket, Bucket { remaining, reset: now + reset });
        }
    }

    /// Learns that a request came too soon.
    pub(crate) fn slow_down(&self, bucket: RatelimitingBucket, asked: SlowDown) {
        let until = Instant::now() + asked.wait;
        let mut state = self.0.lock();
        if asked.global {
            state.closed_until = state.closed_until.max(until);
        } else if !bucket.is_none() {
            state.buckets.insert(bucket, Bucket { remaining: 0, reset: until });
        }
    }
}

impl Count {
    /// How often it happened in the time that `now` is in; begins a new time where the old one is over.
    fn within(&mut self, now: Instant, length: Duration) -> u32 {
        if now.duration_since(self.since) >= length {
            *self = Self { since: now, times: 0 };
        }
        self.times
    }
}

impl SlowDown {
    /// Reads a 429: its body, or else its headers.
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let told = body["retry_after"].as_f64().and_then(duration);
        let wait = told.or_else(|| text(headers, "retry-after").and_then(seconds)).unwrap_or(Duration::from_secs(5));
        let global = body["global"].as_bool().unwrap_or(false) || headers.contains_key("x-ratelimit-global");
        Self { wait, global }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn seconds(text: &str) -> Option<Duration> {
    text.parse().ok().and_then(duration)
}

fn duration(seconds: f64) -> Option<Duration> {
    // A day is more than Discord ever asks for, and keeps what is wrong from overflowing.
    Duration::try_from_secs_f64(seconds).ok().map(|wait| wait.min(Duration::from_secs(86_400)))
}

#[cfg(test)]
mod tests {
    use serenity::{all::ChannelId, http::Route};

    use super::*;

    fn bucket(channel: u64) -> RatelimitingBucket {
        Route::ChannelMessages { channel_id: ChannelId::new(channel) }.ratelimiting_bucket()
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn an_empty_bucket_waits_and_the_others_do_not() {
        let limiter = Limiter::new();
        let told = headers(&[("x-ratelimit-remaining", "1"), ("x-ratelimit-reset-after", "2.5")]);
        limiter.heard(bucket(1), StatusCode::OK, &told);
        assert_eq!(limiter.turn(bucket(1)), Turn::Now);
        assert_eq!(limiter.turn(bucket(1)), Turn::At(Instant::now() + Duration::from_millis(2_500)));
        assert_eq!(limiter.turn(bucket(2)), Turn::Now);
        tokio::time::advance(Duration::from_millis(2_500)).await;
        assert_eq!(limiter.turn(bucket(1)), Turn::Now);
    }

    #[tokio::test(start_paused = true)]
    async fn a_global_refusal_closes_everything_and_a_local_one_its_bucket() {
        let limiter = Limiter::new();
        let local = SlowDown::read(&HeaderMap::new(), br#"{"message":"slow","retry_after":0.5,"global":false}"#);
        assert_eq!(local, SlowDown { wait: Duration::from_millis(500), global: false });
        limiter.slow_down(bucket(1), local);
        assert!(matches!(limiter.turn(bucket(1)), Turn::At(_)));
        assert_eq!(limiter.turn(bucket(2)), Turn::Now);
        let global = SlowDown::read(&headers(&[("retry-after", "3"), ("x-ratelimit-global", "true")]), b"<html>");
        assert_eq!(global, SlowDown { wait: Duration::from_secs(3), global: true });
        limiter.slow_down(bucket(2), global);
        assert_eq!(limiter.turn(bucket(3)), Turn::At(Instant::now() + Duration::from_secs(3)));
        for odd in ["-1", "nan", "1e300", "soon"] {
            let read = SlowDown::read(&headers(&[("retry-after", odd)]), b"{}");
            assert!(read.wait >= Duration::from_secs(5), "{odd}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_whole_bot_stays_below_its_limit() {
        let limiter = Limiter::new();
        let at_once = (1..100).filter(|channel| limiter.turn(bucket(*channel)) == Turn::Now).count();
        assert_eq!(at_once, 45);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(limiter.turn(bucket(1)), Turn::Now);
    }

    #[tokio::test(start_paused = true)]
    async fn refused_requests_stop_long_before_a_ban() {
        let limiter = Limiter::new();
        let shared = headers(&[("x-ratelimit-scope", "shared")]);
        for _ in 0..REFUSED {
            limiter.heard(bucket(1), StatusCode::NOT_FOUND, &HeaderMap::new());
            limiter.heard(bucket(1), StatusCode::TOO_MANY_REQUESTS, &shared);
        }
        assert_eq!(limiter.turn(bucket(1)), Turn::Now, "neither counts");
        for status in [401, 403, 429].into_iter().cycle().take(REFUSED as usize) {
            limiter.heard(bucket(1), StatusCode::from_u16(status).unwrap(), &HeaderMap::new());
        }
        assert!(matches!(limiter.turn(bucket(1)), Turn::Stopped(_)));
        tokio::time::advance(WINDOW).await;
        assert_eq!(limiter.turn(bucket(1)), Turn::Now);
    }
}
