//! The running sandbox: starts the listeners and hands out their addresses.
use std::io;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::calls::Calls;
use crate::faults::Faults;
use crate::gate::behind;
use crate::server::Loopback;
use crate::world::World;
use crate::{Addresses, Clock, Options, PersonId, Scopes, State, oauth1, oauth2, rest};

/// A running sandbox. It ends when dropped; [`Sandbox::stop`] also waits for the end.
#[derive(Debug)]
pub struct Sandbox {
    pub(crate) state: Arc<State>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Binds the listeners on loopback and serves them until the handle is dropped. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// A port that is in use.
    pub async fn start(options: Options) -> io::Result<Self> {
        let port = |step: u16| options.port.map_or(0, |base| base.saturating_add(step));
        let auth = Loopback::bind(port(0)).await?;
        let api = Loopback::bind(port(1)).await?;
        let cloud = Loopback::bind(port(2)).await?;
        let other_cloud = Loopback::bind(port(3)).await?;
        let dc = Loopback::bind(port(4)).await?;
        let control = Loopback::bind(port(5)).await?;
        let addresses = Addresses {
            auth: auth.url()?,
            api: api.url()?,
            cloud: cloud.url()?,
            other_cloud: other_cloud.url()?,
            dc: dc.url()?,
            control: control.url()?,
        };
        let clock = options.clock.clone();
        let state = Arc::new(State {
            oauth2: oauth2::Provider::new(&options, clock.clone()),
            oauth1: oauth1::Provider::new(&options, clock.clone()),
            dc_oauth2: oauth2::Provider::data_center(clock.clone()),
            options: RwLock::new(options),
            world: Mutex::new(World::new(&addresses, clock.now())),
            addresses,
            clock,
            api_tokens: Mutex::default(),
            personal_tokens: Mutex::default(),
            faults: Faults::default(),
            calls: Calls::default(),
        });
        let (stop, stopped) = watch::channel(false);
        let shared = || Arc::clone(&state);
        let data_center = oauth1::Provider::router(shared())
            .merge(oauth2::Provider::data_center_router(shared()))
            .merge(rest::data_center_router(shared()));
        let tasks = vec![
            auth.serve(behind(oauth2::Provider::router(shared()), &state, "auth"), stopped.clone()),
            api.serve(
                behind(oauth2::Provider::api_router(shared()).merge(rest::api_router(shared())), &state, "api"),
                stopped.clone(),
            ),
            cloud.serve(behind(rest::site_router(shared(), "acme"), &state, "cloud"), stopped.clone()),
            other_cloud.serve(behind(rest::site_router(shared(), "globex"), &state, "other_cloud"), stopped.clone()),
            dc.serve(behind(data_center, &state, "dc"), stopped.clone()),
            control.serve(crate::control::router(shared()), stopped),
        ];
        Ok(Self { state, stop, tasks })
    }

    /// Stops accepting, lets requests in flight end, and returns when all listeners are gone.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        for task in std::mem::take(&mut self.tasks) {
            if let Err(error) = task.await {
                tracing::error!(%error, "a listener of the sandbox failed");
            }
        }
    }

    /// The shared state, for tests that reach into the sandbox.
    pub fn state(&self) -> &Arc<State> {
        &self.state
    }

    /// Stands in for `https://auth.atlassian.com`.
    pub fn auth_url(&self) -> &str {
        &self.state.addresses.auth
    }

    /// Stands in for `https://api.atlassian.com`.
    pub fn api_url(&self) -> &str {
        &self.state.addresses.api
    }

    /// The Cloud site `acme`.
    pub fn cloud_url(&self) -> &str {
        &self.state.addresses.cloud
    }

    /// A second Cloud site, `globex`, which the same people can see.
    pub fn other_cloud_url(&self) -> &str {
        &self.state.addresses.other_cloud
    }

    /// The Data Center site `corp`.
    pub fn dc_url(&self) -> &str {
        &self.state.addresses.dc
    }

    /// The controls over HTTP.
    pub fn control_url(&self) -> &str {
        &self.state.addresses.control
    }

    /// The sandbox's clock.
    pub fn clock(&self) -> &Clock {
        &self.state.clock
    }

    /// Moves the sandbox's clock forward.
    pub fn advance(&self, by: Duration) {
        self.state.clock.advance(by);
    }

    /// Registers one more redirect URI, for the Cloud app and for the Data Center link.
    pub fn add_redirect_uri(&self, uri: impl Into<String>) {
        let uri = uri.into();
        let mut options = self.state.options.write();
        options.cloud_client.redirect_uris.push(uri.clone());
        options.dc_client.redirect_uris.push(uri);
    }

    /// Sets the public key of the Data Center application link.
    pub fn set_consumer_key(&self, public_key_pem: impl Into<String>) {
        self.state.options.write().dc_consumer.public_key_pem = Some(public_key_pem.into());
    }

    /// A Cloud access token without walking any page. `scopes` is a space separated list.
    pub fn token_for(&self, person: &str, scopes: &str) -> String {
        self.state.oauth2.issue_access(&PersonId::new(person), Scopes::parse(scopes))
    }
}
