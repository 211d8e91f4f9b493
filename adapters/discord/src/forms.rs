//! Forms: a private button opens a modal with up to five text fields; choices are menus in the message before it, and
//! each further page is again a message with a button. What has been entered is kept in the host's memory.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use serenity::all::{ActionRowComponent, ModalInteractionData, UserId};
use usher_chat::{ActionId, ButtonStyle, Field, FieldKind, Form, Input, Place, SendError};

use crate::{
    Inner, Lent,
    deliver::Asker,
    ids::{CustomId, KeptId},
    interactions::{Ack, Call, GONE},
    render::{
        Message,
        components::{ENTRIES, button, entry, menu, row, words},
        length, markdown,
    },
};

/// Discord's limits.
const TEXTS: usize = 5;
const MENUS: usize = 4;
const TITLE: usize = 45;
const LABEL: usize = 45;
const PLACEHOLDER: usize = 100;
const VALUE: usize = 4_000;

/// A form that is being filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Filling {
    id: ActionId,
    title: String,
    fields: Vec<Field>,
    person: UserId,
    place: Place,
    values: BTreeMap<String, Vec<String>>,
}

/// Keeps a form and returns the rows that offer it.
pub(crate) async fn offer(lent: &Lent, form: &Form, asker: &Asker) -> Result<Vec<Value>, SendError> {
    let filling = Filling::new(form, asker);
    let kept = lent.shelf.put(&filling).await.map_err(|error| SendError::Away(error.to_string()))?;
    filling.rows(&kept, 0)
}

/// The button of a page was pressed.
pub(crate) async fn opened(inner: &Arc<Inner>, call: &Call, ack: Ack, kept: &KeptId, page: usize) {
    let Some((filling, ack)) = fetch(inner, call, ack, kept).await else { return };
    if let Some(field) = filling.not_chosen(page) {
        return call.tell(inner, ack, &format!("Choose {} first.", field.label)).await;
    }
    if filling.texts(page).is_empty() {
        return go_on(inner, call, ack, kept, page, filling).await;
    }
    match filling.modal(kept, page) {
        Some(modal) => drop(call.acknowledge(inner, ack, json!({ "type": 9, "data": modal })).await),
        None => call.tell(inner, ack, GONE).await,
    }
}

/// Something was chosen in a field's menu.
pub(crate) async fn chosen(
    inner: &Arc<Inner>,
    call: &Call,
    ack: Ack,
    (kept, field): (&KeptId, usize),
    chosen: &[String],
) {
    let Some((filling, ack)) = fetch(inner, call, ack, kept).await else { return };
    let Some(Field { name, options, .. }) = filling.fields.get(field) else { return call.tell(inner, ack, GONE).await };
    let options = chosen.iter().filter_map(|index| options.get(index.parse::<usize>().ok()?).cloned());
    let entered = BTreeMap::from([(name.clone(), options.collect())]);
    if let Some((_, ack)) = enter(inner, call, ack, kept, entered).await {
        call.acknowledge(inner, ack, json!({ "type": 6 })).await;
    }
}

/// A page's modal was sent.
pub(crate) async fn filled(
    inner: &Arc<Inner>,
    call: &Call,
    ack: Ack,
    (kept, page): (&KeptId, usize),
    data: &ModalInteractionData,
) {
    let Some((filling, ack)) = fetch(inner, call, ack, kept).await else { return };
    let (entered, problem) = filling.read(data);
    let Some((filling, ack)) = enter(inner, call, ack, kept, entered).await else { return };
    match problem {
        Some(problem) => call.tell(inner, ack, &problem).await,
        None => go_on(inner, call, ack, kept, page, filling).await,
    }
}

/// Shows the next page, or sends the form.
async fn go_on(inner: &Arc<Inner>, call: &Call, ack: Ack, kept: &KeptId, page: usize, filling: Filling) {
    if page + 1 < filling.pages() {
        let Ok(rows) = filling.rows(kept, page + 1) else { return call.tell(inner, ack, GONE).await };
        let heading = format!("**{}** · {} of {}", markdown::line(&filling.title), page + 2, filling.pages());
        let body = Message { rows, ..Message::words(heading) }.body(0);
        call.acknowledge(inner, ack, json!({ "type": 7, "data": body })).await;
        return;
    }
    // A lone field may be tried again, such as a code with a slip. Anything longer has served its purpose.
    let callback = match filling.is_lone_text() {
        true => json!({ "type": 6 }),
        false => json!({ "type": 7, "data": { "components": [], "allowed_mentions": { "parse": [] } } }),
    };
    if call.acknowledge(inner, ack, callback).await {
        let Filling { id: form, place, values: fields, .. } = filling;
        call.hand_home(inner, Some(place), Input::Submit { form, fields }).await;
    }
}

/// The form, if it is still kept and this person's. Otherwise they are told.
async fn fetch(inner: &Arc<Inner>, call: &Call, ack: Ack, kept: &KeptId) -> Option<(Filling, Ack)> {
    let Ok(lent) = inner.lent() else {
        call.tell(inner, ack, GONE).await;
        return None;
    };
    match lent.shelf.get::<Filling>(kept).await {
        Ok(Some(filling)) if filling.person == call.person => return Some((filling, ack)),
        Ok(Some(_)) => call.tell(inner, ack, "This form is for somebody else.").await,
        Ok(None) => call.tell(inner, ack, GONE).await,
        Err(error) => call.broken(inner, ack, &error).await,
    }
    None
}

/// Keeps what was entered. An empty entry takes the field's value away.
async fn enter(
    inner: &Arc<Inner>,
    call: &Call,
    ack: Ack,
    kept: &KeptId,
    entered: BTreeMap<String, Vec<String>>,
) -> Option<(Filling, Ack)> {
    let lent = inner.lent().ok()?;
    let change = |filling: &mut Filling| {
        filling.values.extend(entered);
        filling.values.retain(|_, values| !values.is_empty());
    };
    match lent.shelf.change(kept, change).await {
        Ok(Some(filling)) => return Some((filling, ack)),
        Ok(None) => call.tell(inner, ack, GONE).await,
        Err(error) => call.broken(inner, ack, &error).await,
    }
    None
}

impl Filling {
    fn new(form: &Form, asker: &Asker) -> Self {
        let Form { id, title, fields } = form.clone();
        let begins = fields.iter().filter(|field| is_menu(field)).filter_map(|field| {
            let value = field.value.clone().filter(|value| field.options.contains(value))?;
            Some((field.name.clone(), vec![value]))
        });
        Self { values: begins.collect(), id, title, person: asker.person, place: asker.place.clone(), fields }
    }

    fn menus(&self, page: usize) -> Vec<(usize, &Field)> {
        self.fields.iter().enumerate().filter(|(_, field)| is_menu(field)).skip(page * MENUS).take(MENUS).collect()
    }

    fn texts(&self, page: usize) -> Vec<(usize, &Field)> {
        self.fields.iter().enumerate().filter(|(_, field)| !is_menu(field)).skip(page * TEXTS).take(TEXTS).collect()
    }

    fn pages(&self) -> usize {
        let menus = self.fields.iter().filter(|field| is_menu(field)).count();
        menus.div_ceil(MENUS).max((self.fields.len() - menus).div_ceil(TEXTS)).max(1)
    }

    fn is_lone_text(&self) -> bool {
        matches!(self.fields.as_slice(), [field] if !is_menu(field))
    }

    /// A field of this page that must be chosen and is not.
    fn not_chosen(&self, page: usize) -> Option<&Field> {
        let mut menus = self.menus(page).into_iter().map(|(_, field)| field);
        menus.find(|field| field.required && !self.values.contains_key(&field.name))
    }

    /// The menus of a page and the button that leads on.
    fn rows(&self, kept: &KeptId, page: usize) -> Result<Vec<Value>, SendError> {
        let mut rows = Vec::new();
        for (index, field) in self.menus(page) {
            let chosen = self.values.get(&field.name);
            let entries = field.options.iter().enumerate().map(|(index, option)| {
                let chosen = chosen.is_some_and(|values| values.contains(option));
                entry(option, None, index.to_string(), chosen)
            });
            let most = if field.kind == FieldKind::Choices { ENTRIES } else { 1 };
            let id = CustomId::Field { kept: kept.clone(), field: index };
            let label = if field.required { field.label.clone() } else { format!("{} (optional)", field.label) };
            rows.push(row([menu(&id, &label, entries.collect(), (usize::from(field.required), most))?]));
        }
        let last = page + 1 >= self.pages();
        let label = match (self.texts(page).is_empty(), page, last) {
            _ if self.is_lone_text() => self.title.as_str(),
            (false, 0, _) => "Fill in",
            (false, ..) => "Go on",
            (true, _, true) => "Send",
            (true, _, false) => "Next",
        };
        let id = CustomId::Form { kept: kept.clone(), page };
        rows.push(row([button(&id, label, ButtonStyle::Primary)?]));
        Ok(rows)
    }

    fn modal(&self, kept: &KeptId, page: usize) -> Option<Value> {
        let inputs = self.texts(page).into_iter().map(|(index, field)| row([self.input(index, field)]));
        let custom_id = CustomId::Form { kept: kept.clone(), page }.write()?;
        Some(json!({
            "custom_id": custom_id, "title": words(&self.title, TITLE), "components": inputs.collect::<Vec<_>>(),
        }))
    }

    fn input(&self, index: usize, field: &Field) -> Value {
        let entered = self.values.get(&field.name).map(|values| values.join(", "));
        let value = entered.or_else(|| field.value.clone()).unwrap_or_default();
        let stays = length(&value) > VALUE;
        let mut hints = Vec::new();
        if stays {
            hints.push("Too long to edit here; leave it empty to keep it".to_owned());
        }
        if length(&field.label) > LABEL {
            hints.push(field.label.clone());
        }
        hints.extend(field.hint.clone());
        match field.kind {
            _ if !field.options.is_empty() => hints.push(format!("One of {}", field.options.join(", "))),
            FieldKind::Date if hints.is_empty() => hints.push("2026-12-31".to_owned()),
            FieldKind::DateTime if hints.is_empty() => hints.push("2026-12-31 14:30".to_owned()),
            _ => {}
        }
        let mut input = json!({
            "type": 4,
            "custom_id": index.to_string(),
            "style": if field.kind == FieldKind::Paragraph { 2 } else { 1 },
            "label": words(&field.label, LABEL),
            "required": field.required && !stays,
            "max_length": VALUE,
        });
        if !hints.is_empty() {
            input["placeholder"] = words(&hints.join(" · "), PLACEHOLDER).into();
        }
        if !stays && !value.is_empty() {
            input["value"] = value.into();
        }
        input
    }

    /// What a modal brings, by field, and what is wrong with it.
    fn read(&self, data: &ModalInteractionData) -> (BTreeMap<String, Vec<String>>, Option<String>) {
        let mut entered = BTreeMap::new();
        let mut problem = None;
        for component in data.components.iter().flat_map(|row| &row.components) {
            let ActionRowComponent::InputText(input) = component else { continue };
            let field = input.custom_id.parse().ok().and_then(|index: usize| self.fields.get(index));
            let Some(field) = field.filter(|field| !is_menu(field)) else { continue };
            let text = input.value.as_deref().unwrap_or_default();
            let stays = field.value.as_ref().filter(|value| text.trim().is_empty() && length(value) > VALUE);
            let values = match (stays, text.trim().is_empty()) {
                (Some(value), _) => vec![value.clone()],
                (None, true) => Vec::new(),
                (None, false) => match options(field, text) {
                    Ok(values) => values,
                    Err(why) => {
                        problem = Some(why);
                        vec![text.to_owned()]
                    }
                },
            };
            entered.insert(field.name.clone(), values);
        }
        (entered, problem)
    }
}

/// Whether a field is a menu. A field with more options than a menu holds is typed.
fn is_menu(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Choice | FieldKind::Choices) && (1..=ENTRIES).contains(&field.options.len())
}

/// The typed text as the field's values.
fn options(field: &Field, text: &str) -> Result<Vec<String>, String> {
    if field.options.is_empty() {
        return Ok(vec![text.to_owned()]);
    }
    let one = |word: &str| field.options.iter().find(|option| option.to_lowercase() == word.to_lowercase()).cloned();
    if let Some(option) = one(text.trim()) {
        return Ok(vec![option]);
    }
    if field.kind == FieldKind::Choices {
        let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        if let Some(options) = parts.iter().map(|part| one(part)).collect() {
            return Ok(options);
        }
    }
    Err(format!("{}: {} is not among the options. Press the button again.", field.label, words(text, 100)))
}
