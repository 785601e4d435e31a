//! What stands beside a footprint: properties of a GeoJSON feature, typed by hand, edited in a GIS, or written by us.

use geojson::JsonObject;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde_json::Value;

use crate::footprint::Inferred;
use crate::raster::units::Meters;
use crate::structure::{
    Confirmation, HeightEstimate, Judgement, Kind, KindDistribution, Status, most_probable_storeys,
};

/// Standard deviation of a height for which none is given, metres: that of a shadow at 0.5 m is 0.4 to 0.8 m
/// (docs/CAPACITY.md), and a height told without one is taken to be no better. Our judgement.
const HEIGHT_SD_M: f64 = 1.0;

/// Largest number of storeys accepted: more is a mistake in typing.
const MOST_STOREYS: f64 = 100.0;

/// Everything that is read beside a footprint.
#[derive(Debug)]
pub(super) struct Properties {
    pub id: Option<u32>,
    pub status: Status,
    pub score: f64,
    /// It has a score: the program found it.
    pub was_found: bool,
    pub judged: Judgement,
    pub rejected: bool,
    pub height: Option<HeightEstimate>,
    pub inferred: Option<Inferred>,
    pub group: Option<usize>,
    pub gsd: Option<Meters>,
    pub note: String,
    pub site: Option<String>,
}

impl Properties {
    /// Reads the properties known; others are left alone. What we wrote ourselves and nobody changed is no judgement.
    ///
    /// # Errors
    /// A sentence that names the property, its value and what would be right.
    pub(super) fn read(properties: Option<&JsonObject>) -> Result<Self, String> {
        let none = JsonObject::new();
        let source = Source(properties.unwrap_or(&none));
        let inferred = source.inferred()?;
        let (accepted, rejected) = source.review()?;
        let height = source.height()?;
        let known_height = inferred.as_ref().and_then(|own| own.height);
        Ok(Properties {
            id: source.whole("id", 1.0, f64::from(u32::MAX))?.map(|id| id as u32),
            status: source.word("status")?.unwrap_or(Status::New),
            score: source.number("score", 0.0, 1.0)?.unwrap_or(1.0),
            was_found: source.get("score").is_some(),
            judged: source.judgement(accepted, inferred.as_ref())?,
            rejected,
            height: height.filter(|own| Some(*own) != known_height),
            inferred,
            group: source.whole("group", 0.0, f64::from(u32::MAX))?.map(|group| group as usize),
            gsd: source.number("gsd_m", f64::MIN_POSITIVE, 1000.0)?.map(Meters),
            note: source.text("note").unwrap_or_default(),
            site: source.text("site"),
        })
    }
}

struct Source<'a>(&'a JsonObject);

impl Source<'_> {
    /// A property; empty cells of a table become null or nothing in a GIS.
    fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty()))
    }

    fn text(&self, key: &str) -> Option<String> {
        self.get(key).map(|value| value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned()))
    }

    fn number(&self, key: &str, low: f64, high: f64) -> Result<Option<f64>, String> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = value.as_f64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
        match number.filter(|number| (low..=high).contains(number)) {
            Some(number) => Ok(Some(number)),
            // The smallest positive number stands for "more than 0".
            None if low == f64::MIN_POSITIVE => {
                Err(format!("{key} is {value}, but must be more than 0 and at most {high}"))
            }
            None => Err(format!("{key} is {value}, but must be a number from {low} to {high}")),
        }
    }

    fn whole(&self, key: &str, low: f64, high: f64) -> Result<Option<f64>, String> {
        match self.number(key, low, high)? {
            Some(number) if number.fract() != 0.0 => Err(format!("{key} is {number}, but must be a whole number")),
            number => Ok(number),
        }
    }

    fn word<T: for<'de> Deserialize<'de>>(&self, key: &str) -> Result<Option<T>, String> {
        let Some(text) = self.text(key) else { return Ok(None) };
        let word = text.to_lowercase().replace([' ', '-'], "_");
        let read = T::deserialize(IntoDeserializer::<serde::de::value::Error>::into_deserializer(word));
        read.map(Some).map_err(|error| format!("{key}: {error}"))
    }

    fn flag(&self, key: &str) -> Result<Option<bool>, String> {
        let Some(text) = self.text(key) else { return Ok(None) };
        match text.to_lowercase().as_str() {
            "true" | "yes" | "y" | "1" | "1.0" => Ok(Some(true)),
            "false" | "no" | "n" | "0" | "0.0" => Ok(Some(false)),
            _ => Err(format!("{key} is {text:?}, but must be true or false")),
        }
    }

    /// Accepted, rejected, or not looked at.
    fn review(&self) -> Result<(bool, bool), String> {
        let review = match self.text("review").map(|text| text.to_lowercase()).as_deref() {
            None => None,
            Some("accepted") => Some(true),
            Some("rejected") => Some(false),
            Some(other) => return Err(format!("review is {other:?}, but must be accepted or rejected")),
        };
        let words = [review, self.flag("accepted")?, self.flag("rejected")?.map(|rejected| !rejected)];
        // "rejected: false" alone is the empty box of a form, not an acceptance.
        let accepted = words[0] == Some(true) || words[1] == Some(true);
        let rejected = words.contains(&Some(false));
        match accepted && rejected {
            true => Err("it is accepted as well as rejected; keep one of accepted, rejected and review".to_owned()),
            false => Ok((accepted, rejected)),
        }
    }

    fn height(&self) -> Result<Option<HeightEstimate>, String> {
        let sd = self.number("height_sd_m", 0.0, 1000.0)?.unwrap_or(HEIGHT_SD_M);
        let height = self.number("height_m", f64::MIN_POSITIVE, 1000.0)?;
        Ok(height.map(|height| HeightEstimate { height: Meters(height), standard_deviation: Meters(sd) }))
    }

    fn judgement(&self, accepted: bool, inferred: Option<&Inferred>) -> Result<Judgement, String> {
        let mut judged = self.own_judgement()?;
        let kind: Option<Kind> = self.word("kind")?;
        let storeys = self.whole("storeys", 1.0, MOST_STOREYS)?.map(|storeys| storeys as u32);
        let p_housing = self.number("p_housing", 0.0, 1.0)?;
        judged.accepted |= accepted;
        judged.confirmed_by = self.word::<Confirmation>("confirmed_by")?.or(judged.confirmed_by);
        // What was confirmed was stated, also where it is what had been inferred.
        let inferred_only = inferred.filter(|_| judged.confirmed_by.is_none());
        let known_storeys = inferred_only.map(|own| most_probable_storeys(&own.storeys));
        let known_kind = inferred_only.map(|own| own.kinds.most_probable());
        judged.kind = kind.filter(|kind| known_kind != Some(*kind)).or(judged.kind);
        judged.storeys = storeys.filter(|storeys| known_storeys != Some(*storeys)).or(judged.storeys);
        let is_new = |p: &f64| inferred.is_none_or(|own| (own.p_housing - p).abs() > 1e-9);
        judged.p_housing = p_housing.filter(is_new).or(judged.p_housing);
        judged.profile = self.text("profile").or(judged.profile);
        Ok(judged)
    }

    /// What earlier runs were already told, as we wrote it.
    fn own_judgement(&self) -> Result<Judgement, String> {
        let judged = self.object("judged")?.map(serde_json::from_value::<Judgement>).transpose();
        judged.map(Option::unwrap_or_default).map_err(|error| format!("judged: {error}; delete it to begin anew"))
    }

    fn inferred(&self) -> Result<Option<Inferred>, String> {
        #[derive(Deserialize)]
        struct Written {
            kinds: std::collections::BTreeMap<Kind, f64>,
            storeys: [f64; 4],
            p_housing: f64,
            length_m: f64,
            width_m: f64,
            area_m2: f64,
            height_m: Option<f64>,
            height_sd_m: Option<f64>,
        }
        let Some(value) = self.object("inferred")? else { return Ok(None) };
        let fault =
            |reason: &dyn std::fmt::Display| format!("inferred: {reason}; delete it to measure the outline anew");
        let own: Written = serde_json::from_value(value).map_err(|error| fault(&error))?;
        let numbers = [own.p_housing, own.length_m, own.width_m, own.area_m2];
        let sound = numbers.iter().chain(&own.storeys).all(|number| number.is_finite() && *number >= 0.0);
        if !sound || own.p_housing > 1.0 || own.width_m == 0.0 || own.length_m == 0.0 {
            return Err(fault(&"a number is out of its range"));
        }
        let height = own.height_m.zip(own.height_sd_m);
        Ok(Some(Inferred {
            kinds: KindDistribution::from_weights(|kind| own.kinds.get(&kind).copied().unwrap_or(0.0)),
            storeys: own.storeys,
            p_housing: own.p_housing,
            measures: [own.length_m, own.width_m, own.area_m2],
            height: height.map(|(h, sd)| HeightEstimate { height: Meters(h), standard_deviation: Meters(sd) }),
        }))
    }

    /// A nested object, which some programs turn into text.
    fn object(&self, key: &str) -> Result<Option<Value>, String> {
        match self.get(key) {
            Some(Value::String(text)) => {
                serde_json::from_str(text).map(Some).map_err(|error| format!("{key}: {error}"))
            }
            value => Ok(value.cloned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Result<Properties, String> {
        Properties::read(value.as_object())
    }

    #[test]
    fn nothing_said_is_a_new_structure_that_exists() {
        let own = read(json!({"fid": 3, "kind": null, "storeys": ""})).unwrap();
        assert_eq!((own.status, own.score, own.rejected), (Status::New, 1.0, false));
        assert_eq!(own.judged, Judgement::default());
    }

    #[test]
    fn words_and_numbers_may_be_text() {
        let own = read(json!({"kind": " Barracks", "storeys": "2", "p_housing": 1, "accepted": "Yes", "height_m": 6.5,
            "confirmed_by": "ground photo", "profile": "container", "review": "accepted"}))
        .unwrap();
        assert_eq!((own.judged.kind, own.judged.storeys), (Some(Kind::Barracks), Some(2)));
        assert_eq!(own.judged.confirmed_by, Some(Confirmation::GroundPhoto));
        assert!(own.judged.accepted && own.height.is_some_and(|own| own.standard_deviation.0 == HEIGHT_SD_M));
        assert!(!read(json!({"rejected": false})).unwrap().judged.accepted);
        assert!(read(json!({"accepted": false})).unwrap().rejected && read(json!({"rejected": 1})).unwrap().rejected);
    }

    #[test]
    fn only_what_was_changed_is_a_judgement() {
        let inferred = json!({"kinds": {"warehouse": 0.9, "barracks": 0.1}, "storeys": [0.7, 0.3, 0.0, 0.0],
            "p_housing": 0.25, "length_m": 50.0, "width_m": 14.0, "area_m2": 690.0});
        let written = json!({"kind": "warehouse", "storeys": 1, "p_housing": 0.25, "inferred": inferred});
        assert_eq!(read(written.clone()).unwrap().judged, Judgement::default());
        let mut changed = written.clone();
        (changed["kind"], changed["storeys"]) = (json!("barracks"), json!(2));
        // As text, the way some programs keep nested objects.
        changed["inferred"] = json!(inferred.to_string());
        let judged = read(changed).unwrap().judged;
        assert_eq!((judged.kind, judged.storeys, judged.p_housing), (Some(Kind::Barracks), Some(2), None));
        let mut again = written;
        again["judged"] = serde_json::to_value(&judged).unwrap();
        assert_eq!(read(again).unwrap().judged, judged, "what was said once stays said");
    }

    #[test]
    fn every_refusal_names_the_property() {
        for (value, told) in [
            (json!({"kind": "castle"}), "barracks"),
            (json!({"p_housing": 1.5}), "p_housing is 1.5"),
            (json!({"storeys": 0}), "storeys is 0"),
            (json!({"storeys": 1.5}), "whole number"),
            (json!({"height_m": 0}), "more than 0"),
            (json!({"accepted": true, "rejected": true}), "accepted as well as rejected"),
            (json!({"review": "maybe"}), "accepted or rejected"),
            (json!({"confirmed_by": "rumour"}), "ground_photo"),
            (json!({"inferred": {"kinds": {}}}), "measure the outline anew"),
            (json!({"id": "x"}), "id is"),
        ] {
            let message = read(value).unwrap_err();
            assert!(message.contains(told), "{message}");
        }
    }
}
