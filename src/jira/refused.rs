//! Addresses that no site has: those at which a cloud tells a machine its own credentials.
//!
//! A site in the company's network is usual, so private addresses are good. These are not: whoever could lead Usher there,
//! with a name of their own or in a setting, would read what only the machine may know.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Clouds that do not use the link-local range.
const ALIBABA: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);
const AMAZON: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// Whether an address is written as one of these.
pub fn is_refused(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => refuses(address.into()),
        Some(Host::Ipv6(address)) => refuses(address.into()),
        Some(Host::Domain(_)) | None => false,
    }
}

fn refuses(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local() || address == ALIBABA,
        IpAddr::V6(address) => match address.to_ipv4() {
            Some(inner) => refuses(inner.into()),
            None => address.is_unicast_link_local() || address == AMAZON,
        },
    }
}

/// Looks names up as the system does, and leaves these addresses out. It decides when a connection is made, so that a
/// name cannot change its mind between a check and the call.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Careful;

impl Resolve for Careful {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let good = kept(found)?;
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

fn kept(found: impl Iterator<Item = SocketAddr>) -> io::Result<Vec<SocketAddr>> {
    let good: Vec<SocketAddr> = found.filter(|address| !refuses(address.ip())).collect();
    match good.is_empty() {
        true => Err(io::Error::other("the name leads to no address that a site may have")),
        false => Ok(good),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_addresses_are_refused_however_they_are_written() {
        for url in [
            "http://169.254.169.254/latest/meta-data",
            "http://2852039166/",
            "http://0xa9fea9fe/",
            "http://0251.0376.0251.0376/",
            "http://169.254.169.254./",
            "https://[::ffff:169.254.169.254]/",
            "http://[::169.254.169.254]/",
            "http://[fe80::1]/",
            "http://[fd00:ec2::254]/",
            "http://100.100.100.200/",
            "http://169.254.170.2/",
        ] {
            assert!(is_refused(&url.parse().unwrap()), "{url}");
        }
        for url in
            ["http://127.0.0.1:1", "http://10.1.2.3", "https://192.168.1.1", "http://[::1]", "https://jira.example"]
        {
            assert!(!is_refused(&url.parse().unwrap()), "{url}");
        }
    }

    #[test]
    fn a_name_that_leads_there_leads_nowhere() {
        let address = |text: &str| SocketAddr::new(text.parse().unwrap(), 443);
        let both = [address("169.254.169.254"), address("192.0.2.7")];
        assert_eq!(kept(both.into_iter()).unwrap(), [address("192.0.2.7")]);
        assert!(kept([address("fe80::1"), address("169.254.0.1")].into_iter()).is_err());
        assert!(kept(std::iter::empty()).is_err());
    }

    #[tokio::test]
    async fn a_client_looks_names_up_with_care() {
        let found = Careful.resolve("localhost".parse().unwrap()).await.unwrap();
        assert!(found.into_iter().all(|address| address.ip().is_loopback()));
    }
}
