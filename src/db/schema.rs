//! Tables as diesel sees them. `tests/web/schema.rs` compares this file with both databases.
#![expect(missing_docs, reason = "the macro writes one item for each column; the migrations describe them")]

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    units (code, valid_from) {
        code -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        name_vi -> Text,
        name_en -> Text,
        kind -> Text,
        parent -> Nullable<Text>,
        population -> Nullable<BigInt>,
        transactions -> Nullable<BigInt>,
    }
}

table! {
    places (code) {
        code -> Text,
        unit -> Text,
        name_vi -> Text,
        name_en -> Text,
    }
}

table! {
    questionnaire_versions (questionnaire, version) {
        questionnaire -> Text,
        version -> Text,
        source -> Text,
        digest -> Text,
        added_at -> Timestamp,
    }
}

table! {
    questionnaire_steps (id) {
        id -> BigInt,
        questionnaire -> Text,
        version -> Text,
        draft -> Nullable<BigInt>,
        step -> Text,
        by_name -> Text,
        at -> Timestamp,
        note -> Text,
    }
}

table! {
    questionnaire_drafts (id) {
        id -> BigInt,
        questionnaire -> Text,
        version -> Text,
        title -> Text,
        status -> Text,
        based_on -> Nullable<Text>,
        revision -> BigInt,
        submitted_by -> Nullable<Text>,
        preview -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        updated_by -> Text,
    }
}

table! {
    draft_revisions (draft, revision) {
        draft -> BigInt,
        revision -> BigInt,
        origin -> BigInt,
        source -> Text,
        by_name -> Text,
        at -> Timestamp,
    }
}

table! {
    slots (questionnaire, version, question) {
        questionnaire -> Text,
        version -> Text,
        question -> Text,
        kind -> Text,
        byte_offset -> BigInt,
        width -> BigInt,
    }
}

table! {
    slot_options (questionnaire, version, question, position) {
        questionnaire -> Text,
        version -> Text,
        question -> Text,
        position -> BigInt,
        code -> Text,
    }
}

table! {
    surveys (id) {
        id -> BigInt,
        code -> Text,
        title_vi -> Text,
        title_en -> Text,
        questionnaire -> Text,
        version -> Text,
        status -> Text,
        opens_on -> Date,
        closes_on -> Date,
        tree_date -> Date,
        streams -> Text,
        weighting -> Text,
        threshold -> BigInt,
        results -> Text,
        demonstration -> Bool,
        created_at -> Timestamp,
        series -> Nullable<Text>,
    }
}

table! {
    survey_units (survey_id, unit) {
        survey_id -> BigInt,
        unit -> Text,
    }
}

table! {
    place_codes (code) {
        code -> Text,
        survey_id -> BigInt,
        unit -> Nullable<Text>,
        place -> Nullable<Text>,
        revoked -> Bool,
    }
}

table! {
    responses (id) {
        id -> Binary,
        survey_id -> BigInt,
        unit -> Text,
        place -> Nullable<Text>,
        stream -> Text,
        mode -> Text,
        language -> Text,
        stratum -> Nullable<Text>,
        psu -> Nullable<Text>,
        weight -> Nullable<Double>,
        submitted_at -> Timestamp,
        codes -> Binary,
        extra -> Nullable<Text>,
    }
}

table! {
    response_changes (survey_id) {
        survey_id -> BigInt,
        revision -> BigInt,
    }
}

table! {
    users (id) {
        id -> BigInt,
        name -> Text,
        password_hash -> Text,
        must_change_password -> Bool,
        created_at -> Timestamp,
        mail -> Nullable<Text>,
        language -> Text,
        disabled -> Bool,
        last_sign_in -> Nullable<Timestamp>,
    }
}

table! {
    grants (user_id, role, branch) {
        user_id -> BigInt,
        role -> Text,
        branch -> Text,
    }
}

table! {
    sessions (token_digest) {
        token_digest -> Text,
        user_id -> BigInt,
        csrf -> Text,
        started_at -> Timestamp,
        expires_at -> Timestamp,
        browser -> Text,
    }
}

table! {
    password_links (token_digest) {
        token_digest -> Text,
        user_id -> BigInt,
        purpose -> Text,
        expires_at -> Timestamp,
    }
}

table! {
    api_keys (id) {
        id -> BigInt,
        user_id -> BigInt,
        name -> Text,
        key_digest -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

table! {
    mails (id) {
        id -> BigInt,
        message_id -> Text,
        message -> Text,
        to_name -> Text,
        to_address -> Text,
        subject -> Text,
        body_text -> Text,
        body_html -> Text,
        state -> Text,
        attempts -> BigInt,
        created_at -> Timestamp,
        next_try_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        trouble -> Nullable<Text>,
        unsubscribe -> Nullable<Text>,
    }
}

table! {
    audit_log (id) {
        id -> BigInt,
        at -> Timestamp,
        user_id -> Nullable<BigInt>,
        user_name -> Text,
        action -> Text,
        object_kind -> Text,
        object_code -> Text,
        detail -> Text,
        previous -> Text,
        hash -> Text,
    }
}

table! {
    releases (id) {
        id -> BigInt,
        code -> Text,
        survey_id -> BigInt,
        number -> BigInt,
        hash -> Text,
        content -> Text,
        summary -> Text,
        corrects -> Nullable<BigInt>,
        frozen_at -> Timestamp,
    }
}

table! {
    release_steps (id) {
        id -> BigInt,
        release_id -> BigInt,
        step -> Text,
        by_id -> Nullable<BigInt>,
        by_name -> Text,
        at -> Timestamp,
        note -> Text,
    }
}

table! {
    mail_attachments (mail, position) {
        mail -> BigInt,
        position -> BigInt,
        name -> Text,
        content_type -> Text,
        bytes -> Binary,
    }
}

table! {
    subscriptions (id) {
        id -> BigInt,
        user_id -> BigInt,
        kind -> Text,
        about -> Text,
        code -> Text,
        unit -> Text,
        created_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

table! {
    notices (user_id, kind, survey_id, object, period) {
        user_id -> BigInt,
        kind -> Text,
        survey_id -> BigInt,
        object -> Text,
        period -> Text,
        subscription_id -> BigInt,
        token_digest -> Text,
        made_at -> Timestamp,
    }
}

table! {
    indices (code) {
        code -> Text,
        name_vi -> Text,
        name_en -> Text,
        measured_in -> Text,
        largest -> Double,
    }
}

table! {
    index_values (id) {
        id -> BigInt,
        index_code -> Text,
        measure -> Text,
        measure_en -> Nullable<Text>,
        level -> Text,
        unit -> Text,
        unit_en -> Nullable<Text>,
        unit_code -> Nullable<Text>,
        year -> BigInt,
        value -> Nullable<Double>,
        place -> Nullable<BigInt>,
        places -> Nullable<BigInt>,
        method -> Nullable<Text>,
        method_seen -> Bool,
        derived -> Bool,
        source -> Text,
        note -> Nullable<Text>,
        note_en -> Nullable<Text>,
    }
}

table! {
    boundaries (id) {
        id -> BigInt,
        file_name -> Text,
        property -> Text,
        source -> Text,
        areas -> BigInt,
        geometry -> Text,
        digest -> Text,
        stored_by -> Text,
        stored_at -> Timestamp,
    }
}

joinable!(api_keys -> users (user_id));
joinable!(grants -> users (user_id));
joinable!(password_links -> users (user_id));
joinable!(sessions -> users (user_id));
joinable!(survey_units -> surveys (survey_id));
allow_tables_to_appear_in_same_query!(api_keys, users);
allow_tables_to_appear_in_same_query!(grants, users);
allow_tables_to_appear_in_same_query!(password_links, users);
allow_tables_to_appear_in_same_query!(sessions, users);
allow_tables_to_appear_in_same_query!(survey_units, surveys);
