//! A slash command as somebody types it, read with the commands that the bot registered.

use serde_json::{Value, json};

use crate::{
    objects, permissions,
    rest::kind_of,
    state::{Id, State},
};

/// Who types, where, and with what.
pub struct Typed<'a> {
    pub state: &'a State,
    pub who: Id,
    pub channel: Id,
    pub files: &'a [Value],
    /// The last option is being typed.
    pub unfinished: bool,
}

/// A command of that kind and name that this person is offered there.
pub fn find(state: &State, who: Id, channel: Id, kind: u64, name: &str) -> Result<Value, String> {
    let guild = state.guild_of(channel);
    let own = guild.and_then(|guild| state.commands.get(&Some(guild))).into_iter().flatten();
    let all = own.chain(state.commands.get(&None).into_iter().flatten());
    let found = all.into_iter().find(|one| kind_of(one) == kind && one["name"] == name);
    let command = found.ok_or_else(|| format!("there is no command {name}"))?;
    let context = u64::from(guild.is_none());
    if let Some(contexts) = command["contexts"].as_array()
        && !contexts.iter().any(|one| one.as_u64() == Some(context))
    {
        return Err(format!("{name} is not offered here"));
    }
    if guild.is_none() && command["contexts"].is_null() && command["dm_permission"] == false {
        return Err(format!("{name} is not offered in direct messages"));
    }
    let rights = permissions::in_channel(state, channel, who);
    let needed = command["default_member_permissions"].as_str().and_then(|bits| bits.parse::<u64>().ok());
    let opened = state.opened.contains(name) || guild.is_none();
    if !opened && needed.is_some_and(|needed| needed == 0 || rights & needed != needed) {
        return Err(format!("{name} is hidden from this person"));
    }
    Ok(command.clone())
}

/// The part of an interaction's data that names the command.
pub fn head(command: &Value) -> Value {
    let mut data = json!({"id": command["id"], "name": command["name"], "type": kind_of(command)});
    if let Some(guild) = command["guild_id"].as_str() {
        data["guild_id"] = json!(guild);
    }
    data
}

pub fn resolved_user(state: &State, channel: Id, who: Id) -> Value {
    let id = who.to_string();
    let mut resolved = json!({"users": {id.clone(): objects::user_of(state, who)}});
    if let Some(guild) = state.guild_of(channel)
        && state.guilds[&guild].members.contains_key(&who)
    {
        let mut member = objects::partial_member(state, guild, who);
        member["permissions"] = json!(permissions::in_channel(state, channel, who).to_string());
        resolved["members"] = json!({id: member});
    }
    resolved
}

impl Typed<'_> {
    /// The data of the interaction that the line makes.
    pub fn read(&self, line: &str) -> Result<Value, String> {
        let line = line.strip_prefix('/').ok_or("a command begins with a slash")?;
        let (name, mut rest) = word(line);
        let command = find(self.state, self.who, self.channel, 1, name)?;
        let mut level = &command;
        let mut path = Vec::new();
        while let Some(next) = options(level).iter().find(|one| matches!(one["type"].as_u64(), Some(1 | 2))) {
            let (name, after) = word(rest);
            let known = options(level).iter().find(|one| one["name"] == name);
            level = known.ok_or_else(|| format!("`{name}` is no subcommand; there is {}", next["name"]))?;
            path.push(level);
            rest = after;
        }
        let mut data = head(&command);
        let mut given = self.given(options(level), rest, &mut data)?;
        while let Some(level) = path.pop() {
            given = json!([{"name": level["name"], "type": level["type"], "options": given}]);
        }
        if given != json!([]) {
            data["options"] = given;
        }
        Ok(data)
    }

    fn given(&self, known: &[Value], text: &str, data: &mut Value) -> Result<Value, String> {
        let mut starts: Vec<(usize, &Value)> = Vec::new();
        for option in known {
            let name = format!("{}:", option["name"].as_str().unwrap_or_default());
            let at_word = |at: &usize| *at == 0 || text[..*at].ends_with(' ');
            starts.extend(text.match_indices(&name).map(|(at, _)| at).find(at_word).map(|at| (at, option)));
        }
        starts.sort_by_key(|(at, _)| *at);
        let first = starts.first().map_or(text.len(), |(at, _)| *at);
        if !text[..first].trim().is_empty() {
            let names: Vec<_> = known.iter().map(|one| one["name"].to_string()).collect();
            return Err(format!("`{}` stands under no option; there is {}", &text[..first], names.join(", ")));
        }
        let mut given = Vec::new();
        for (index, (at, option)) in starts.iter().enumerate() {
            let end = starts.get(index + 1).map_or(text.len(), |(next, _)| *next);
            let name = option["name"].as_str().unwrap_or_default();
            let value = text[at + name.len() + 1..end].trim();
            let last = index + 1 == starts.len();
            given.push(if self.unfinished && last {
                if option["autocomplete"] != true {
                    return Err(format!("{name} completes nothing"));
                }
                json!({"name": name, "type": option["type"], "value": value, "focused": true})
            } else {
                json!({"name": name, "type": option["type"], "value": self.value(option, value, data)?})
            });
        }
        let missing =
            known.iter().find(|one| one["required"] == true && !given.iter().any(|other| other["name"] == one["name"]));
        match missing {
            Some(missing) if !self.unfinished => Err(format!("{} is missing", missing["name"])),
            _ => Ok(Value::Array(given)),
        }
    }

    fn value(&self, option: &Value, value: &str, data: &mut Value) -> Result<Value, String> {
        let name = option["name"].as_str().unwrap_or_default();
        if let Some(choices) = option["choices"].as_array().filter(|choices| !choices.is_empty()) {
            let chosen = choices.iter().find(|one| one["name"] == value || one["value"] == value);
            return chosen.map(|one| one["value"].clone()).ok_or_else(|| format!("{value} is no choice of {name}"));
        }
        match option["type"].as_u64() {
            Some(3) => {
                let length = value.chars().count() as u64;
                let fits = option["min_length"].as_u64().unwrap_or(0) <= length
                    && length <= option["max_length"].as_u64().unwrap_or(6_000);
                if fits {
                    Ok(json!(chosen(self.state, self.channel, value)))
                } else {
                    Err(format!("{name} does not take {length} characters"))
                }
            }
            Some(4) => {
                value.parse::<i64>().map(|number| json!(number)).map_err(|_| format!("{name} takes a whole number"))
            }
            Some(10) => value.parse::<f64>().map(|number| json!(number)).map_err(|_| format!("{name} takes a number")),
            Some(5) => value
                .to_lowercase()
                .parse::<bool>()
                .map(|yes| json!(yes))
                .map_err(|_| format!("{name} takes true or false")),
            Some(6) => {
                let id = self.user(value).ok_or_else(|| format!("nobody is called {value}"))?;
                merge(data, resolved_user(self.state, self.channel, id));
                Ok(json!(id.to_string()))
            }
            Some(7) => {
                let id = self.channel_named(value).ok_or_else(|| format!("no channel is called {value}"))?;
                let shown = objects::partial_channel(self.state, id, self.who);
                merge(data, json!({"channels": {id.to_string(): shown}}));
                Ok(json!(id.to_string()))
            }
            Some(8) => {
                let guild = self.state.guild_of(self.channel).and_then(|guild| self.state.guilds.get(&guild));
                let mut roles = guild.into_iter().flat_map(|guild| guild.roles.values());
                let role = roles
                    .find(|role| value.trim_start_matches('@') == role.name || value == format!("<@&{}>", role.id));
                let role = role.ok_or_else(|| format!("no role is called {value}"))?;
                merge(data, json!({"roles": {role.id.to_string(): objects::role(role, 1)}}));
                Ok(json!(role.id.to_string()))
            }
            Some(11) => {
                let file = self.files.iter().find(|file| file["filename"] == value);
                let file = file.ok_or_else(|| format!("no file {value} was sent"))?;
                let id = file["id"].as_str().unwrap_or_default().to_owned();
                merge(data, json!({"attachments": {id.clone(): file}}));
                Ok(json!(id))
            }
            other => Err(format!("{name} is of type {other:?}")),
        }
    }

    fn user(&self, value: &str) -> Option<Id> {
        let named = value.trim_start_matches(['<', '@', '!']).trim_end_matches('>');
        let mut users = self.state.users.values();
        users.find(|user| user.name == named || user.id.to_string() == named).map(|user| user.id)
    }

    fn channel_named(&self, value: &str) -> Option<Id> {
        let named = value.trim_start_matches(['<', '#']).trim_end_matches('>');
        let guild = self.state.guild_of(self.channel);
        let mut here = self.state.channels.values().filter(|one| one.guild == guild);
        here.find(|one| one.name == named || one.id.to_string() == named).map(|one| one.id)
    }
}

/// The text as Discord sends it once `@name` and `#name` were chosen from the lists that open while one types.
pub fn chosen(state: &State, channel: Id, text: &str) -> String {
    let guild = state.guild_of(channel);
    let find = |sign: char, name: &str| match sign {
        '#' => {
            let found = state.channels.values().find(|one| one.guild == guild && guild.is_some() && one.name == name);
            found.map(|one| format!("<#{}>", one.id))
        }
        _ => {
            let roles = guild.and_then(|guild| state.guilds.get(&guild)).into_iter().flat_map(|one| one.roles.values());
            let user = state.users.values().find(|user| user.name == name).map(|user| format!("<@{}>", user.id));
            user.or_else(|| roles.into_iter().find(|role| role.name == name).map(|role| format!("<@&{}>", role.id)))
        }
    };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['@', '#']) {
        let (before, after) = rest.split_at(at);
        let end = after[1..]
            .find(|letter: char| !letter.is_alphanumeric() && letter != '-')
            .map_or(after.len(), |end| end + 1);
        let begins = before.chars().next_back().is_none_or(char::is_whitespace);
        let found =
            if begins && end > 1 { find(if after.starts_with('#') { '#' } else { '@' }, &after[1..end]) } else { None };
        out.push_str(before);
        out.push_str(found.as_deref().unwrap_or(&after[..end]));
        rest = &after[end..];
    }
    out + rest
}

fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

fn options(of: &Value) -> &[Value] {
    of["options"].as_array().map_or(&[], Vec::as_slice)
}

fn merge(data: &mut Value, resolved: Value) {
    for (kind, objects) in resolved.as_object().into_iter().flatten() {
        for (id, object) in objects.as_object().into_iter().flatten() {
            data["resolved"][kind][id] = object.clone();
        }
    }
}
