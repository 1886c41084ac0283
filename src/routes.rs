//! THE table: method, path, right, handler, a line each.
//!
//! The right is what the handler's signature asks for: an extractor of the same name, or a form or upload with it (`SignedForm<T, Designer>`); `Viewer`
//! for results. `tests/web/rights.rs` walks this table and proves that each holds.

use actix_web::web::{self, ServiceConfig};
use actix_web::{Route as ActixRoute, guard};

use crate::{
    accounts, admin, api, collection, designer, estimation, indices, notices, odata, questionnaires, releases, reports, surveys,
    web as http,
};

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Everybody.
    Public,
    /// Everybody once results are public; before, who may read results of all units of the survey.
    Results,
    /// Whoever signed in.
    SignedIn,
    /// Administrators.
    Administrator,
    /// Who may read questionnaires that are not published: designers, reviewers.
    DraftReader,
    /// Designers of questionnaires.
    Designer,
    /// Who approves questionnaires.
    Reviewer,
    /// Who leads surveys; on the pages of one survey, who leads all of its units.
    SurveyManager,
    /// Who reads results before they are public, somewhere.
    ResultsReader,
    /// Who reads what lies behind results.
    Analyst,
    /// Who signs releases.
    Signatory,
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// HTTP method.
    pub method: &'static str,
    /// Path with parameters in braces.
    pub path: &'static str,
    /// Who may use it.
    pub right: Right,
}

/// Reading; a supervisor may ask for the head alone.
fn get() -> ActixRoute {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// Sending.
fn post() -> ActixRoute {
    web::post()
}

macro_rules! routes {
    ($($method:ident $path:literal $right:ident $($handler:ident)::+;)+) => {
        /// All routes.
        pub const TABLE: &[Route] = &[$(Route { method: stringify!($method), path: $path, right: Right::$right }),+];

        /// Registers all routes.
        pub fn configure(config: &mut ServiceConfig) {
            $(config.route($path, $method().to($($handler)::+));)+
        }
    };
}

routes! {
    get  "/"                                            Public        admin::handlers::home;
    get  "/s/{code}"                                    Public        collection::handlers::start;
    post "/s/{code}"                                    Public        collection::handlers::step;
    get  "/s/{code}/thanks/{form}"                      Public        collection::handlers::thanks;
    get  "/reports/{survey}"                            Results       reports::handlers::report;
    get  "/reports/{survey}/units"                      Results       reports::handlers::units;
    get  "/reports/{survey}/units/{unit}"               Results       reports::handlers::card;
    get  "/reports/{survey}/compare"                    Results       reports::handlers::compare;
    get  "/reports/{survey}/items"                      Results       reports::handlers::items;
    get  "/reports/{survey}/answers"                    Results       reports::handlers::answers;
    get  "/reports/{survey}/time"                       Results       reports::handlers::time;
    get  "/reports/{survey}/quality"                    Results       reports::handlers::quality;
    get  "/reports/{survey}/comments"                   ResultsReader reports::handlers::comments;
    get  "/reports/{survey}/charts/{chart}"             Results       reports::handlers::chart;
    get  "/reports/{survey}/table.csv"                  Results       reports::files::handlers::table;
    get  "/reports/{survey}/table.xlsx"                 Results       reports::files::handlers::xlsx;
    get  "/reports/{survey}/table.parquet"              Results       reports::files::handlers::parquet;
    get  "/reports/{survey}/table.json"                 Results       reports::files::handlers::json;
    get  "/reports/{survey}/codebook.xml"               Results       reports::files::handlers::codebook;
    get  "/results"                                     Public        releases::public::handlers::results;
    get  "/results/{release}.json"                      Public        releases::public::handlers::json;
    get  "/results/{release}.csv"                       Public        releases::public::handlers::csv;
    get  "/results/{release}"                           Public        releases::public::handlers::release;
    get  "/embed/{release}"                             Public        releases::public::handlers::embed;
    get  "/admin/releases"                              ResultsReader releases::handlers::all;
    get  "/admin/surveys/{survey}/releases"             ResultsReader releases::handlers::of_survey;
    post "/admin/surveys/{survey}/releases"             SurveyManager releases::handlers::freeze;
    get  "/admin/surveys/{survey}/releases/{release}"   ResultsReader releases::handlers::one;
    post "/admin/surveys/{survey}/releases/{release}/review" Analyst  releases::handlers::review;
    post "/admin/surveys/{survey}/releases/{release}/sign" Signatory  releases::handlers::sign;
    post "/admin/surveys/{survey}/releases/{release}/publish" SurveyManager releases::handlers::publish;
    post "/admin/surveys/{survey}/releases/{release}/withdraw" SurveyManager releases::handlers::withdraw;
    get  "/api/v1/releases"                             Public        releases::api::handlers::list;
    get  "/api/v1/releases/{release}"                   Public        releases::api::handlers::get;
    get  "/signin"                                      Public        accounts::handlers::sign_in_page;
    post "/signin"                                      Public        accounts::handlers::sign_in;
    get  "/forgot"                                      Public        accounts::links::handlers::forgot_page;
    post "/forgot"                                      Public        accounts::links::handlers::forgot;
    get  "/password/{token}"                            Public        accounts::links::handlers::link_page;
    post "/password/{token}"                            Public        accounts::links::handlers::set_password;
    post "/signout"                                     SignedIn      accounts::handlers::sign_out;
    get  "/account/password"                            SignedIn      accounts::handlers::password_page;
    post "/account/password"                            SignedIn      accounts::handlers::change_password;
    get  "/account"                                     SignedIn      accounts::own::handlers::account;
    post "/account/sessions"                            SignedIn      accounts::own::handlers::end_sessions;
    post "/account/keys"                                SignedIn      accounts::own::handlers::new_key;
    post "/account/keys/{key}"                          SignedIn      accounts::own::handlers::end_key;
    get  "/account/notices"                             SignedIn      notices::handlers::page;
    post "/account/notices"                             SignedIn      notices::handlers::change;
    get  "/notices/{token}"                             Public        notices::handlers::link;
    post "/notices/{token}"                             Public        notices::handlers::unsubscribe_by_link;
    get  "/admin/people"                                Administrator admin::people::handlers::people_page;
    post "/admin/people"                                Administrator admin::people::handlers::invite;
    get  "/admin/people/{person}"                       Administrator admin::people::handlers::person;
    post "/admin/people/{person}"                       Administrator admin::people::handlers::change;
    get  "/admin/audit"                                 Administrator admin::audit::handlers::log;
    get  "/admin/audit.csv"                             Administrator admin::audit::handlers::csv;
    get  "/admin"                                       SurveyManager admin::handlers::surveys;
    get  "/admin/surveys"                               SurveyManager admin::begin::handlers::form;
    post "/admin/surveys"                               SurveyManager admin::begin::handlers::create;
    get  "/admin/surveys/{survey}"                      SurveyManager admin::handlers::survey;
    post "/admin/surveys/{survey}/steps"                SurveyManager admin::handlers::take_step;
    get  "/admin/questionnaires"                        DraftReader   designer::handlers::list;
    post "/admin/questionnaires"                        Designer      designer::handlers::create;
    post "/admin/questionnaires/import"                 Designer      designer::versions::handlers::import;
    post "/admin/questionnaires/take"                   Designer      designer::versions::handlers::take;
    get  "/admin/questionnaires/{id}/{v}"               DraftReader   designer::versions::handlers::version;
    post "/admin/questionnaires/{id}/{v}/steps"         Reviewer      designer::versions::handlers::version_step;
    get  "/admin/questionnaires/{id}/{v}/difference"    DraftReader   designer::versions::handlers::version_difference;
    get  "/admin/questionnaires/{id}/{v}/files/{format}" DraftReader  designer::versions::handlers::version_file;
    get  "/admin/questionnaires/{id}/{v}/try"           DraftReader   designer::trial::handlers::start_version;
    post "/admin/questionnaires/{id}/{v}/try"           DraftReader   designer::trial::handlers::step_version;
    get  "/try/{token}"                                 Public        designer::trial::handlers::start;
    post "/try/{token}"                                 Public        designer::trial::handlers::step;
    get  "/admin/drafts/{draft}/phone"                  DraftReader   designer::trial::handlers::phone;
    get  "/admin/drafts/{draft}"                        DraftReader   designer::handlers::draft;
    post "/admin/drafts/{draft}"                        Designer      designer::handlers::save;
    get  "/admin/drafts/{draft}/texts"                  DraftReader   designer::handlers::texts_page;
    post "/admin/drafts/{draft}/texts"                  Designer      designer::handlers::save_texts;
    get  "/admin/drafts/{draft}/difference"             DraftReader   designer::versions::handlers::draft_difference;
    get  "/admin/drafts/{draft}/files/{format}"         DraftReader   designer::versions::handlers::draft_file;
    post "/admin/drafts/{draft}/steps"                  DraftReader   designer::versions::handlers::step;
    get  "/api/v1/surveys"                              Public        surveys::handlers::list;
    get  "/api/v1/surveys/{id}"                         Public        surveys::handlers::get;
    post "/api/v1/surveys/{id}/responses"               Public        collection::handlers::submit;
    get  "/api/v1/surveys/{id}/estimates"               Results       estimation::handlers::estimates;
    get  "/api/v1/surveys/{survey}/ranks"               Results       reports::api::handlers::ranks;
    get  "/api/v1/surveys/{survey}/changes"             Results       reports::api::handlers::changes;
    get  "/api/v1/surveys/{survey}/series"              Results       reports::api::handlers::series;
    get  "/api/v1/surveys/{survey}/answers"             Results       reports::api::handlers::answers;
    get  "/api/v1/surveys/{survey}/priorities"          Results       reports::api::handlers::priorities;
    get  "/api/v1/surveys/{survey}/quality"             Results       reports::api::handlers::quality;
    get  "/api/v1/questionnaires"                       Public        designer::api::handlers::list;
    post "/api/v1/questionnaires"                       Reviewer      designer::api::handlers::publish;
    post "/api/v1/questionnaires/check"                 DraftReader   designer::api::handlers::check;
    post "/api/v1/questionnaires/difference"            DraftReader   designer::api::handlers::difference;
    post "/api/v1/questionnaires/import"                DraftReader   designer::api::handlers::import;
    get  "/api/v1/questionnaires/{id}/versions/{v}/files/{format}" Public designer::api::handlers::file;
    get  "/api/v1/questionnaires/{id}/versions/{v}"     Public        questionnaires::handlers::version;
    get  "/indices"                                     Public        indices::handlers::page;
    get  "/indices/table.csv"                           Public        indices::handlers::table;
    get  "/admin/indices"                               Administrator indices::editing::handlers::page;
    post "/admin/indices"                               Administrator indices::editing::handlers::add;
    post "/admin/indices/import"                        Administrator indices::editing::handlers::import;
    post "/admin/indices/shipped"                       Administrator indices::editing::handlers::shipped;
    get  "/admin/indices/{value}"                       Administrator indices::editing::handlers::value;
    post "/admin/indices/{value}"                       Administrator indices::editing::handlers::change;
    get  "/api/v1/indices"                              Public        indices::handlers::api;
    get  "/api/openapi.json"                            Public        api::openapi;
    get  "/odata"                                       Public        odata::handlers::service;
    get  "/odata/"                                      Public        odata::handlers::service;
    get  "/odata/$metadata"                             Public        odata::handlers::describe;
    get  "/odata/{set}"                                 Public        odata::handlers::entities;
    get  "/odata/{set}/$count"                          Public        odata::handlers::count;
    get  "/healthz"                                     Public        admin::handlers::alive;
    get  "/readyz"                                      Public        admin::handlers::ready;
    get  "/static/{name}"                               Public        http::assets::get;
}
