//! Certificates: a company's own root helps its own site, and nothing else is let through.
//!
//! The certificates under `certs/` were made with openssl for `127.0.0.1`; root A signed them all.

use std::sync::Arc;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig, crypto,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};
use usher::{
    error::JiraError,
    ids::{AccountId, SiteId},
    jira::{Client, Http, HttpError, Site},
};

use super::server::{Ticket, limits};

const ROOT_A: &[u8] = include_bytes!("certs/root-a.pem");
const ROOT_B: &[u8] = include_bytes!("certs/root-b.pem");

/// Answers `/myself` over TLS with this certificate.
async fn server(certificate: &[u8]) -> String {
    let chain = vec![CertificateDer::from_pem_slice(certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("certs/server-key.pem")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{\"name\":\"root\"}").await;
        }
    });
    url
}

async fn ask(http: Http, site: &SiteId, url: &str) -> Result<String, JiraError> {
    let site = Site::data_center(site.clone(), url.parse().unwrap());
    let client = Client::new(http, Arc::new(site), Arc::new(Ticket::default()), AccountId("x".into()));
    client.users().myself().await.map(|user| user.name)
}

#[tokio::test]
async fn a_sites_own_root_is_trusted_for_that_site_alone() {
    let (corp, other): (SiteId, SiteId) = ("corp".parse().unwrap(), "other".parse().unwrap());
    let http = || Http::with_limits(limits()).unwrap();
    let trusting_a = || http().with_ca(corp.clone(), ROOT_A).unwrap();
    let good = server(include_bytes!("certs/good.pem")).await;
    assert_eq!(ask(trusting_a(), &corp, &good).await.unwrap(), "root");

    let expired = server(include_bytes!("certs/expired.pem")).await;
    let other_host = server(include_bytes!("certs/other-host.pem")).await;
    for (http, site, url, reason) in [
        (http(), &corp, &good, "UnknownIssuer"),
        (trusting_a(), &other, &good, "UnknownIssuer"),
        (http().with_ca(corp.clone(), ROOT_B).unwrap(), &corp, &good, "UnknownIssuer"),
        (trusting_a(), &corp, &expired, "expired"),
        (trusting_a(), &corp, &other_host, "not valid for name"),
    ] {
        let error = ask(http, site, url).await.unwrap_err();
        let JiraError::Away { detail } = &error else { panic!("{error}") };
        assert!(detail.starts_with("not sent: ") && detail.contains(reason), "{detail}");
    }
}

#[test]
fn a_file_without_certificates_is_refused() {
    for pem in [&b""[..], b"not a certificate", include_bytes!("certs/server-key.pem")] {
        let refused = Http::new().unwrap().with_ca("corp".parse().unwrap(), pem);
        assert!(matches!(refused, Err(HttpError::Certificate)));
    }
}
