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
    clock::SystemClock,
    error::JiraError,
    identity::{OAuth2App, Protocol, SiteSetup, Verdict, check_site},
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

/// What an operator is told who checks a site.
#[tokio::test]
async fn a_check_explains_what_is_wrong_with_a_certificate() {
    let told = async |certificate: &[u8], root: Option<&[u8]>| {
        let corp: SiteId = "corp".parse().unwrap();
        let url: url::Url = server(certificate).await.parse().unwrap();
        let app = OAuth2App {
            client_id: "id".into(),
            client_secret: "secret".into(),
            scopes: vec!["READ".into()],
            auth_url: url.clone(),
            api_url: url.clone(),
        };
        let site = SiteSetup { id: corp.clone(), url, protocol: Protocol::OAuth2DataCenter(app) };
        let http = Http::with_limits(limits()).unwrap();
        let http = root.map_or_else(|| http.clone(), |root| http.clone().with_ca(corp, root).unwrap());
        let redirect = "http://127.0.0.1:8080/oauth/callback/corp".parse().unwrap();
        match check_site(&http, &site, &redirect, &SystemClock).await.swap_remove(0).verdict {
            Verdict::Ok(words) | Verdict::Note(words) | Verdict::Fails(words) => words,
        }
    };
    let good: &[u8] = include_bytes!("certs/good.pem");
    let said = [
        told(good, Some(ROOT_A)).await,
        told(good, None).await,
        told(good, Some(ROOT_B)).await,
        told(include_bytes!("certs/expired.pem"), Some(ROOT_A)).await,
        told(include_bytes!("certs/other-host.pem"), Some(ROOT_A)).await,
    ];
    insta::assert_snapshot!(said.join("\n"), @r"
    corp answers, its certificate is accepted with `ca_file`
    the certificate of corp comes from an authority that this machine does not know. Set `ca_file` of site corp to your company's root certificate.
    the certificate of corp comes from another authority than the one in `ca_file`. Put the root certificate that issued it there.
    the certificate of corp has expired. Have it renewed.
    the certificate of corp is for another name. Write that name in `url`, or have it renewed.
    ");
}

#[test]
fn a_file_without_certificates_is_refused() {
    for pem in [&b""[..], b"not a certificate", include_bytes!("certs/server-key.pem")] {
        let refused = Http::new().unwrap().with_ca("corp".parse().unwrap(), pem);
        assert!(matches!(refused, Err(HttpError::Certificate)));
    }
}
