//! Files that people attach: Discord keeps them on hosts of their own, and hands them to whoever has the address.

use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use reqwest::StatusCode;
use url::Url;
use usher_chat::{AdapterError, FileContent, OpenError};

/// The hosts on which Discord keeps attachments.
const HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];
/// How long the reading of one file may take.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Opens attachments. Their addresses come in events, and no others are asked.
#[derive(Debug)]
pub(crate) struct Files {
    client: reqwest::Client,
    /// What stands in for Discord keeps its files too.
    stand_in: Option<Url>,
}

impl Files {
    pub(crate) fn new(api_url: Option<&Url>) -> Result<Self, AdapterError> {
        // A client of its own: the bot's token never goes to these hosts.
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| AdapterError::Platform(format!("no HTTP client could be made: {error}")))?;
        Ok(Self { client, stand_in: api_url.cloned() })
    }

    /// Opens the attachment at `address`.
    pub(crate) async fn open(&self, address: &str) -> Result<FileContent, OpenError> {
        let url = Url::parse(address).ok().filter(|url| self.keeps(url)).ok_or(OpenError::Gone)?;
        let response = self.client.get(url).send().await.map_err(away)?;
        match response.status() {
            StatusCode::OK => Ok(response.bytes_stream().map_err(away).boxed()),
            // The address is good for a day.
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => Err(OpenError::Gone),
            status => Err(OpenError::Away(format!("Discord answered {}", status.as_u16()))),
        }
    }

    fn keeps(&self, url: &Url) -> bool {
        let own =
            url.scheme() == "https" && url.port().is_none() && url.host_str().is_some_and(|at| HOSTS.contains(&at));
        let stand_in = self.stand_in.as_ref().is_some_and(|stand_in| stand_in.origin() == url.origin());
        (own || stand_in) && url.username().is_empty() && url.password().is_none()
    }
}

/// The address is left out: whoever has it can read the file.
fn away(error: reqwest::Error) -> OpenError {
    let why = if error.is_timeout() {
        "it took too long"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    OpenError::Away(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_discords_own_files_are_opened() {
        let discord = Files::new(None).unwrap();
        let stand_in = Files::new(Some(&"http://127.0.0.1:4000/".parse().unwrap())).unwrap();
        for (address, own, other) in [
            ("https://cdn.discordapp.com/attachments/1/2/a.txt?ex=1&is=2&hm=3", true, true),
            ("https://media.discordapp.net/attachments/1/2/a.png", true, true),
            ("http://cdn.discordapp.com/attachments/1/2/a.txt", false, false),
            ("https://cdn.discordapp.com:8443/a.txt", false, false),
            ("https://cdn.discordapp.com.example/a.txt", false, false),
            ("https://x@cdn.discordapp.com/a.txt", false, false),
            ("https://x.cdn.discordapp.com/a.txt", false, false),
            ("http://127.0.0.1:4000/attachments/1/2/a.txt", false, true),
            ("http://127.0.0.1:4001/attachments/1/2/a.txt", false, false),
            ("http://169.254.169.254/latest/meta-data", false, false),
            ("file:///etc/passwd", false, false),
        ] {
            let keeps = |files: &Files| Url::parse(address).is_ok_and(|url| files.keeps(&url));
            assert_eq!((keeps(&discord), keeps(&stand_in)), (own, other), "{address}");
        }
    }

    #[tokio::test]
    async fn what_is_no_address_is_no_file() {
        let opened = Files::new(None).unwrap().open("DEMO-1").await;
        assert_eq!(opened.err(), Some(OpenError::Gone));
    }
}
