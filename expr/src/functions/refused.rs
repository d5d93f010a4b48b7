//! The functions that parse and are refused for good: they need a screen, a user, Jython or a
//! database, and a gateway of machine tags has none of them.

use super::{Basis, Body, Category, Function};
use crate::value::Type;

const fn refused(category: Category, name: &'static str, reason: &'static str) -> Function {
    Function {
        name,
        category,
        arguments: "…",
        least: 0,
        most: None,
        step: 1,
        result: Type::Any,
        summary: "",
        examples: &[],
        basis: Basis::Documented,
        body: Body::Refused(reason),
    }
}

const NO_ALARMS: &str = "this gateway keeps no alarm states";
const NO_COLORS: &str = "a colour needs a screen, and this gateway has none";
const NO_BORDERS: &str = "a border needs a screen, and this gateway has none";
const NO_FONTS: &str = "a font needs a screen, and this gateway has none";
const NO_IDENTITY: &str =
    "security zones and roles belong to an identity provider, and expressions here run without a user";
const NO_MONGO: &str = "a MongoDB value needs a MongoDB connection, and this gateway has none";
const NO_USERS: &str = "expressions here run without a user who could have a role";

pub(super) const ROWS: &[Function] = &[
    refused(Category::Advanced, "property", "a property belongs to a component on a screen, and this gateway has none"),
    refused(Category::Advanced, "runScript", "scripts need Jython, and this gateway runs expressions only"),
    refused(Category::Alarming, "isAlarmActive", NO_ALARMS),
    refused(Category::Alarming, "isAlarmActiveFiltered", NO_ALARMS),
    refused(Category::Colors, "brighter", NO_COLORS),
    refused(Category::Colors, "color", NO_COLORS),
    refused(Category::Colors, "darker", NO_COLORS),
    refused(Category::Colors, "gradient", NO_COLORS),
    refused(Category::Identity, "containsAll", NO_IDENTITY),
    refused(Category::Identity, "containsAny", NO_IDENTITY),
    refused(Category::MongoDb, "maxKey", NO_MONGO),
    refused(Category::MongoDb, "minKey", NO_MONGO),
    refused(Category::MongoDb, "toObjectId", NO_MONGO),
    refused(
        Category::Translation,
        "translate",
        "translations belong to a user's session, and expressions here run without one",
    ),
    refused(Category::Casts, "toBorder", NO_BORDERS),
    refused(Category::Casts, "toColor", NO_COLORS),
    refused(Category::Casts, "toFont", NO_FONTS),
    refused(Category::Users, "hasRole", NO_USERS),
    refused(Category::Users, "isAuthorized", NO_USERS),
];
