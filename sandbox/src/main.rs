//! Serves the sandbox until interrupted: `cargo run -p usher-sandbox`.
use std::io;
use std::path::PathBuf;

use clap::Parser;
use usher_sandbox::{Options, Sandbox};

/// A small Jira, Cloud and Data Center, to try things on.
#[derive(Debug, Parser)]
#[command(name = "usher-sandbox", version)]
struct Arguments {
    /// The first of six consecutive ports on 127.0.0.1; free ones are taken when it is left out
    #[arg(long)]
    port: Option<u16>,
    /// A redirect URI that the Cloud app and the Data Center link may use; may be repeated
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// The PEM file with the public key of the Data Center application link
    #[arg(long, value_name = "FILE")]
    consumer_public_key: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(io::stderr)
        .init();
    let arguments = Arguments::parse();
    let mut options = Options { port: arguments.port, ..Options::default() };
    options.cloud_client.redirect_uris.extend(arguments.redirect_uris.iter().cloned());
    options.dc_client.redirect_uris.extend(arguments.redirect_uris);
    if let Some(file) = arguments.consumer_public_key {
        options.dc_consumer.public_key_pem = Some(std::fs::read_to_string(file)?);
    }
    let sandbox = Sandbox::start(options).await?;
    println!("{}", table(&sandbox));
    tokio::signal::ctrl_c().await?;
    sandbox.stop().await;
    Ok(())
}

fn table(sandbox: &Sandbox) -> String {
    let state = sandbox.state();
    let options = state.options.read();
    let mut lines = vec![
        format!("auth          {}   stands in for https://auth.atlassian.com", sandbox.auth_url()),
        format!("api           {}   stands in for https://api.atlassian.com", sandbox.api_url()),
        format!("acme          {}   Cloud site: DEMO, WEB, HR", sandbox.cloud_url()),
        format!("globex        {}   another Cloud site: LAB", sandbox.other_cloud_url()),
        format!("corp          {}   Data Center site: OPS, CORP, SEC", sandbox.dc_url()),
        format!("control       {}   for tests", sandbox.control_url()),
        String::new(),
        format!(
            "Cloud app     client_id {}, client_secret {}",
            options.cloud_client.id,
            options.cloud_client.secret.expose()
        ),
        format!("              redirect URIs {}", options.cloud_client.redirect_uris.join(" ")),
        format!("Consumer      key {}", options.dc_consumer.key),
        format!(
            "Data Center   client_id {}, client_secret {}",
            options.dc_client.id,
            options.dc_client.secret.expose()
        ),
        format!("              redirect URIs {}", options.dc_client.redirect_uris.join(" ")),
        String::new(),
    ];
    for person in state.world.lock().people().iter().filter(|person| person.can_sign_in) {
        lines.push(format!("{:<13} {} (Data Center: {})", person.id.as_str(), person.name, person.dc_name));
    }
    lines.join("\n")
}
