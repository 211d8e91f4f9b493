//! Addresses that no site has: those at which a cloud tells a machine its own credentials.
//!
//! A site in the company's network is usual, so private addresses are good. These are not: whoever could lead Usher there,
//! with a name of their own or in a setting, would read what only the machine may know.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Clouds that do not use the link-local range, or not it alone: Alibaba's, Oracle's older one, and Azure's, which also hands
/// out what its agents on the machine need.
const V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192), Ipv4Addr::new(168, 63, 129, 16)];
/// Amazon's, for machines and for pods; Google's; Scaleway's.
const V6: [Ipv6Addr; 4] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
];

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
        IpAddr::V4(address) => address.is_link_local() || V4.contains(&address),
        IpAddr::V6(address) => match inner(address) {
            Some(inner) => refuses(inner.into()),
            None => address.is_unicast_link_local() || V6.contains(&address),
        },
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, behind a translator (NAT64) or a relay (6to4).
fn inner(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let joined = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => Some(joined(high, low)),
        _ => address.to_ipv4(),
    }
}

/// How a name is looked up.
pub(super) type LookUp = dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync;

/// Looks names up as the system does, and leaves these addresses out. It decides when a connection is made, so that a
/// name cannot change its mind between a check and the call.
#[derive(Clone)]
pub(super) struct Careful(Arc<LookUp>);

impl Default for Careful {
    fn default() -> Self {
        Self::with(|name| Box::pin(async move { Ok(tokio::net::lookup_host((name.as_str(), 0)).await?.collect()) }))
    }
}

impl Careful {
    /// The same care with what somebody else finds.
    pub(super) fn with(
        look_up: impl Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(look_up))
    }
}

impl Resolve for Careful {
    fn resolve(&self, name: Name) -> Resolving {
        let found = (self.0)(name.as_str().to_owned());
        Box::pin(async move {
            let good = kept(found.await?)?;
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

fn kept(found: Vec<SocketAddr>) -> io::Result<Vec<SocketAddr>> {
    let good: Vec<SocketAddr> = found.into_iter().filter(|address| !refuses(address.ip())).collect();
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
            "http://192.0.0.192/",
            "http://168.63.129.16/",
            "http://[fd00:ec2::23]/",
            "http://[fd20:ce::254]/",
            "http://[64:ff9b::a9fe:a9fe]/",
            "http://[2002:a9fe:a9fe::]/",
            "http://[2002:6464:64c8::1]/",
        ] {
            assert!(is_refused(&url.parse().unwrap()), "{url}");
        }
        for url in [
            "http://127.0.0.1:1",
            "http://10.1.2.3",
            "https://[64:ff9b::a01:203]",
            "http://[::1]",
            "https://jira.example",
        ] {
            assert!(!is_refused(&url.parse().unwrap()), "{url}");
        }
    }

    #[test]
    fn a_name_that_leads_there_leads_nowhere() {
        let address = |text: &str| SocketAddr::new(text.parse().unwrap(), 443);
        let both = [address("169.254.169.254"), address("192.0.2.7")];
        assert_eq!(kept(both.into()).unwrap(), [address("192.0.2.7")]);
        assert!(kept(vec![address("fe80::1"), address("169.254.0.1")]).is_err());
        assert!(kept(Vec::new()).is_err());
    }

    #[tokio::test]
    async fn a_client_looks_names_up_with_care() {
        let found = Careful::default().resolve("localhost".parse().unwrap()).await.unwrap();
        assert!(found.into_iter().all(|address| address.ip().is_loopback()));
    }
}
